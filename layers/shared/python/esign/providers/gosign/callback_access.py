"""Whether a call comes from GoSign, as the account has agreed with InfoCert (seeds/004 §8.1, §12.3). Pure, but for keys.

The secret path was checked before. Settings are read as they lie, without their model: they were validated when they were
saved, and a callback need not load a validator.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from esign.domain.errors import ConnectorError

API_KEY_HEADER = "X-API-Key"  # §8.1 leaves the name to the customer


class Unproven(ConnectorError):
    """The caller did not prove to be GoSign; the detail names the first check that failed and repeats nothing."""

    code = "unproven_caller"


Keys = Callable[[str, str | None], Mapping[str, Any]]  # (issuer, key id) -> its JWKS


def check(
    headers: Mapping[str, str],
    settings: Mapping[str, Any],
    *,
    credentials: Callable[[], Mapping[str, str]],
    keys: Keys,
    now: datetime,
) -> None:
    """`headers` have lower-case names. Raises Unproven; whatever `credentials` and `keys` raise when they cannot tell."""
    agreed = settings.get("notifications") or {}
    match agreed.get("authentication", "secret-path"):
        case "basic":
            _basic(headers.get("authorization", ""), credentials())
        case "api-key":
            given = headers.get(agreed.get("header", API_KEY_HEADER).lower(), "")
            _same(given, credentials().get("notificationApiKey"), "The API key is missing or wrong.")
        case "jwt":
            from esign.providers.gosign.callback_jwt import verify

            verify(_bearer(headers), settings.get("identityProvider") or {}, keys=keys, now=now)
        case _:
            return


def _basic(authorization: str, stored: Mapping[str, str]) -> None:
    scheme, _, encoded = authorization.partition(" ")
    wrong = "User name and password (HTTP Basic) are missing or wrong."
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        given = ""
    username, password = stored.get("notificationUsername"), stored.get("notificationPassword")
    _same(given, f"{username}:{password}" if username and password else None, wrong)


def _same(given: str, expected: str | None, otherwise: str) -> None:
    """Constant time. An account without the secret takes nobody."""
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Unproven(otherwise)


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unproven("The request carries no Bearer token.")
    return token.strip()
