"""Polling by the sweep: read the provider, and take over what is new; only the end of the signing needs an execution.

A poll that finds nothing new costs one small write, the next date. Until then the line stays due, so a crash is found by
the next sweep. Rules: one provider read per package in `refresh_gap`; the account's budget is taken
beforehand, for all its lines of a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from esign.domain.account import Account
from esign.domain.errors import CredentialsRefused, ProviderError, ProviderUnavailable
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.poll_plan import next_poll
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds
from esign.domain.transitions import advance
from esign.operations.refresh import Refresh
from esign.operations.seen import seen
from esign.ports import Clock, Due, PackageStore, Snapshot, Workflows

POLLED = frozenset({PackageStatus.IN_PROCESS, PackageStatus.EXPIRED})


@dataclass(frozen=True, slots=True)
class Line:
    """A due package that only has to be looked at."""

    due: Due
    package: Package


class Needs(Enum):
    """What a due package needs that is no mere look."""

    WORKFLOW = "workflow"


@dataclass(slots=True)
class Poll:
    """Over one round of the sweep, until `stop` (UTC), from several threads.

    A provider that fails is left alone for the rest of the round.
    """

    packages: PackageStore
    refresh: Refresh
    workflows: Workflows
    clock: Clock
    timing: Timing
    stop: datetime
    _down: set[AccountId] = field(default_factory=set)

    def line(self, due: Due) -> Line | Needs | None:
        """What the line asks for; None: nothing, the index follows the table by moments."""
        now = self.clock.now()
        state = self.packages.refresh_state(due.account, due.package, now=now)
        if state is None or state.due_at != due.due_at:
            return None
        if state.busy or (state.read_at and now < state.read_at + seconds(self.timing.refresh_gap)):
            return Needs.WORKFLOW
        package = self.packages.get(due.account, due.package)
        if package is None or package.status not in POLLED or package.withdrawing:
            return Needs.WORKFLOW
        return Line(due, package)

    def look(self, line: Line, account: Account) -> bool:
        """Read the provider once and settle the line. True: its signed files are being collected."""
        due, package, now = line.due, line.package, self.clock.now()
        if now >= self.stop:
            return False  # still due: the next round's
        if account.id in self._down:
            return self._settle(due, now, now + seconds(self.timing.poll_plan[0]))
        try:
            snapshot = self._read(package, account)
        except ProviderError as failure:
            if isinstance(failure, ProviderUnavailable | CredentialsRefused):
                self._down.add(account.id)
            return self._settle(due, now, self.refresh.failed(package, failure))
        planned = next_poll(package, now=now, timing=self.timing, fast=account.fast_poll)
        if planned is not None and not advance(package, seen(package, snapshot), now).changed:
            return self._settle(due, now, planned, read_at=now)
        return self._take_over(line, account, snapshot, now)

    def _take_over(self, line: Line, account: Account, snapshot: Snapshot, now: datetime) -> bool:
        """Something is new. The line stays due until it is written: a crash here is found by the next sweep."""
        if not self.packages.settle_poll(line.due, now=now, read_at=now, next_due_at=now):
            return False
        after = self.refresh.take_over(line.package, snapshot, fast=account.fast_poll)
        if after.status is not PackageStatus.SIGNED or after.awaits_a_person:
            return False
        self.workflows.refresh(after.account, after.id, wanted=int(now.timestamp() * 1000))
        return True

    def _read(self, package: Package, account: Account) -> Snapshot:
        with self.refresh.access.open(account, calls=0) as provider:
            return self.refresh.snapshot(provider, package)

    def _settle(self, due: Due, now: datetime, to: datetime | None, *, read_at: datetime | None = None) -> bool:
        self.packages.settle_poll(due, now=now, read_at=read_at, next_due_at=to)
        return False
