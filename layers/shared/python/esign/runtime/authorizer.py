"""HTTP Basic as a Lambda authorizer: which account calls, or `Unauthorized`.

The secret is 256 random bits, so its SHA-256 needs no stretching; it is compared in constant time with both of the
account's live secrets, and with a dummy for accounts that do not exist. Knows the account store and no operation.
Design: state-and-delivery, Ids and tenants; references: limits, Basic-auth Lambda authorizer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from esign.domain.account import Account
from esign.domain.ids import AccountId

MAX_HEADER = 1024  # characters

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DUMMY = "0" * 64
_LIVE = 2  # secrets of an account that count: the current one, and the last one while it is rotated

FindAccount = Callable[[AccountId], Account | None]
Compare = Callable[[str, str], bool]


def authorize(event: Mapping[str, Any], find: FindAccount) -> dict[str, Any]:
    """The policy and context for API Gateway. Raises exactly `Exception("Unauthorized")`, which it turns into 401.

    An account store that fails is let through as it is: API Gateway makes 500 of it, never a wrong 401.
    """
    account = authenticate(_header(event), find)
    if account is None:
        raise Exception("Unauthorized")  # noqa: TRY002 - API Gateway looks for this very text
    return _policy(account, event["methodArn"])


def authenticate(header: str | None, find: FindAccount, *, compare: Compare = hmac.compare_digest) -> Account | None:
    """The enabled account whose id and secret the header holds, or None; `compare` takes constant time."""
    pair = _credentials(header)
    if pair is None:
        return None
    identifier, secret = pair
    account = find(AccountId(identifier)) if _ACCOUNT.fullmatch(identifier) else None
    proven = _proves(secret, account, compare)
    return account if proven and account is not None and account.enabled else None


def _header(event: Mapping[str, Any]) -> str | None:
    """The Authorization header of a REQUEST or a TOKEN authorizer's event."""
    if "authorizationToken" in event:
        return str(event["authorizationToken"])
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return headers.get("authorization")


def _credentials(header: str | None) -> tuple[str, str] | None:
    """(account id, secret) of `Basic base64(id:secret)`, RFC 7617; None for anything else."""
    if header is None or len(header) > MAX_HEADER:
        return None
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (identifier, secret) if colon else None


def _proves(secret: str, account: Account | None, compare: Compare) -> bool:
    """Whether the secret is one of the account's; always the same number of comparisons."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    stored = [item.sha256 for item in account.secrets[:_LIVE]] if account else []
    padded = stored + [_DUMMY] * (_LIVE - len(stored))
    matches = [compare(digest, known) for known in padded]
    return any(matches)


def _policy(account: Account, method_arn: str) -> dict[str, Any]:
    """Covers the whole stage: API Gateway keeps the policy for every method that the same caller uses next."""
    api, stage, *_ = method_arn.split("/")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{api}/{stage}/*/*"}
    return {
        "principalId": account.id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {
            "accountId": account.id,
            "provider": account.provider,
            "settingsVersion": str(account.settings_version),
        },
    }
