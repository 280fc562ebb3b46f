"""The two small items beside each package: `S#REFRESH` and `S#DELIVERY`, who works on them, and when they are due.

They are apart from `P#META` so that a callback never breaks a running Send. A lease is given back by its owner or
expires; while it is held the item is due at its end, so that the sweep finds what a crash left behind. An owner may take
its own lease again (a lost reply, or another round).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from esign.aws import schema
from esign.aws.codec import Item, decode
from esign.aws.schema import SCHEMA, key, package_partition, shard_of
from esign.aws.table import ConditionFailed, Table, update
from esign.domain.errors import StaleVersion
from esign.domain.events import Event
from esign.domain.ids import AccountId, PackageId
from esign.ports import DeliveryLease, Due, RefreshLease, Wake

_FREE = "(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now OR #leaseOwner = :owner)"
_TAKE = "#leaseOwner = :owner, #leaseUntil = :until, #nextDueAt = :until, #shard = :shard, #schema = :schema"
_GIVE_BACK = "#leaseOwner, #leaseUntil"


class Refreshes:
    """The refresh part of the package store. `pendingSince` stands while no run has taken up the last wake-up yet, and no
    later date hides it."""

    _table: Table

    def wake(self, account: AccountId, package: PackageId, *, now: datetime) -> Wake:
        """A reply lost on the way counts twice: one read too many, never one too few."""
        item = self._table.write(
            update(
                key(package_partition(account, package), schema.REFRESH),
                "ADD #wanted :one SET #nextDueAt = :now, #pendingSince = :now, #shard = :shard, #schema = :schema",
                {":one": 1, ":now": now, ":shard": shard_of(package), ":schema": SCHEMA},
            )
        )
        until = _moment(item, "leaseUntil")
        return Wake(wanted=_number(item, "wanted"), leased=until is not None and until > now)

    def lease_refresh(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> RefreshLease | None:
        values = _taking(package, owner, until) | {":now": now, ":zero": 0}
        take = f"SET {_TAKE}, #wanted = if_not_exists(#wanted, :zero) REMOVE #pendingSince"
        place = key(package_partition(account, package), schema.REFRESH)
        try:
            item = self._table.write(update(place, take, values, _FREE))
        except ConditionFailed:
            return None
        return RefreshLease(account, package, owner, _number(item, "wanted"), until, _moment(item, "lastReadAt"))

    def settle_refresh(
        self, lease: RefreshLease, *, read_at: datetime | None, next_due_at: datetime | None, force: bool = False
    ) -> bool:
        """True also when the lease was lost: whoever has it now answers every wake-up. False keeps the lease, and
        `read_at` is noted all the same."""
        place = key(package_partition(lease.account, lease.package), schema.REFRESH)
        dates, gone = _next(next_due_at)
        settle = f"SET #seen = :seen{_read(read_at)}{dates} REMOVE {_GIVE_BACK}{gone}"
        values = _settling(lease, read_at, next_due_at)
        try:
            self._table.write(update(place, settle, values, "#leaseOwner = :owner AND #wanted = :seen"))
        except ConditionFailed:
            return self._leave_woken(lease, read_at, give_back=force)
        return True

    def _leave_woken(self, lease: RefreshLease, read_at: datetime | None, *, give_back: bool) -> bool:
        """A wake-up came meanwhile: given back, the package is due since that wake-up."""
        place = key(package_partition(lease.account, lease.package), schema.REFRESH)
        expression = f"SET #seen = :seen{_read(read_at)}"
        if give_back:
            expression += f", #nextDueAt = #pendingSince, #shard = :shard REMOVE {_GIVE_BACK}"
        try:
            self._table.write(update(place, expression, _settling(lease, read_at, None), "#leaseOwner = :owner"))
        except ConditionFailed:
            return True  # the lease was given back already, by us or by time
        return give_back


class Deliveries:
    """The delivery part of the package store."""

    _table: Table

    def lease_delivery(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> DeliveryLease | None:
        """None: nothing was ever to deliver, somebody else has it, or the endpoint's next attempt is not due yet (a bell
        that rings for a new event must not use up the attempts of an old one)."""
        patient = "(attribute_not_exists(#nextAttemptAt) OR #nextAttemptAt <= :now)"
        condition = f"attribute_exists(#PK) AND {_FREE} AND {patient}"
        place = key(package_partition(account, package), schema.DELIVERY)
        values = _taking(package, owner, until) | {":now": now}
        try:
            item = self._table.write(update(place, f"SET {_TAKE} REMOVE #nextAttemptAt", values, condition))
        except ConditionFailed:
            return None
        return DeliveryLease(account, package, owner, _number(item, "cursor"), _number(item, "attempts"), until)

    def events_after(
        self, account: AccountId, package: PackageId, sequence: int, *, limit: int = 100
    ) -> tuple[Event, ...]:
        """By sequence. An item holds the events of one transition and is named by the last of them."""
        values = {":partition": package_partition(account, package)}
        values |= {":first": schema.events_sort(sequence + 1), ":last": schema.events_sort(99999999)}
        items, _ = self._table.query("#PK = :partition AND #SK BETWEEN :first AND :last", values, limit=limit)
        events = (decode(Event, stored["M"]) for item in items for stored in item["events"]["L"])
        return tuple(event for event in events if event.sequence > sequence)[:limit]

    def advance_delivery(self, lease: DeliveryLease, *, cursor: int) -> DeliveryLease:
        place = key(package_partition(lease.account, lease.package), schema.DELIVERY)
        values = {":cursor": cursor, ":zero": 0, ":owner": lease.owner}
        expression = "SET #cursor = :cursor, #attempts = :zero"
        try:
            self._table.write(update(place, expression, values, "#leaseOwner = :owner"))
        except ConditionFailed:
            raise StaleVersion("Another run delivers this package's notifications now.") from None
        return replace(lease, cursor=cursor, attempts=0)

    def settle_delivery(self, lease: DeliveryLease, *, attempts: int, next_attempt_at: datetime | None) -> bool:
        """True also when the lease was lost."""
        place = key(package_partition(lease.account, lease.package), schema.DELIVERY)
        dates, gone = _next(next_attempt_at)
        values = {":owner": lease.owner, ":attempts": attempts, ":cursor": lease.cursor}
        values |= {":next": next_attempt_at, ":shard": shard_of(lease.package)}
        hold, condition = ", #nextAttemptAt = :next", "#leaseOwner = :owner"
        if next_attempt_at is None:
            hold, condition = "", f"{condition} AND #last <= :cursor"
        try:
            settle = f"SET #attempts = :attempts{dates}{hold} REMOVE {_GIVE_BACK}{gone}"
            self._table.write(update(place, settle, values, condition))
        except ConditionFailed:
            return self._leave_waiting(lease, attempts)
        return True

    def _leave_waiting(self, lease: DeliveryLease, attempts: int) -> bool:
        """Events came meanwhile: give back, due since they came."""
        place = key(package_partition(lease.account, lease.package), schema.DELIVERY)
        values = {":owner": lease.owner, ":attempts": attempts, ":shard": shard_of(lease.package)}
        due = "#attempts = :attempts, #nextDueAt = #lastAt, #shard = :shard"
        try:
            self._table.write(update(place, f"SET {due} REMOVE {_GIVE_BACK}", values, "#leaseOwner = :owner"))
        except ConditionFailed:
            return True  # the lease was given back already, by us or by time
        return False


class Schedule:
    """What is due, over all packages of a shard."""

    _table: Table

    def due(
        self, shard: int, *, before: datetime, limit: int = 100, cursor: str | None = None
    ) -> tuple[tuple[Due, ...], str | None]:
        """Oldest first; the index follows the table by moments."""
        values = {":shard": shard, ":before": before}
        start = _due_start(shard, cursor) if cursor else None
        items, following = self._table.query(
            "#shard = :shard AND #nextDueAt <= :before", values, index=schema.DUE_INDEX, limit=limit, start=start
        )
        return tuple(schema.due_of(item) for item in items), _due_cursor(following) if following else None

    def defer(self, due: Due, *, to: datetime) -> bool:
        place = key(package_partition(due.account, due.package), f"S#{due.kind}")
        values = {":seen": due.due_at, ":to": to}
        try:
            self._table.write(update(place, "SET #nextDueAt = :to", values, "#nextDueAt = :seen"))
        except ConditionFailed as failed:
            return _moment(failed.item or {}, schema.DUE_SORT) == to
        return True


def _taking(package: PackageId, owner: str, until: datetime) -> dict[str, object]:
    return {":owner": owner, ":until": until, ":shard": shard_of(package), ":schema": SCHEMA}


def _settling(lease: RefreshLease, read_at: datetime | None, next_due_at: datetime | None) -> dict[str, object]:
    values: dict[str, object] = {":owner": lease.owner, ":seen": lease.wanted, ":read": read_at}
    return values | {":next": next_due_at, ":shard": shard_of(lease.package)}


def _read(read_at: datetime | None) -> str:
    return ", #lastReadAt = :read" if read_at else ""


def _next(at: datetime | None) -> tuple[str, str]:
    """What to set and what to remove, so that the item is due at `:next` (None: never)."""
    return (", #nextDueAt = :next, #shard = :shard", "") if at else ("", ", #nextDueAt, #shard")


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])


def _moment(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]["S"]) if name in item else None


def _due_cursor(place: schema.Key) -> str:
    return " ".join(place[name]["S"] for name in (schema.DUE_SORT, schema.SORT, schema.PARTITION))


def _due_start(shard: int, cursor: str) -> schema.Key:
    due_at, sort, partition = cursor.split(" ", 2)
    index = {schema.DUE_PARTITION: {"N": str(shard)}, schema.DUE_SORT: {"S": due_at}}
    return schema.key(partition, sort) | index
