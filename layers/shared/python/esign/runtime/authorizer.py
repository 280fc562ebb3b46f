"""HTTP Basic as a Lambda authorizer: which account calls, or `Unauthorized`.

The secret is 256 random bits, so its SHA-256 needs no stretching; it is compared in constant time with both of the
account's live secrets, and with a dummy where there is none. Knows the account store and no operation.
Design: state-and-delivery, Ids and tenants; references: limits, Basic-auth Lambda authorizer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from esign.domain.account import Account, AccountSecret
from esign.domain.errors import StoreUnavailable
from esign.domain.ids import AccountId
from esign.domain.rotation import LIVE_SECRETS
from esign.ports import AccountStore

MAX_HEADER = 1024  # characters

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DUMMY = "0" * 64

FindAccount = Callable[[AccountId], Account | None]
Compare = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and by which of its secrets."""

    account: Account
    secret: AccountSecret


def authorize(event: Mapping[str, Any], accounts: AccountStore, *, now: datetime) -> dict[str, Any]:
    """The policy and context for API Gateway. Raises exactly `Exception("Unauthorized")`, which it turns into 401.

    An account store that fails is let through as it is: API Gateway makes 500 of it, never a wrong 401.
    """
    caller = authenticate(_header(event), accounts.get, now=now)
    if caller is None:
        raise Exception("Unauthorized")  # noqa: TRY002 - API Gateway looks for this very text
    _note_use(caller, accounts, now)
    return _policy(caller.account, event["methodArn"])


def authenticate(
    header: str | None, find: FindAccount, *, now: datetime, compare: Compare = hmac.compare_digest
) -> Caller | None:
    """The enabled account whose id and secret the header holds, or None; `compare` takes constant time."""
    pair = _credentials(header)
    if pair is None:
        return None
    identifier, secret = pair
    account = find(AccountId(identifier)) if _ACCOUNT.fullmatch(identifier) else None
    used = _matching(secret, account, now, compare)
    return Caller(account, used) if used and account is not None and account.enabled else None


def _note_use(caller: Caller, accounts: AccountStore, now: datetime) -> None:
    """Seldom, and never at the cost of the call: the account is proven, whether or not we can write that down."""
    if caller.secret.wants_note(now):
        with suppress(StoreUnavailable):
            accounts.note_secret_use(caller.account, caller.secret, at=now)


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


def _matching(secret: str, account: Account | None, now: datetime, compare: Compare) -> AccountSecret | None:
    """The account's live secret that this is; always the same number of comparisons."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    live = account.live_secrets(now) if account else ()
    padded = [one.sha256 for one in live] + [_DUMMY] * (LIVE_SECRETS - len(live))
    matches = [compare(digest, known) for known in padded]
    return next((one for one, same in zip(live, matches, strict=False) if same), None)


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
