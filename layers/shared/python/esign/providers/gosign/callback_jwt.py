"""The JWT that GoSign sends with its calls when an external identity provider is agreed (seeds/004 §12.3, §12.4).

GoSign's own checks, from our side: signature, issuer, validity, tenant, audience, and the application that asked.
`exp` and `nbf` are seconds (contracts/gosign.md §1.2: the text says milliseconds, its own sum says seconds); values that
can only be milliseconds are read as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from esign.providers.gosign.callback_access import Keys, Unproven

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # never a shared secret
LEEWAY = 60.0  # seconds between two clocks
_LONGEST = 16 * 1024  # characters
_MILLISECONDS = 1e11  # as seconds, the year 5138


def verify(token: str, agreed: Mapping[str, Any], *, keys: Keys, now: datetime) -> None:
    """`agreed` are the account's settings of its identity provider. Raises Unproven, naming the first failed check."""
    issuer, audience = agreed.get("issuer"), agreed.get("notificationAudience") or agreed.get("audience")
    if not issuer or not audience:
        raise Unproven("The account names no issuer or no audience of GoSign's tokens.")
    claims = _signed(token, issuer, keys)
    _equal(claims.get("iss"), issuer, "iss")
    _in_time(claims, now.timestamp())
    _equal(claims.get("tid"), agreed.get("tenantId"), "tid")
    told = claims.get("aud")
    if audience not in (told if isinstance(told, list) else [told]):
        raise Unproven("The token's aud is not the one that is agreed.")
    _equal(claims.get("azp"), agreed.get("authorizedParty"), "azp")


def _signed(token: str, issuer: str, keys: Keys) -> Mapping[str, Any]:
    """The claims, once the issuer's own key has signed them."""
    if len(token) > _LONGEST:
        raise Unproven("The token is no JWT.")
    try:
        header = jws.extract_compact(token.encode()).headers()
        known = KeySet.import_key_set({"keys": _signing(keys(issuer, header.get("kid")))})
        return jwt.decode(token, known, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise Unproven("The token is no JWT that its issuer has signed.") from None


def _signing(jwks: Mapping[str, Any]) -> list[Any]:
    """Keys that may sign, of a kind that never is a shared secret."""
    found = [key for key in jwks.get("keys", ()) if isinstance(key, Mapping) and key.get("kty") in {"RSA", "EC"}]
    return [key for key in found if key.get("use", "sig") == "sig"]


def _equal(told: object, agreed: str | None, claim: str) -> None:
    """What the account leaves open is not compared."""
    if agreed is not None and told != agreed:
        raise Unproven(f"The token's {claim} is not the one that is agreed.")


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    until = _seconds(claims.get("exp"))
    if until is None or now >= until + LEEWAY:
        raise Unproven("The token has expired, or does not say until when it is valid.")
    since = _seconds(claims.get("nbf", 0))
    if since is None or now < since - LEEWAY:
        raise Unproven("The token is not valid yet.")


def _seconds(told: object) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return told / 1000 if told > _MILLISECONDS else float(told)
