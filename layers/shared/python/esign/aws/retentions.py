"""The item `S#RETENTION` beside each package that has ended, and what is asked when something personal has to go."""

from __future__ import annotations

from datetime import datetime

from esign.aws import schema
from esign.aws.changes import retention
from esign.aws.codec import Item
from esign.aws.leases import number
from esign.aws.schema import key, package_partition
from esign.aws.table import Table, update
from esign.domain.ids import AccountId, PackageId
from esign.ports import Told


class Retentions:
    """The retention part of the package store."""

    _table: Table

    def schedule_retention(self, account: AccountId, package: PackageId, *, at: datetime | None) -> None:
        self._table.write(retention(account, package, at))

    def told(self, account: AccountId, package: PackageId) -> Told:
        """Two consistent reads."""
        partition = package_partition(account, package)
        item = self._table.get(key(partition, schema.DELIVERY))
        if item is None:
            return Told()
        waiting = number(item, "last") > number(item, "cursor") or "replay" in item
        return Told(waiting, len(self._beginning_with(partition, schema.LETTER_PREFIX)))

    def forget_reasons(self, account: AccountId, package: PackageId) -> None:
        """One write for each item of the outbox that holds one."""
        partition = package_partition(account, package)
        for item in self._beginning_with(partition, schema.EVENTS_PREFIX):
            events = item["events"]["L"]
            if any("reason" in event["M"] for event in events):
                silent = [{"M": {name: value for name, value in e["M"].items() if name != "reason"}} for e in events]
                place = key(partition, item[schema.SORT]["S"])
                self._table.write(update(place, "SET #events = :events", {":events": {"L": silent}}))

    def subjects(self, account: AccountId, subject: str) -> tuple[PackageId, ...]:
        partition = schema.subject_partition(account, subject)
        found = self._table.query_all("#PK = :partition", {":partition": partition})
        return tuple(PackageId(item[schema.SORT]["S"]) for item in found)

    def _beginning_with(self, partition: str, prefix: str) -> list[Item]:
        values = {":partition": partition, ":prefix": prefix}
        return list(self._table.query_all("#PK = :partition AND begins_with(#SK, :prefix)", values))
