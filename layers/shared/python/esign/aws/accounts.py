"""The account store (port `AccountStore`): settings in the table, credentials in Secrets Manager.

One item per account, which index `listing` lists too (its partition ACCOUNTS), so that nothing is written twice. Secrets:
`<prefix>/<account>/provider` and `<prefix>/<account>/notifications`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from esign.aws import schema
from esign.aws.codec import decode, differences, encode
from esign.aws.schema import Key, account_partition, key
from esign.aws.secrets import Secrets
from esign.aws.table import ConditionFailed, Table, change, delete, new_operation, put, update
from esign.domain.account import USE_NOTED_EVERY, Account, AccountSecret
from esign.domain.errors import Clash, NotFound, StaleVersion
from esign.domain.ids import AccountId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PROVIDER, _NOTIFICATIONS = "provider", "notifications"  # the last part of a secret's name


class DynamoAccounts:
    """See `esign.ports.AccountStore`. `prefix` is `esign/<stage>`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        secrets: Secrets,
        prefix: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = Table(client, table, sleep=sleep)
        self._secrets = secrets
        self._prefix = prefix

    def get(self, account: AccountId) -> Account | None:
        """One consistent item read."""
        item = self._table.get(_key(account))
        return decode(Account, item) if item else None

    def add(self, account: Account, credentials: Mapping[str, str]) -> None:
        if self.get(account.id) is not None:
            raise Clash("There is an account of this id already.")
        self.replace_credentials(account.id, credentials)
        operation = new_operation()
        listing = {schema.LISTING_PARTITION: {"S": schema.ALL_ACCOUNTS}, schema.LISTING_SORT: {"S": account.id}}
        fixed = {"schema": {"N": str(schema.SCHEMA)}, "op": {"S": operation}}
        try:
            self._table.write(
                put({**_key(account.id), **encode(account), **listing, **fixed}, "attribute_not_exists(#PK)")
            )
        except ConditionFailed as failed:
            if not _is_own(failed, operation):
                raise Clash("There is an account of this id already.") from None

    def save(self, before: Account, after: Account) -> Account:
        """Writes what differs."""
        operation = new_operation()
        after = replace(after, version=before.version + 1)
        sets, removed = differences(before, after)
        sets |= {"op": {"S": operation}}
        try:
            guard = {":known": before.version}
            self._table.write(change(_key(after.id), sets, removed, "#version = :known", guard))
        except ConditionFailed as failed:
            if not _is_own(failed, operation):
                raise StaleVersion("The account was changed meanwhile.") from None
        return after

    def remove(self, account: Account) -> None:
        """Who removes an account whose item is gone, but not its secrets, may do it again."""
        guard = "attribute_not_exists(#PK) OR #version = :known"
        try:
            self._table.write(delete(_key(account.id), guard, {":known": account.version}))
        except ConditionFailed:
            raise StaleVersion("The account was changed meanwhile.") from None
        for secret in (_PROVIDER, _NOTIFICATIONS):
            self._secrets.remove(self._name(account.id, secret))

    def list(self) -> Iterator[Account]:
        """By id. The index follows the table by moments."""
        found = self._table.query_all("#listing = :all", {":all": schema.ALL_ACCOUNTS}, index=schema.LISTING_INDEX)
        return (decode(Account, item) for item in found)

    def credentials(self, account: AccountId) -> Mapping[str, str]:
        """Raises NotFound when the account has none."""
        found = self._secrets.get(self._name(account, _PROVIDER))
        if found is None:
            raise NotFound("The account has no provider credentials.")
        return found

    def replace_credentials(self, account: AccountId, credentials: Mapping[str, str]) -> None:
        self._secrets.put(self._name(account, _PROVIDER), credentials)

    def forget_credentials(self, account: AccountId) -> None:
        self._secrets.forget(self._name(account, _PROVIDER))

    def notification_secrets(self, account: AccountId, *, fresh: bool = False) -> Mapping[str, Any]:
        """No webhook secret where none was ever set."""
        name = self._name(account, _NOTIFICATIONS)
        if fresh:
            self._secrets.forget(name)
        return self._secrets.get(name) or {"webhookSecrets": []}

    def replace_notification_secrets(self, account: AccountId, secrets: Mapping[str, Any]) -> None:
        self._secrets.put(self._name(account, _NOTIFICATIONS), secrets)

    def note_callback(self, account: AccountId, *, at: datetime) -> None:
        """Never backwards; an unknown account is no error."""
        later = "attribute_exists(#PK) AND (attribute_not_exists(#lastCallbackAt) OR #lastCallbackAt < :at)"
        try:
            self._table.write(update(_key(account), "SET #lastCallbackAt = :at", {":at": at}, later))
        except ConditionFailed:
            return

    def note_secret_use(self, account: Account, secret: AccountSecret, *, at: datetime) -> None:
        """One write of one attribute; a rotation meanwhile moves the secrets, and then nothing is noted."""
        stored = f"#secrets[{account.secrets.index(secret)}]"
        seldom = f"attribute_not_exists({stored}.#lastUsedAt) OR {stored}.#lastUsedAt <= :before"
        known = {":at": at, ":before": at - USE_NOTED_EVERY, ":sha256": secret.sha256}
        try:
            self._table.write(
                update(
                    _key(account.id),
                    f"SET {stored}.#lastUsedAt = :at",
                    known,
                    f"{stored}.#sha256 = :sha256 AND ({seldom})",
                )
            )
        except ConditionFailed:
            return

    def _name(self, account: AccountId, secret: str) -> str:
        return f"{self._prefix}/{account}/{secret}"


def _key(account: AccountId) -> Key:
    return key(account_partition(account), schema.ACCOUNT)


def _is_own(failed: ConditionFailed, operation: str) -> bool:
    return failed.item is not None and failed.item.get("op") == {"S": operation}
