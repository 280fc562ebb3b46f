"""The package store in memory: dicts of the frozen dataclasses themselves, under one lock."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from esign.aws.schema import shard_of
from esign.domain.errors import InFlight, MalformedRequest, StaleVersion
from esign.domain.events import DeadLetter, Event, TimelineEntry
from esign.domain.forgetting import subjects_of
from esign.domain.ids import AccountId, EndpointId, PackageId, number_of
from esign.domain.package import Package, PackageHead, count
from esign.domain.status import CLOSED
from esign.domain.timing import Timing, seconds
from esign.ports import (
    SHARDS,
    AlreadyOpen,
    Created,
    DeliveryLease,
    Due,
    DueKind,
    KeptAnswer,
    Listing,
    RefreshLease,
    RefreshState,
    Told,
    Wait,
    Wake,
)
from tests.fakes.endpoints import MemoryEndpoints
from tests.fakes.idempotency import MemoryIdempotencyKeys

_HEAD_FIELDS = [f.name for f in fields(PackageHead)]


@dataclass(slots=True)
class _Task:
    """A refresh or delivery item."""

    account: AccountId
    package: PackageId
    kind: DueKind
    due_at: datetime | None = None
    owner: str | None = None
    until: datetime | None = None
    # refresh
    wanted: int = 0
    pending_since: datetime | None = None
    read_at: datetime | None = None
    # delivery
    cursor: int = 0
    last: int = 0
    last_at: datetime | None = None
    not_before: datetime | None = None
    wait: Wait | None = None  # what the last lease left
    replays: set[int] = field(default_factory=set)

    def free_for(self, owner: str, now: datetime) -> bool:
        return self.until is None or self.until <= now or self.owner == owner

    def busy(self, now: datetime) -> bool:
        return self.pending_since is not None or (self.until is not None and self.until > now)


class _Calendar:
    """Every task that has a date, in order of time."""

    def __init__(self) -> None:
        self._shards: list[list[tuple[datetime, DueKind, AccountId, PackageId]]] = [[] for _ in range(SHARDS)]

    def move(self, task: _Task, due_at: datetime | None) -> None:
        lines, place = self._shards[shard_of(task.package)], (task.kind, task.account, task.package)
        if task.due_at:
            del lines[bisect_left(lines, (task.due_at, *place))]
        task.due_at = due_at
        if due_at:
            insort(lines, (due_at, *place))

    def page(self, shard: int, *, before: datetime, limit: int, cursor: str | None) -> tuple[list[Due], bool]:
        lines = self._shards[shard]
        start = bisect_right(lines, _place_of(cursor)) if cursor else 0
        due = [Due(account, package, kind, at) for at, kind, account, package in lines[start : start + limit + 1]]
        due = [line for line in due if line.due_at <= before]
        return due[:limit], len(due) > limit


def _place_of(cursor: str) -> tuple[datetime, DueKind, AccountId, PackageId]:
    due_at, kind, account, package = cursor.split(" ")
    return datetime.fromisoformat(due_at), DueKind(kind), AccountId(account), PackageId(package)


@dataclass(slots=True)
class _Record:
    package: Package | None = None
    events: list[Event] = field(default_factory=list)
    story: dict[str, TimelineEntry] = field(default_factory=dict)
    refresh: _Task | None = None
    delivery: _Task | None = None
    letters: dict[int, DeadLetter] = field(default_factory=dict)
    retention: _Task | None = None


@dataclass(slots=True)
class _Pointer:
    packages: list[PackageId]
    revision: int
    open: set[PackageId]


class MemoryPackages(MemoryEndpoints):
    """Port `PackageStore`, and `by_reference`. `keys` are the Idempotency-Keys of the same table."""

    def __init__(self, *, timing: Timing | None = None) -> None:
        super().__init__()
        self._timing = timing or Timing()
        self._lock = threading.RLock()
        self.keys = MemoryIdempotencyKeys()
        self._calendar = _Calendar()
        self._sweepers: dict[int, tuple[str, datetime]] = {}
        self._records: dict[tuple[AccountId, PackageId], _Record] = defaultdict(_Record)
        self._by_account: dict[AccountId, list[PackageId]] = defaultdict(list)
        self._pointers: dict[tuple[AccountId, str], _Pointer] = {}
        self._references: dict[tuple[AccountId, str, str], PackageId] = {}
        self._lines: dict[tuple[AccountId, EndpointId], dict[PackageId, datetime]] = defaultdict(dict)

    # ------------------------------------------------------------------------------------------------- packages

    def create(
        self, package: Package, *, timeline: Sequence[TimelineEntry] = (), answer: KeptAnswer | None = None
    ) -> Created | AlreadyOpen:
        with self._lock:
            self._hold(answer)
            if self._known(package.account, package.id):
                raise StaleVersion("The package exists already.")
            if package.external_id is not None:
                claimed = self._claim(package, package.external_id)
                if isinstance(claimed, AlreadyOpen):
                    return claimed
                package = replace(package, revision=claimed)
            package = _stamped(None, package)
            self._records[package.account, package.id].package = package
            self._by_account[package.account].append(package.id)
            self._refer(None, package)
            self.append_timeline(package.account, package.id, timeline)
            self._keep(answer)
            return Created(package)

    def get(self, account: AccountId, package: PackageId) -> Package | None:
        with self._lock:
            record = self._records.get((account, package))
            return record.package if record else None

    def head(self, account: AccountId, package: PackageId) -> PackageHead | None:
        found = self.get(account, package)
        return _head(found) if found else None

    def by_reference(self, account: AccountId, provider: str, reference: str) -> PackageId | None:
        return self._references.get((account, provider, reference))

    def commit(
        self,
        before: Package,
        after: Package,
        *,
        events: Sequence[Event] = (),
        timeline: Sequence[TimelineEntry] = (),
        refresh_at: datetime | None = None,
        forget_refresh: bool = False,
        answer: KeptAnswer | None = None,
    ) -> Package:
        with self._lock:
            record = self._records.get((before.account, before.id))
            if record is None or record.package is None or record.package.version != before.version:
                raise StaleVersion("The package was changed meanwhile.")
            self._hold(answer)
            self._keep(answer)
            after = record.package = _stamped(before, after)
            self._refer(before, after)
            self._open_or_close(before, after)
            self.append_timeline(after.account, after.id, timeline)
            if events:
                self._post(record, after, events)
            if (after.status in CLOSED) != (before.status in CLOSED):
                look = after.updated_at + seconds(self._timing.retention_look)
                self.schedule_retention(after.account, after.id, at=look if after.status in CLOSED else None)
            if forget_refresh or refresh_at:
                task = self._refresh(after.account, after.id)
                self._calendar.move(task, None if forget_refresh else task.pending_since or refresh_at)
            return after

    def _hold(self, answer: KeptAnswer | None) -> None:
        if answer and not self.keys.holds(answer):
            raise InFlight("Another request has this Idempotency-Key by now.")

    def _keep(self, answer: KeptAnswer | None) -> None:
        if answer:
            self.keys.settle(answer.account, answer.key, answer.use)

    # -------------------------------------------------------------------------------------------------- refresh

    def wake(self, account: AccountId, package: PackageId, *, now: datetime) -> Wake:
        with self._lock:
            task = self._refresh(account, package)
            task.wanted += 1
            task.pending_since = now
            self._calendar.move(task, now)
            return Wake(task.wanted, leased=task.until is not None and task.until > now)

    def lease_refresh(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> RefreshLease | None:
        with self._lock:
            task = self._refresh(account, package)
            if not task.free_for(owner, now):
                return None
            self._take(task, owner, until)
            task.pending_since = None
            return RefreshLease(account, package, owner, task.wanted, until, task.read_at)

    def settle_refresh(
        self, lease: RefreshLease, *, read_at: datetime | None, next_due_at: datetime | None, force: bool = False
    ) -> bool:
        with self._lock:
            task = self._refresh(lease.account, lease.package)
            if task.owner != lease.owner:
                return True
            task.read_at = read_at or task.read_at
            woken = task.wanted != lease.wanted
            if force or not woken:
                self._give_back(task, task.pending_since if woken else next_due_at)
            return force or not woken

    def refresh_state(self, account: AccountId, package: PackageId, *, now: datetime) -> RefreshState | None:
        with self._lock:
            record = self._records.get((account, package))
            task = record.refresh if record else None
            return RefreshState(task.due_at, task.read_at, task.busy(now)) if task else None

    def settle_poll(self, due: Due, *, now: datetime, read_at: datetime | None, next_due_at: datetime | None) -> bool:
        with self._lock:
            task = self._refresh(due.account, due.package)
            if task.due_at != due.due_at or task.busy(now):
                return task.due_at == next_due_at
            task.read_at = read_at or task.read_at
            self._calendar.move(task, next_due_at)
            return True

    def take_shard(self, shard: int, *, owner: str, now: datetime, until: datetime) -> bool:
        with self._lock:
            holder, end = self._sweepers.get(shard, (owner, now))
            if holder != owner and end > now:
                return False
            self._sweepers[shard] = (owner, until)
            return True

    def leave_shard(self, shard: int, *, owner: str) -> None:
        with self._lock:
            if self._sweepers.get(shard, ("", None))[0] == owner:
                del self._sweepers[shard]

    # ------------------------------------------------------------------------------------------------- delivery

    def lease_delivery(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> DeliveryLease | None:
        with self._lock:
            record = self._records.get((account, package))
            task = record.delivery if record else None
            if task is None or not task.free_for(owner, now) or (task.not_before and task.not_before > now):
                return None
            self._take(task, owner, until)
            self._leave_line(task)
            task.not_before = None
            known, replays = task.wait or Wait(until), tuple(sorted(task.replays))
            return DeliveryLease(
                account,
                package,
                owner,
                task.cursor,
                known.attempts,
                until,
                rejections=known.rejections,
                failing_since=known.failing_since,
                replays=replays,
            )

    def events_after(
        self, account: AccountId, package: PackageId, sequence: int, *, limit: int = 100
    ) -> tuple[Event, ...]:
        with self._lock:
            record = self._records.get((account, package))
            waiting = (event for event in (record.events if record else ()) if event.sequence > sequence)
            return tuple(islice(waiting, limit))

    def advance_delivery(
        self,
        lease: DeliveryLease,
        *,
        sequence: int,
        letter: DeadLetter | None = None,
        failing_since: datetime | None = None,
    ) -> DeliveryLease:
        with self._lock:
            record = self._records[lease.account, lease.package]
            task = record.delivery
            if task is None or task.owner != lease.owner:
                raise StaleVersion("Another run delivers this package's notifications now.")
            if letter:
                record.letters[sequence] = letter
            elif sequence in lease.replays:
                record.letters.pop(sequence, None)
            task.cursor = lease.cursor if sequence in lease.replays else sequence
            task.wait = Wait(lease.until, failing_since=failing_since)
            task.replays.discard(sequence)
            rest = tuple(other for other in lease.replays if other != sequence)
            fresh = replace(lease, cursor=task.cursor, attempts=0, rejections=0, replays=rest)
            return replace(fresh, failing_since=failing_since)

    def settle_delivery(self, lease: DeliveryLease, *, wait: Wait | None = None) -> bool:
        with self._lock:
            task = self._records[lease.account, lease.package].delivery
            if task is None or task.owner != lease.owner:
                return True
            if wait is None and (task.last > lease.cursor or task.replays):
                self._give_back(task, task.last_at)
                return False
            task.wait = wait
            task.not_before = wait.until if wait and not wait.endpoint else None
            self._give_back(task, wait.until if wait else None)
            if wait and wait.endpoint:
                line = self._lines[lease.account, wait.endpoint]
                line[lease.package] = wait.failing_since or wait.until
            return True

    def replay_delivery(
        self, account: AccountId, package: PackageId, sequences: Sequence[int], *, now: datetime
    ) -> tuple[int, ...]:
        with self._lock:
            record = self._records.get((account, package))
            task = record.delivery if record else None
            passed = tuple(sequence for sequence in sequences if task and 0 < sequence <= task.cursor)
            if task and passed:
                task.replays.update(passed)
                task.not_before = None
                self._calendar.move(task, now)
            return passed

    def in_line(self, account: AccountId, endpoint: EndpointId, *, limit: int = 10) -> tuple[PackageId, ...]:
        with self._lock:
            line = self._lines[account, endpoint]
            return tuple(nsmallest(limit, line, key=lambda package: (line[package], package)))

    def dead_letters(
        self, account: AccountId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[DeadLetter, ...], str | None]:
        if cursor is not None and cursor.count("#") != 2:
            raise MalformedRequest("The cursor is none that we gave.")
        with self._lock:
            letters = sorted((_letter_place(letter), letter) for letter in self._letters(account))
        rest = [(place, letter) for place, letter in letters if cursor is None or place > cursor]
        page = tuple(letter for _, letter in rest[:limit])
        return page, rest[limit - 1][0] if len(rest) > limit else None

    def _letters(self, account: AccountId) -> Iterator[DeadLetter]:
        for identifier in self._by_account[account]:
            yield from self._records[account, identifier].letters.values()

    def _leave_line(self, task: _Task) -> None:
        if task.wait and task.wait.endpoint:
            self._lines[task.account, task.wait.endpoint].pop(task.package, None)

    # ------------------------------------------------------------------------------------------------ retention

    def schedule_retention(self, account: AccountId, package: PackageId, *, at: datetime | None) -> None:
        with self._lock:
            record = self._records[account, package]
            record.retention = record.retention or _Task(account, package, DueKind.RETENTION)
            self._calendar.move(record.retention, at)

    def told(self, account: AccountId, package: PackageId) -> Told:
        with self._lock:
            record = self._records.get((account, package))
            task = record.delivery if record else None
            if record is None or task is None:
                return Told()
            return Told(task.last > task.cursor or bool(task.replays), len(record.letters))

    def forget_reasons(self, account: AccountId, package: PackageId) -> None:
        with self._lock:
            record = self._records[account, package]
            record.events = [replace(event, reason=None) for event in record.events]

    def subjects(self, account: AccountId, subject: str) -> tuple[PackageId, ...]:
        with self._lock:
            packages = [self._records[account, identifier].package for identifier in self._by_account[account]]
        return tuple(sorted(package.id for package in packages if package and subject in subjects_of(package)))

    # -------------------------------------------------------------------------------------------- schedule, story

    def due(
        self, shard: int, *, before: datetime, limit: int = 100, cursor: str | None = None
    ) -> tuple[tuple[Due, ...], str | None]:
        with self._lock:
            page, more = self._calendar.page(shard, before=before, limit=limit, cursor=cursor)
        last = page[-1] if more else None
        return tuple(page), f"{last.due_at.isoformat()} {last.kind} {last.account} {last.package}" if last else None

    def defer(self, due: Due, *, to: datetime) -> bool:
        with self._lock:
            record = self._records[due.account, due.package]
            task = {
                DueKind.REFRESH: record.refresh,
                DueKind.DELIVERY: record.delivery,
                DueKind.RETENTION: record.retention,
            }[due.kind]
            if task is None or task.due_at not in {due.due_at, to}:
                return False
            self._calendar.move(task, to)
            return True

    def append_timeline(self, account: AccountId, package: PackageId, entries: Sequence[TimelineEntry]) -> None:
        with self._lock:
            self._records[account, package].story |= {entry.id: entry for entry in entries}

    def timeline(
        self, account: AccountId, package: PackageId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[TimelineEntry, ...], str | None]:
        with self._lock:
            record = self._records.get((account, package))
            story = sorted(record.story.items()) if record else []
        rest = [entry for identifier, entry in story if cursor is None or identifier > cursor]
        return tuple(rest[:limit]), rest[limit - 1].id if len(rest) > limit else None

    def listing(self, account: AccountId, query: Listing) -> tuple[tuple[PackageHead, ...], str | None]:
        with self._lock:
            ids = self._by_account[account]
            if query.external_id is not None:
                pointer = self._pointers.get((account, query.external_id))
                ids = pointer.packages if pointer else []
            packages = [self._records[account, identifier].package for identifier in ids]
        heads = sorted((_place(p), p) for p in packages if p and _matches(p, query))[::-1]
        before = _cursor(query.cursor) if query.cursor else None
        rest = [package for place, package in heads if before is None or place < before]
        page = tuple(_head(package) for package in rest[: query.limit])
        return page, "|".join(_place(page[-1])) if len(rest) > query.limit else None

    # --------------------------------------------------------------------------------------------------- inside

    def _known(self, account: AccountId, package: PackageId) -> bool:
        return self.get(account, package) is not None

    def _refresh(self, account: AccountId, package: PackageId) -> _Task:
        record = self._records[account, package]
        record.refresh = record.refresh or _Task(account, package, DueKind.REFRESH)
        return record.refresh

    def _take(self, task: _Task, owner: str, until: datetime) -> None:
        task.owner, task.until = owner, until
        self._calendar.move(task, until)

    def _give_back(self, task: _Task, due_at: datetime | None) -> None:
        task.owner, task.until = None, None
        self._calendar.move(task, due_at)

    def _claim(self, package: Package, external_id: str) -> AlreadyOpen | int:
        """The revision that the package gets."""
        pointer = self._pointers.get((package.account, external_id))
        if pointer is None:
            self._pointers[package.account, external_id] = _Pointer([package.id], package.revision, {package.id})
            return package.revision
        if pointer.open:
            newest = pointer.packages[-1]
            return AlreadyOpen(newest if newest in pointer.open else min(pointer.open))
        pointer.packages.append(package.id)
        pointer.open.add(package.id)
        pointer.revision += 1
        return pointer.revision

    def _open_or_close(self, before: Package, after: Package) -> None:
        closed = after.status in CLOSED
        if after.external_id is None or closed == (before.status in CLOSED):
            return
        held = self._pointers[after.account, after.external_id].open
        held.discard(after.id) if closed else held.add(after.id)

    def _refer(self, before: Package | None, after: Package) -> None:
        if before and before.provider.reference and before.provider.reference != after.provider.reference:
            self._references.pop((before.account, before.provider.name, before.provider.reference[0]), None)
        if after.provider.reference:
            self._references[after.account, after.provider.name, after.provider.reference[0]] = after.id

    def _post(self, record: _Record, after: Package, events: Sequence[Event]) -> None:
        record.events += events
        task = record.delivery = record.delivery or _Task(after.account, after.id, DueKind.DELIVERY)
        task.last, task.last_at = events[-1].sequence, after.updated_at
        self._calendar.move(task, task.not_before or after.updated_at + seconds(self._timing.bell_delay))


def _stamped(before: Package | None, after: Package) -> Package:
    same = before is not None and before.recipients == after.recipients
    return replace(
        after,
        version=(before or after).version + 1,
        counts=after.counts if same else count(after.recipients),
        documents=tuple(sorted(after.documents, key=lambda document: number_of(document.id))),
        recipients=tuple(sorted(after.recipients, key=lambda recipient: number_of(recipient.id))),
        files=tuple(sorted(after.files, key=lambda file: file.number)),
    )


def _head(package: PackageHead) -> PackageHead:
    return PackageHead(**{name: getattr(package, name) for name in _HEAD_FIELDS})


def _letter_place(letter: DeadLetter) -> str:
    return f"{letter.given_up_at.isoformat(timespec='microseconds')}#{letter.package}#{letter.sequence:08d}"


def _place(package: PackageHead) -> tuple[str, str]:
    return package.created_at.isoformat(timespec="microseconds"), package.id


def _cursor(text: str) -> tuple[str, str]:
    created_at, bar, package = text.partition("|")
    if not bar:
        raise MalformedRequest("The cursor is none that we gave.")
    return created_at, package


def _matches(package: PackageHead, query: Listing) -> bool:
    return (
        (query.status is None or package.status is query.status)
        and (query.created_after is None or package.created_at > query.created_after)
        and (not query.attention or package.attention is not None)
    )
