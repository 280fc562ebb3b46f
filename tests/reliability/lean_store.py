"""The refresh side of the package store for very many packages: a few plain values for each, and a calendar by minutes.

Everything that a sweep and a refresh ask of the store, with the same conditions as the real one, and nothing else. Each
sweeper of a minute sees the calendar as it was when the minute began: an index that follows the table by moments, at its
worst.
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from esign.domain.errors import StaleVersion
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.ports import SHARDS, Due, DueKind, RefreshState

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Row:
    account: AccountId
    sent_at: datetime
    updated_at: datetime
    status: PackageStatus = PackageStatus.IN_PROCESS
    version: int = 1
    due_at: datetime | None = None
    read_at: datetime | None = None


def name_of(number: int) -> PackageId:
    return PackageId(f"pkg_{number:026d}")


def number_of(package: PackageId) -> int:
    return int(package[4:])


class LeanPackages:
    """What `esign.operations.find_due` and `poll` use of port `PackageStore`. `polls` counts the lines that were settled."""

    def __init__(self, template: Package) -> None:
        self._template = template
        self.rows: list[Row] = []
        self._minutes: dict[datetime, set[int]] = {}
        self._order: list[datetime] = []  # a heap of the minutes, those gone empty included
        self._seen: list[list[Due]] = [[] for _ in range(SHARDS)]
        self.polls = 0

    def add(self, account: AccountId, sent_at: datetime, due_at: datetime) -> int:
        self.rows.append(Row(account, sent_at, sent_at))
        self._move(len(self.rows) - 1, due_at)
        return len(self.rows) - 1

    def look(self, now: datetime) -> int:
        """What every sweeper of this minute will see; how many lines that are."""
        self._seen = [[] for _ in range(SHARDS)]
        minutes = []
        while (first := self.first_minute()) is not None and first <= now:
            minutes.append(heapq.heappop(self._order))
        lines = sorted((self.rows[n].due_at, n) for minute in minutes for n in self._minutes[minute])
        for minute in minutes:
            heapq.heappush(self._order, minute)
        for due_at, number in lines:
            if due_at is not None and due_at <= now:
                package = name_of(number)
                line = Due(self.rows[number].account, package, DueKind.REFRESH, due_at)
                self._seen[zlib.crc32(package.encode()) % SHARDS].append(line)
        return sum(map(len, self._seen))

    # The port

    def due(
        self, shard: int, *, before: datetime, limit: int = 100, cursor: str | None = None
    ) -> tuple[tuple[Due, ...], str | None]:
        lines, start = self._seen[shard], int(cursor or 0)
        return tuple(lines[start : start + limit]), str(start + limit) if len(lines) > start + limit else None

    def defer(self, due: Due, *, to: datetime) -> bool:
        number = number_of(due.package)
        if self.rows[number].due_at not in {due.due_at, to}:
            return False
        self._move(number, to)
        return True

    def get(self, account: AccountId, package: PackageId) -> Package:
        row = self.rows[number_of(package)]
        assert row.account == account
        return replace(
            self._template,
            id=package,
            account=account,
            status=row.status,
            sent_at=row.sent_at,
            updated_at=row.updated_at,
            version=row.version,
        )

    def commit(
        self,
        before: Package,
        after: Package,
        *,
        refresh_at: datetime | None = None,
        forget_refresh: bool = False,
        **_effects: Any,
    ) -> Package:
        number = number_of(before.id)
        row = self.rows[number]
        if row.version != before.version:
            raise StaleVersion("The package was changed meanwhile.")
        row.version, row.status, row.updated_at = row.version + 1, after.status, after.updated_at
        if forget_refresh or refresh_at:
            self._move(number, None if forget_refresh else refresh_at)
        return after

    def take_shard(self, shard: int, *, owner: str, now: datetime, until: datetime) -> bool:
        """The sweepers of a minute come one after the other here."""
        return True

    def leave_shard(self, shard: int, *, owner: str) -> None: ...

    def refresh_state(self, account: AccountId, package: PackageId, *, now: datetime) -> RefreshState:
        row = self.rows[number_of(package)]
        return RefreshState(row.due_at, row.read_at, busy=False)

    def settle_poll(self, due: Due, *, now: datetime, read_at: datetime | None, next_due_at: datetime | None) -> bool:
        number = number_of(due.package)
        row = self.rows[number]
        if row.due_at != due.due_at:
            return False
        self.polls += 1
        row.read_at = read_at or row.read_at
        self._move(number, next_due_at)
        return True

    def append_timeline(self, account: AccountId, package: PackageId, entries: Sequence[Any]) -> None:
        """Nothing is told of a simulation."""

    def _move(self, number: int, to: datetime | None) -> None:
        row = self.rows[number]
        if row.due_at is not None:
            minute = _minute(row.due_at)
            self._minutes[minute].discard(number)
        row.due_at = to
        if to is not None:
            minute = _minute(to)
            if minute not in self._minutes:
                self._minutes[minute] = set()
                heapq.heappush(self._order, minute)
            self._minutes[minute].add(number)

    def first_minute(self) -> datetime | None:
        """The earliest with a line in it."""
        while self._order and not self._minutes[self._order[0]]:
            del self._minutes[heapq.heappop(self._order)]
        return self._order[0] if self._order else None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
