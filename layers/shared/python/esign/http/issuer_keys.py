"""The public keys of a token issuer, found through its openid-configuration (OpenID Connect Discovery 1.0 §4), and kept.

Fetched through the SSRF guard, from the issuer's own host and the one that its configuration names. Knows no token.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from esign.domain.errors import ConnectorError, ProviderUnavailable
from esign.http.deadline import Deadline
from esign.http.outbound import fetch_document
from esign.http.ssrf import own_address

CONFIGURATION = "/.well-known/openid-configuration"  # seeds/004 §12.4 prints ".wellknown"; the standard has a hyphen
FRESH = 3600.0  # seconds; issuers announce a new key long before they sign with it
AGAIN = 60.0  # seconds between two fetches, however many unknown keys are named
STALE = 86400.0  # seconds; keys that cannot be renewed are trusted this long
_SECONDS = 5.0
_MOST = 256 * 1024  # bytes

Fetch = Callable[[str], object]  # a URL -> its JSON


@dataclass(frozen=True, slots=True)
class _Kept:
    jwks: Mapping[str, Any]
    at: float

    def names(self, kid: str | None) -> bool:
        return kid is None or any(isinstance(key, Mapping) and key.get("kid") == kid for key in self.jwks["keys"])


@dataclass(slots=True)
class IssuerKeys:
    """The keys of every issuer that this process was asked about. `fetch` raises ConnectorError."""

    fetch: Fetch
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, issuer: str, kid: str | None, *, now: float) -> Mapping[str, Any]:
        """The issuer's JWKS, fetched anew when it is old or does not hold `kid`; `now` in seconds. Raises
        ProviderUnavailable where it cannot be had and no former one will do."""
        with self._lock:
            kept = self._kept.get(issuer)
            age = now - kept.at if kept else STALE
            if kept and (age < AGAIN or (age < FRESH and kept.names(kid))):
                return kept.jwks
            try:
                self._kept[issuer] = _Kept(self._fetched(issuer), now)
            except ConnectorError:
                if kept is None or age >= STALE:
                    raise
                return kept.jwks
            return self._kept[issuer].jwks

    def _fetched(self, issuer: str) -> Mapping[str, Any]:
        described = self.fetch(issuer.rstrip("/") + CONFIGURATION)
        if not isinstance(described, Mapping) or described.get("issuer") != issuer:
            raise ProviderUnavailable("the identity provider describes another issuer")
        jwks = self.fetch(str(described.get("jwks_uri", "")))
        if not isinstance(jwks, Mapping) or not isinstance(jwks.get("keys"), list):
            raise ProviderUnavailable("the identity provider shows no keys")
        return jwks


def fetch_json(url: str, *, allow_loopback_http: bool) -> object:
    """One GET within 5 s, at most 256 KB. Raises ProviderUnavailable, UnsafeAddress, TooLarge; none tells the address."""
    body = io.BytesIO()
    policy = own_address(url, allow_loopback_http=allow_loopback_http)
    fetch_document(url, into=body, policy=policy, max_bytes=_MOST, deadline=Deadline(_SECONDS))
    try:
        found: object = json.loads(body.getvalue())
    except (ValueError, RecursionError):
        raise ProviderUnavailable("the identity provider answered no JSON") from None
    return found
