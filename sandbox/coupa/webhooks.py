"""Checks a notification as Coupa would: Standard Webhooks 1.0.0, and HTTP Basic where it was asked for.

The receiving side of the specification, written from its text; the connector's signing code is not used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

TOLERANCE_SECONDS = 300


def problem_with(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Sequence[str],
    now: float,
    basic: tuple[str, str] | None = None,
) -> str | None:
    """Why the notification must not be believed, None if nothing is wrong; header names in lower case, `now` in Unix
    seconds. Any of `secrets` (whsec_ + base64) may have signed, so that they can be rotated; none means unsigned."""
    if basic and not _equal(headers.get("authorization", ""), _basic(basic)):
        return "wrong Basic credentials"
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identifier or not timestamp.isascii() or not timestamp.isdigit():
        return "webhook-id or webhook-timestamp is missing"
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return "webhook-timestamp is too old or in the future"
    given = [part for part in headers.get("webhook-signature", "").split(" ") if part.startswith("v1,")]
    if secrets and not given:
        return "webhook-signature is missing"
    signed = f"{identifier}.{timestamp}.".encode() + body
    expected = [_signature(secret, signed) for secret in secrets]
    if secrets and not any(_equal(one, other) for one in given for other in expected):
        return "webhook-signature is not by a known secret"
    return None


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _basic(credentials: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(credentials).encode()).decode()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
