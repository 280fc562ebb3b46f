"""Accounts, their secrets, and the answers kept under an Idempotency-Key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from esign.domain.account import Account, AccountSecret
from esign.domain.ids import AccountId, PackageId


class AccountStore(Protocol):
    """Accounts, their settings, and their provider credentials (cached 300 s, dropped when a provider refuses them)."""

    def get(self, account: AccountId) -> Account | None: ...
    def add(self, account: Account, credentials: Mapping[str, str]) -> None:
        """Credentials first, then the account. Raises Clash when the id is taken."""
        ...

    def save(self, before: Account, after: Account) -> Account:
        """Guarded by `before.version`. Raises StaleVersion."""
        ...

    def remove(self, account: Account) -> None:
        """The account, then its secrets. Guarded by `account.version`. Raises StaleVersion."""
        ...

    def list(self) -> Iterator[Account]: ...
    def credentials(self, account: AccountId) -> Mapping[str, str]: ...
    def replace_credentials(self, account: AccountId, credentials: Mapping[str, str]) -> None: ...
    def forget_credentials(self, account: AccountId) -> None:
        """Drop the cached ones: the provider refused them."""
        ...

    def notification_secrets(self, account: AccountId, *, fresh: bool = False) -> Mapping[str, Any]:
        """How to sign and authenticate notifications to Coupa: {webhookSecrets: [see domain/webhook_secret.py],
        callbackCredentials?: {name: {basic: {username, password}} or {oauth2: {tokenUrl, clientId, clientSecret,
        scope?}}}} (see domain/callback_credentials.py). Cached 300 s; `fresh` for whoever writes them back, lest what
        somebody else changed meanwhile be lost, and for whoever misses what the account names."""
        ...

    def replace_notification_secrets(self, account: AccountId, secrets: Mapping[str, Any]) -> None: ...
    def note_callback(self, account: AccountId, *, at: datetime) -> None:
        """Remember when a provider last called for this account."""
        ...

    def note_secret_use(self, account: Account, secret: AccountSecret, *, at: datetime) -> None:
        """Remember when Coupa last used this secret, unless that was noted within USE_NOTED_EVERY, or the account has
        other secrets by now."""
        ...


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first request under a key was answered, without its body: links in one expire, and states move on.

    `package` None: the answer was about the account; `made` are the ids of the documents or recipients it added.
    """

    status: int
    package: PackageId | None = None
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of an Idempotency-Key, until `until` (UTC): `request` is the hash of what was asked, `owner` names the
    invocation at work. Without `answer` it is under way, or broke down and ends by itself."""

    request: str
    owner: str
    until: datetime
    answer: FirstAnswer | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that is written with its effect, in one transaction: `use.owner` must have the key still."""

    account: AccountId
    key: str
    use: KeyUse


class IdempotencyKeys(Protocol):
    """The keys of each account. A key that was used until now is free again."""

    def claim(self, account: AccountId, key: str, use: KeyUse, *, now: datetime) -> KeyUse | None:
        """None: the key is `use.owner`'s now. Else the use that stands there, and nothing was written."""
        ...

    def settle(self, account: AccountId, key: str, use: KeyUse) -> bool:
        """Keep the owner's answer until `use.until`. False: the claim is no longer theirs."""
        ...

    def release(self, account: AccountId, key: str, *, owner: str) -> None:
        """Forget the owner's claim; somebody else's stays, and so does an answer."""
        ...
