"""The account store and the call budget in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from esign.domain.account import Account, AccountSecret
from esign.domain.errors import Clash, NotFound, StaleVersion
from esign.domain.ids import AccountId


class MemoryAccounts:
    """Port `AccountStore`. `forgotten` lists the accounts whose credentials a provider refused."""

    def __init__(self, *accounts: Account, credentials: Mapping[str, str] | None = None) -> None:
        """`credentials` are those of every account given here."""
        self._lock = threading.RLock()
        self._accounts = {account.id: account for account in accounts}
        self._credentials: dict[AccountId, Mapping[str, str]] = {a.id: credentials or {} for a in accounts}
        self._notification_secrets: dict[AccountId, Mapping[str, Any]] = {}
        self.forgotten: list[AccountId] = []

    def get(self, account: AccountId) -> Account | None:
        return self._accounts.get(account)

    def add(self, account: Account, credentials: Mapping[str, str]) -> None:
        with self._lock:
            if account.id in self._accounts:
                raise Clash("There is an account of this id already.")
            self._accounts[account.id] = account
            self._credentials[account.id] = dict(credentials)

    def save(self, before: Account, after: Account) -> Account:
        with self._lock:
            current = self._accounts.get(before.id)
            if current is None or current.version != before.version:
                raise StaleVersion("The account was changed meanwhile.")
            if after.last_callback_at == before.last_callback_at:
                after = replace(after, last_callback_at=current.last_callback_at)
            if after.secrets == before.secrets:
                after = replace(after, secrets=current.secrets)
            saved = self._accounts[before.id] = replace(after, version=before.version + 1)
            return saved

    def remove(self, account: Account) -> None:
        with self._lock:
            current = self._accounts.get(account.id)
            if current is not None and current.version != account.version:
                raise StaleVersion("The account was changed meanwhile.")
            for kept in (self._accounts, self._credentials, self._notification_secrets):
                kept.pop(account.id, None)

    def list(self) -> Iterator[Account]:
        return iter([self._accounts[identifier] for identifier in sorted(self._accounts)])

    def credentials(self, account: AccountId) -> Mapping[str, str]:
        if account not in self._credentials:
            raise NotFound("The account has no provider credentials.")
        return self._credentials[account]

    def replace_credentials(self, account: AccountId, credentials: Mapping[str, str]) -> None:
        self._credentials[account] = dict(credentials)

    def forget_credentials(self, account: AccountId) -> None:
        self.forgotten.append(account)

    def notification_secrets(self, account: AccountId, *, fresh: bool = False) -> Mapping[str, Any]:
        return self._notification_secrets.get(account, {"webhookSecrets": []})

    def replace_notification_secrets(self, account: AccountId, secrets: Mapping[str, Any]) -> None:
        self._notification_secrets[account] = dict(secrets)

    def note_callback(self, account: AccountId, *, at: datetime) -> None:
        with self._lock:
            found = self._accounts.get(account)
            if found and (found.last_callback_at is None or found.last_callback_at < at):
                self._accounts[account] = replace(found, last_callback_at=at)

    def note_secret_use(self, account: Account, secret: AccountSecret, *, at: datetime) -> None:
        with self._lock:
            found = self._accounts.get(account.id)
            known = found.secrets if found else ()
            place = account.secrets.index(secret)
            if found and known[place:] and known[place].sha256 == secret.sha256 and known[place].wants_note(at):
                noted = tuple(replace(one, last_used_at=at) if one is known[place] else one for one in known)
                self._accounts[account.id] = replace(found, secrets=noted)


class MemoryBudget:
    """Port `CallBudget`, with the same windows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[AccountId, tuple[datetime, int]] = {}

    def take(self, account: AccountId, *, calls: int, per_minute: int, now: datetime) -> float:
        calls = min(calls, per_minute)
        with self._lock:
            opened, used = self._windows.get(account, (None, 0))
            ends = opened + timedelta(seconds=60) if opened else now
            if opened is None or now >= ends:
                opened, used = now, 0
            if used + calls > per_minute:
                return (ends - now).total_seconds()
            self._windows[account] = (opened, used + calls)
            return 0.0
