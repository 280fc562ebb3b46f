"""The two small items beside each package: `S#REFRESH` and `S#DELIVERY`, who works on them, and when they are due.

They are apart from `P#META` so that a callback never breaks a running Send. A lease is given back by its owner or
expires; while it is held the item is due at its end, so that the sweep finds what a crash left behind. An owner may take
its own lease again (a lost reply, or another round).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from esign.aws import schema
from esign.aws.codec import Item
from esign.aws.schema import SCHEMA, key, package_partition, shard_of
from esign.aws.table import ConditionFailed, Table, update
from esign.domain.ids import AccountId, PackageId
from esign.ports import Due, RefreshLease, RefreshState, Wake

FREE = "(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now OR #leaseOwner = :owner)"
TAKE = "#leaseOwner = :owner, #leaseUntil = :until, #nextDueAt = :until, #shard = :shard, #schema = :schema"
GIVE_BACK = "#leaseOwner, #leaseUntil"
QUIET = "(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now) AND attribute_not_exists(#pendingSince)"


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
        until = moment(item, "leaseUntil")
        return Wake(wanted=number(item, "wanted"), leased=until is not None and until > now)

    def lease_refresh(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> RefreshLease | None:
        values = taking(package, owner, until) | {":now": now, ":zero": 0}
        take = f"SET {TAKE}, #wanted = if_not_exists(#wanted, :zero) REMOVE #pendingSince"
        place = key(package_partition(account, package), schema.REFRESH)
        try:
            item = self._table.write(update(place, take, values, FREE))
        except ConditionFailed:
            return None
        return RefreshLease(account, package, owner, number(item, "wanted"), until, moment(item, "lastReadAt"))

    def settle_refresh(
        self, lease: RefreshLease, *, read_at: datetime | None, next_due_at: datetime | None, force: bool = False
    ) -> bool:
        """True also when the lease was lost: whoever has it now answers every wake-up. False keeps the lease, and
        `read_at` is noted all the same."""
        place = key(package_partition(lease.account, lease.package), schema.REFRESH)
        dates, gone = _next(next_due_at)
        settle = f"SET #seen = :seen{_read(read_at)}{dates} REMOVE {GIVE_BACK}{gone}"
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
            expression += f", #nextDueAt = #pendingSince, #shard = :shard REMOVE {GIVE_BACK}"
        try:
            self._table.write(update(place, expression, _settling(lease, read_at, None), "#leaseOwner = :owner"))
        except ConditionFailed:
            return True  # the lease was given back already, by us or by time
        return give_back

    def refresh_state(self, account: AccountId, package: PackageId, *, now: datetime) -> RefreshState | None:
        item = self._table.get(key(package_partition(account, package), schema.REFRESH))
        if item is None:
            return None
        until = moment(item, "leaseUntil")
        busy = "pendingSince" in item or (until is not None and until > now)
        return RefreshState(moment(item, schema.DUE_SORT), moment(item, "lastReadAt"), busy)

    def settle_poll(self, due: Due, *, now: datetime, read_at: datetime | None, next_due_at: datetime | None) -> bool:
        place = key(package_partition(due.account, due.package), schema.REFRESH)
        dates, gone = _next(next_due_at)
        settle = f"SET #schema = :schema{_read(read_at)}{dates} {'REMOVE' + gone.removeprefix(',') if gone else ''}"
        values = {":seen": due.due_at, ":now": now, ":next": next_due_at, ":read": read_at, ":schema": SCHEMA}
        values[":shard"] = shard_of(due.package)
        try:
            self._table.write(update(place, settle, values, f"#nextDueAt = :seen AND {QUIET}"))
        except ConditionFailed as failed:
            return moment(failed.item or {}, schema.DUE_SORT) == next_due_at
        return True


class Schedule:
    """What is due, over all packages of a shard."""

    _table: Table

    def take_shard(self, shard: int, *, owner: str, now: datetime, until: datetime) -> bool:
        values = {":owner": owner, ":until": until, ":now": now, ":schema": SCHEMA}
        take = "SET #leaseOwner = :owner, #leaseUntil = :until, #schema = :schema"
        try:
            self._table.write(update(key(schema.sweep_partition(shard), schema.SWEEP), take, values, FREE))
        except ConditionFailed:
            return False
        return True

    def leave_shard(self, shard: int, *, owner: str) -> None:
        place = key(schema.sweep_partition(shard), schema.SWEEP)
        with suppress(ConditionFailed):  # another sweeper has it, after our time
            self._table.write(update(place, f"REMOVE {GIVE_BACK}", {":owner": owner}, "#leaseOwner = :owner"))

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
            return moment(failed.item or {}, schema.DUE_SORT) == to
        return True


def taking(package: PackageId, owner: str, until: datetime) -> dict[str, object]:
    return {":owner": owner, ":until": until, ":shard": shard_of(package), ":schema": SCHEMA}


def _settling(lease: RefreshLease, read_at: datetime | None, next_due_at: datetime | None) -> dict[str, object]:
    values: dict[str, object] = {":owner": lease.owner, ":seen": lease.wanted, ":read": read_at}
    return values | {":next": next_due_at, ":shard": shard_of(lease.package)}


def _read(read_at: datetime | None) -> str:
    return ", #lastReadAt = :read" if read_at else ""


def _next(at: datetime | None) -> tuple[str, str]:
    """What to set and what to remove, so that the item is due at `:next` (None: never)."""
    return (", #nextDueAt = :next, #shard = :shard", "") if at else ("", ", #nextDueAt, #shard")


def number(item: Item, name: str) -> int:
    return int(item.get(name, {"N": "0"})["N"])


def moment(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]["S"]) if name in item else None


def _due_cursor(place: schema.Key) -> str:
    return " ".join(place[name]["S"] for name in (schema.DUE_SORT, schema.SORT, schema.PARTITION))


def _due_start(shard: int, cursor: str) -> schema.Key:
    due_at, sort, partition = cursor.split(" ", 2)
    index = {schema.DUE_PARTITION: {"N": str(shard)}, schema.DUE_SORT: {"S": due_at}}
    return schema.key(partition, sort) | index
