"""find_due: the sweep. What callbacks, crashes and outages left behind is found by its date and set going again.

Design: state-and-delivery, Refresh. One sweeper at a time has a shard, by a lease; a line moves on condition that nobody
moved it. What only has to be looked at is polled here (see `poll`), everything else is started. What exceeds an account's
budget of provider calls moves to its slot, so that one account with many overdue packages hides nobody.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from esign.domain.account import Account
from esign.domain.ids import AccountId
from esign.domain.retention import next_date
from esign.domain.timing import Timing, seconds
from esign.operations.poll import Line, Needs, Poll
from esign.operations.provider_access import CALLS_PER_MINUTE
from esign.operations.refresh import Refresh
from esign.ports import SHARDS, Bell, Clock, Due, DueKind, PackageStore, Workflows

PAGE = 100
_A_LAST_READ = seconds(10)  # that began before the round's time was over (runtime: the deadline of one poll)
Mapped = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]  # like `map`


@dataclass(frozen=True, slots=True)
class Swept:
    """`more`: the time for this round is over, not the work. `lag`: seconds for which the oldest line had been due."""

    started: int
    more: bool
    lag: float = 0.0


@dataclass(slots=True)
class Sweep:
    """`mapped` runs a function over lines, in as many threads as it likes; by itself one after the other."""

    packages: PackageStore
    workflows: Workflows
    bell: Bell
    clock: Clock
    timing: Timing
    refresh: Refresh
    mapped: Mapped = map
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    _taken: Counter[AccountId] = field(default_factory=Counter)
    _records: dict[AccountId, Account | None] = field(default_factory=dict)
    _met: set[Due] = field(default_factory=set)
    _lag: float = 0.0

    def run(self) -> Swept:
        """Everything that is due now, over all shards, as long as this round's time lasts."""
        begun = self.clock.now()
        stop = begun + seconds(self.timing.sweep_batch_budget)
        poll = Poll(self.packages, self.refresh, self.workflows, self.clock, self.timing, stop)
        started = 0
        for shard in _in_turn(begun):
            started += self._shard(shard, poll, begun)
            if self.clock.now() >= stop:
                return Swept(started, more=True, lag=self._lag)
        return Swept(started, more=False, lag=self._lag)

    def _shard(self, shard: int, poll: Poll, begun: datetime) -> int:
        """A shard in which nothing has to be read is held by nobody: most are, most of the time."""
        started, cursor, held = 0, None, False
        try:
            while True:
                page, cursor = self.packages.due(shard, before=begun, limit=PAGE, cursor=cursor)
                page = tuple(line for line in page if line not in self._met)
                self._lag = max([self._lag, *((begun - line.due_at).total_seconds() for line in page)])
                held = held or (any(map(_is_read, page)) and self._take(shard, poll.stop))
                started += self._page([line for line in page if held or not _is_read(line)], poll)
                if cursor is None or self.clock.now() >= poll.stop:
                    return started
                self._met.update(page)
        finally:
            if held:
                self.packages.leave_shard(shard, owner=self.owner)

    def _take(self, shard: int, stop: datetime) -> bool:
        return self.packages.take_shard(shard, owner=self.owner, now=self.clock.now(), until=stop + _A_LAST_READ)

    def _page(self, page: Sequence[Due], poll: Poll) -> int:
        now = self.clock.now()
        reads = [due for due in page if _is_read(due) and self._has_room(due, now)]
        started = sum(self._start(due, now) for due in page if not _is_read(due))
        lines: defaultdict[AccountId, list[Line]] = defaultdict(list)
        for due, known in zip(reads, self.mapped(poll.line, reads), strict=True):
            if isinstance(known, Line):
                lines[due.account].append(known)
            elif known is Needs.WORKFLOW:
                started += self._refresh(due, now)
        looks = [look for account, theirs in lines.items() for look in self._granted(account, theirs, now)]
        return started + sum(self.mapped(partial(self._look, poll), looks))

    def _granted(self, account: AccountId, lines: list[Line], now: datetime) -> Iterator[tuple[Line, Account]]:
        """Those lines, if the account's budget has room for them; else they wait until it has."""
        record = self._account(account)
        if record is None:
            return
        wait = self.refresh.access.take(record, len(lines))
        for line in lines:
            if wait:
                self.packages.defer(line.due, to=now + seconds(wait))
            else:
                yield line, record

    def _look(self, poll: Poll, look: tuple[Line, Account]) -> bool:
        line, account = look
        try:
            return poll.look(line, account)
        except Exception:  # noqa: BLE001 - the others are read all the same; this one's own run shows what it is
            return self._refresh(line.due, self.clock.now())

    def _has_room(self, due: Due, now: datetime) -> bool:
        slot = self._slot(due.account, now)
        if slot > now:
            self.packages.defer(due, to=slot)
        return slot <= now

    def _refresh(self, due: Due, now: datetime) -> bool:
        if not self.packages.defer(due, to=now + seconds(self.timing.refresh_lease)):
            return False
        # The date makes the execution's name: starting the same line twice is one execution.
        self.workflows.refresh(due.account, due.package, wanted=int(due.due_at.timestamp() * 1000))
        return True

    def _start(self, due: Due, now: datetime) -> bool:
        if due.kind is DueKind.RETENTION:
            return self._retain(due, now)
        if not self.packages.defer(due, to=now + seconds(self.timing.delivery_lease)):
            return False
        self.bell.ring(due.account, due.package)
        return True

    def _retain(self, due: Due, now: datetime) -> bool:
        """Most packages have nothing to remove yet, or ever: that is decided here, where it costs two requests."""
        package, record = self.packages.get(due.account, due.package), self._account(due.account)
        date = next_date(package, record, timing=self.timing) if package and record else None
        if date is None or date > now:
            self.packages.schedule_retention(due.account, due.package, at=date)
            return False
        if not self.packages.defer(due, to=now + seconds(self.timing.retention_look)):
            return False
        self.workflows.retain(due.account, due.package, due=int(due.due_at.timestamp() * 1000))
        return True

    def _slot(self, account: AccountId, now: datetime) -> datetime:
        """Now, or the minute in which the account's budget has room for one more read."""
        self._taken[account] += 1
        position = self._taken[account] - 1
        return now + seconds(60 * (position // self._budget(account)))

    def _budget(self, account: AccountId) -> int:
        record = self._account(account)
        return (record.calls_per_minute if record else None) or CALLS_PER_MINUTE

    def _account(self, account: AccountId) -> Account | None:
        if account not in self._records:
            self._records[account] = self.refresh.access.accounts.get(account)
        return self._records[account]


def _is_read(due: Due) -> bool:
    return due.kind is DueKind.REFRESH


def _in_turn(now: datetime) -> Iterator[int]:
    """Every shard, each minute beginning with another one: none is always last."""
    return ((now.minute + place) % SHARDS for place in range(SHARDS))
