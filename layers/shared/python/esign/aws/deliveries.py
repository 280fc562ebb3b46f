"""The item `S#DELIVERY` beside each package: who delivers its events, how far, and what the next one waits for; and the
dead letters `L#`. Knows no endpoint but by name, and no rule of when to give up.

While a package waits for an endpoint its item is listed in index `listing` under that endpoint's partition, so that the
line is one query; taking the lease takes it out of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from esign.aws import schema
from esign.aws.codec import Item, decode, encode
from esign.aws.leases import FREE, GIVE_BACK, TAKE, moment, number, taking
from esign.aws.schema import SCHEMA, Key, key, package_partition, shard_of
from esign.aws.table import Action, Cancelled, ConditionFailed, Table, delete, new_operation, put, update
from esign.domain.errors import MalformedRequest, StaleVersion
from esign.domain.events import DeadLetter, Event
from esign.domain.ids import AccountId, EndpointId, PackageId
from esign.ports import DeliveryLease, Wait

_OUT_OF_LINE = "#listing, #listedAt"


class Deliveries:
    """The delivery part of the package store."""

    _table: Table

    def lease_delivery(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> DeliveryLease | None:
        """`nextAttemptAt` stands only where nobody may try earlier: a bell for a new event must not use up the tries of
        one that was refused."""
        patient = "(attribute_not_exists(#nextAttemptAt) OR #nextAttemptAt <= :now)"
        condition = f"attribute_exists(#PK) AND {FREE} AND {patient}"
        take = f"SET {TAKE} REMOVE #nextAttemptAt, {_OUT_OF_LINE}"
        values = taking(package, owner, until) | {":now": now}
        try:
            item = self._table.write(update(_place(account, package), take, values, condition))
        except ConditionFailed:
            return None
        return _lease(item, account, package, owner, until)

    def events_after(
        self, account: AccountId, package: PackageId, sequence: int, *, limit: int = 100
    ) -> tuple[Event, ...]:
        """By sequence. An item holds the events of one transition and is named by the last of them."""
        values = {":partition": package_partition(account, package)}
        values |= {":first": schema.events_sort(sequence + 1), ":last": schema.events_sort(99999999)}
        items, _ = self._table.query("#PK = :partition AND #SK BETWEEN :first AND :last", values, limit=limit)
        events = (decode(Event, stored["M"]) for item in items for stored in item["events"]["L"])
        return tuple(event for event in events if event.sequence > sequence)[:limit]

    def advance_delivery(
        self,
        lease: DeliveryLease,
        *,
        sequence: int,
        letter: DeadLetter | None = None,
        failing_since: datetime | None = None,
    ) -> DeliveryLease:
        """One write; with a dead letter to keep or to take away, one transaction."""
        replays = tuple(other for other in lease.replays if other != sequence)
        after = replace(
            lease,
            cursor=lease.cursor if sequence in lease.replays else sequence,
            attempts=0,
            rejections=0,
            failing_since=failing_since,
            replays=replays,
        )
        step = _step(after, done={str(sequence)} if replays != lease.replays else None)
        beside = _put_letter(letter) if letter else delete(_letter_key(lease, sequence))
        try:
            if letter or replays != lease.replays:
                self._table.transact([step, beside], new_operation())
            else:
                self._table.write(step)
        except (ConditionFailed, Cancelled):
            raise StaleVersion("Another run delivers this package's notifications now.") from None
        return after

    def settle_delivery(self, lease: DeliveryLease, *, wait: Wait | None = None) -> bool:
        """True also when the lease was lost."""
        try:
            self._table.write(_waiting(lease, wait) if wait else _finished(lease))
        except ConditionFailed:
            return wait is not None or self._leave_waiting(lease)
        return True

    def _leave_waiting(self, lease: DeliveryLease) -> bool:
        """Something came meanwhile: give back, due since the last event came."""
        values = {":owner": lease.owner, ":shard": shard_of(lease.package)}
        expression = f"SET #nextDueAt = #lastAt, #shard = :shard REMOVE {GIVE_BACK}"
        place = _place(lease.account, lease.package)
        try:
            self._table.write(update(place, expression, values, "#leaseOwner = :owner"))
        except ConditionFailed:
            return True  # the lease was given back already, by us or by time
        return False

    def replay_delivery(
        self, account: AccountId, package: PackageId, sequences: Sequence[int], *, now: datetime
    ) -> tuple[int, ...]:
        """One read and one write; the cursor only grows, so nothing can come between them."""
        item = self._table.get(_place(account, package)) or {}
        passed = tuple(sequence for sequence in sequences if 0 < sequence <= number(item, "cursor"))
        if passed:
            values = {":again": {str(sequence) for sequence in passed}, ":now": now, ":shard": shard_of(package)}
            expression = "ADD #replay :again SET #nextDueAt = :now, #shard = :shard REMOVE #nextAttemptAt"
            self._table.write(update(_place(account, package), expression, values))
        return passed

    def in_line(self, account: AccountId, endpoint: EndpointId, *, limit: int = 10) -> tuple[PackageId, ...]:
        values = {":line": schema.endpoint_partition(account, endpoint)}
        items, _ = self._table.query("#listing = :line", values, index=schema.LISTING_INDEX, limit=limit)
        return tuple(PackageId(item[schema.PARTITION]["S"].rpartition("#")[2]) for item in items)

    def dead_letters(
        self, account: AccountId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[DeadLetter, ...], str | None]:
        values = {":letters": schema.letters_partition(account)}
        start = _letters_start(account, cursor) if cursor else None
        items, following = self._table.query(
            "#listing = :letters", values, index=schema.LISTING_INDEX, limit=limit, start=start
        )
        return tuple(decode(DeadLetter, item) for item in items), _letters_cursor(following) if following else None


def _lease(item: Item, account: AccountId, package: PackageId, owner: str, until: datetime) -> DeliveryLease:
    return DeliveryLease(
        account,
        package,
        owner,
        cursor=number(item, "cursor"),
        attempts=number(item, "attempts"),
        until=until,
        rejections=number(item, "rejections"),
        failing_since=moment(item, "failingSince"),
        replays=tuple(sorted(int(sequence) for sequence in item.get("replay", {"SS": ()})["SS"])),
    )


def _step(after: DeliveryLease, *, done: set[str] | None) -> Action:
    expression = "SET #cursor = :cursor, #attempts = :zero, #rejections = :zero"
    expression += ", #failingSince = :since" if after.failing_since else " REMOVE #failingSince"
    expression += " DELETE #replay :done" if done else ""
    values = {":cursor": after.cursor, ":zero": 0, ":since": after.failing_since, ":done": done, ":owner": after.owner}
    return update(_place(after.account, after.package), expression, values, "#leaseOwner = :owner")


def _waiting(lease: DeliveryLease, wait: Wait) -> Action:
    sets = "#attempts = :attempts, #rejections = :rejections, #nextDueAt = :until, #shard = :shard"
    sets += ", #listing = :line, #listedAt = :listedAt" if wait.endpoint else ", #nextAttemptAt = :until"
    sets += ", #failingSince = :since" if wait.failing_since else ""
    removed = GIVE_BACK if wait.failing_since else f"{GIVE_BACK}, #failingSince"
    values = {
        ":attempts": wait.attempts,
        ":rejections": wait.rejections,
        ":until": wait.until,
        ":shard": shard_of(lease.package),
        ":line": schema.endpoint_partition(lease.account, wait.endpoint) if wait.endpoint else None,
        ":listedAt": schema.listed_at(wait.failing_since or wait.until, lease.package),
        ":since": wait.failing_since,
        ":owner": lease.owner,
    }
    place = _place(lease.account, lease.package)
    return update(place, f"SET {sets} REMOVE {removed}", values, "#leaseOwner = :owner")


def _finished(lease: DeliveryLease) -> Action:
    nothing_came = "#leaseOwner = :owner AND #last <= :cursor AND attribute_not_exists(#replay)"
    values = {":owner": lease.owner, ":cursor": lease.cursor, ":zero": 0}
    expression = f"SET #attempts = :zero REMOVE {GIVE_BACK}, #nextDueAt, #shard, #failingSince"
    return update(_place(lease.account, lease.package), expression, values, nothing_came)


def _place(account: AccountId, package: PackageId) -> Key:
    return key(package_partition(account, package), schema.DELIVERY)


def _letter_key(lease: DeliveryLease, sequence: int) -> Key:
    return key(package_partition(lease.account, lease.package), schema.letter_sort(sequence))


def _put_letter(letter: DeadLetter) -> Action:
    listed = schema.listed_at(letter.given_up_at, letter.package) + f"#{letter.sequence:08d}"
    return put(
        {
            **key(package_partition(letter.account, letter.package), schema.letter_sort(letter.sequence)),
            "schema": {"N": str(SCHEMA)},
            **encode(letter),
            schema.LISTING_PARTITION: {"S": schema.letters_partition(letter.account)},
            schema.LISTING_SORT: {"S": listed},
        }
    )


def _letters_cursor(place: Key) -> str:
    return str(place[schema.LISTING_SORT]["S"])


def _letters_start(account: AccountId, cursor: str) -> Key:
    """The cursor names a place in time and nothing else: another account's is merely a place in this account's list."""
    try:
        place, _, sequence = cursor.rpartition("#")
        package, sort = schema.package_listed(place), schema.letter_sort(int(sequence))
    except ValueError:
        package = None
    if package is None:
        raise MalformedRequest("The cursor is none that we gave.")
    return key(package_partition(account, package), sort) | {
        schema.LISTING_PARTITION: {"S": schema.letters_partition(account)},
        schema.LISTING_SORT: {"S": cursor},
    }
