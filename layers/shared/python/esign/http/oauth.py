"""An access token by OAuth2 client credentials (RFC 6749 §4.4), through the SSRF guard: Coupa names the token endpoint.

Knows neither what the token is for nor how long anybody keeps it.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from esign.domain.errors import CredentialsRefused, ProviderError, ProviderUnavailable, UnsafeAddress
from esign.http.body import BodyTooLarge, save
from esign.http.deadline import Deadline
from esign.http.pool import addressed, timeouts
from esign.http.ssrf import Outbound, guarded_client

_MOST = 64 * 1024  # bytes of an answer
_LIFE = 300.0  # seconds, of a token whose answer names none
_LONGEST = 86400.0  # seconds that any token is kept: some answers name milliseconds, or a moment


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for a token, and where; as `configureCallback` takes it."""

    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_in` in seconds from when it was given, 0 to a day."""

    value: str = field(repr=False)
    expires_in: float


def fetch_token(
    client: Client,
    *,
    policy: Outbound,
    deadline: Deadline,
    client_for: Callable[[Outbound], httpx.Client] = guarded_client,
) -> Token:
    """One POST. Raises CredentialsRefused (4xx), ProviderUnavailable (all else), UnsafeAddress; none tells the address."""
    form = {"grant_type": "client_credentials"} | ({"scope": client.scope} if client.scope else {})
    headers = {
        "authorization": _basic(client),
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
    }
    http, body = client_for(policy), io.BytesIO()
    try:
        with deadline.applies(), addressed():
            request = http.build_request(
                "POST", client.token_url, content=urlencode(form), headers=headers, timeout=timeouts(deadline)
            )
            response = http.send(request, stream=True)
        try:
            save(response, body, max_bytes=_MOST, deadline=deadline)
        finally:
            response.close()
    except httpx.InvalidURL:
        raise UnsafeAddress("the address is not a URL") from None
    except (httpx.HTTPError, BodyTooLarge) as error:
        raise _unavailable(f"gave no whole answer ({type(error).__name__})") from None
    if response.status_code != httpx.codes.OK:
        raise _refusal(response.status_code)
    return _token(body.getvalue())


def _basic(client: Client) -> str:
    """Both parts form-encoded first (RFC 6749 §2.3.1)."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _token(content: bytes) -> Token:
    try:
        answer: Mapping[str, Any] = json.loads(content)
        value, life = str(answer["access_token"]), _life(answer.get("expires_in"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _unavailable("answered no token") from None
    if not value.isascii() or not value.isprintable() or not value:
        raise _unavailable("answered no token")
    return Token(value, life)


def _life(told: Any) -> float:  # noqa: ANN401 - JSON
    """Raises ValueError or TypeError for what is no number."""
    try:
        seconds = float(told or _LIFE)
    except OverflowError:  # an integer beyond all floats
        return _LONGEST
    if math.isnan(seconds):
        raise ValueError
    return min(max(seconds, 0.0), _LONGEST)


def _refusal(status: int) -> ProviderError:
    if 400 <= status < 500 and status not in {408, 425, 429}:
        return CredentialsRefused(f"the token endpoint answered {status}")
    return _unavailable(f"answered {status}")


def _unavailable(what: str) -> ProviderUnavailable:
    return ProviderUnavailable(f"the token endpoint {what}")
