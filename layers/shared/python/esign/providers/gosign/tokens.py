"""Access tokens for GoSign's OAuth2 doors: its own password grant (seeds/004 §9.1), or a machine's identity at an
external identity provider (§12.2). Kept in the process until 30 s before their end; one request however many wait.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from esign.domain.errors import CredentialsRefused, ProviderNotFound, ProviderRefused
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.oauth import Token
from esign.http.outcome import Reply
from esign.http.tokens import Tokens, process_tokens
from esign.providers.gosign.credentials import machine_client, password_grant
from esign.providers.gosign.errors import reclassified
from esign.providers.gosign.settings import GosignSettings, IdentityProvider

MARGIN = 30.0  # seconds
_LIFE = 300.0  # seconds, of a token whose answer names none


@dataclass(frozen=True, slots=True)
class Bearer:
    """The token of one account: `headers` for a call, `renew` when it was refused."""

    key: Hashable
    fetch: Callable[[], Token] = field(repr=False)
    tokens: Tokens = field(default_factory=process_tokens, repr=False)

    def current(self) -> str:
        return self.tokens.get(self.key, self.fetch, margin=MARGIN)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.current()}"}

    def drop(self, refused: str) -> None:
        self.tokens.drop(self.key, refused)


def bearer(
    settings: GosignSettings, stored: Mapping[str, str], http: Callable[[str], ProviderHttp], deadline: Deadline
) -> Bearer:
    """`http` opens an origin. Raises CredentialsRefused when a secret is missing."""
    provider = settings.identity_provider
    if provider and provider.token_url:
        url, form, basic = provider.token_url, *_machine(provider, stored)
        how: str = provider.client_authentication
    else:
        url, form, basic = settings.base_url + settings.token_path, *_person(settings, stored)
        how = settings.client_authentication
    parts = urlsplit(url)
    opened = http(f"{parts.scheme}://{parts.netloc}")
    headers = {"Authorization": basic} if how == "basic" else {}
    told = {"params" if how == "query" else "data": form}

    def fetch() -> Token:
        try:
            reply = opened.request("POST", parts.path, deadline=deadline, safe=True, headers=headers, **told)  # type: ignore[arg-type]
        except ProviderNotFound as missing:
            raise reclassified(missing, safe=True) from None
        except ProviderRefused as refused:
            raise CredentialsRefused(
                "The token endpoint refused the account's credentials.", fault=refused.fault
            ) from None
        return _token(reply)

    return Bearer(("gosign", _digest(url, how, basic, *form.values())), fetch)


Request = tuple[
    dict[str, str], str
]  # the form, and the Basic header for who wants that instead of client id and secret


def _person(settings: GosignSettings, stored: Mapping[str, str]) -> Request:
    grant = password_grant(stored)
    form = {"grant_type": "password", "username": grant.username, "password": grant.password}
    if settings.token_scope:
        form["scope"] = settings.token_scope
    return _with_client(form, grant.client_id, grant.client_secret, basic=settings.client_authentication == "basic")


def _machine(provider: IdentityProvider, stored: Mapping[str, str]) -> Request:
    client = machine_client(stored)
    asked = {"grant_type": "client_credentials", "scope": provider.scope, "audience": provider.audience}
    form = {name: value for name, value in asked.items() if value}
    return _with_client(form, client.client_id, client.client_secret, basic=provider.client_authentication == "basic")


def _with_client(form: dict[str, str], client: str, secret: str, *, basic: bool) -> Request:
    """RFC 6749 §2.3.1: for Basic both are form-encoded first."""
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    header = "Basic " + base64.b64encode(pair.encode()).decode()
    return form if basic else form | {"client_id": client, "client_secret": secret}, header


def _token(reply: Reply) -> Token:
    answer = reply.json()
    value = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise reply.broken("its token endpoint answered no token")
    life = answer.get("expires_in")
    known = isinstance(life, int | float | str) and str(life).replace(".", "", 1).isdigit()
    return Token(value, float(life) if known else _LIFE)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
