"""find_due: the sweep. What callbacks, crashes and outages left behind is found by its date and set going again.

Design: state-and-delivery, Refresh. A line is taken by moving its date on condition that nobody moved it, so two sweepers
never start the same run; what exceeds an account's budget of provider calls moves to its slot, so that one account with
many overdue packages hides nobody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.account import Account
from esign.domain.ids import AccountId
from esign.domain.retention import next_date
from esign.domain.timing import Timing, seconds
from esign.operations.provider_access import CALLS_PER_MINUTE
from esign.ports import SHARDS, AccountStore, Bell, Clock, Due, DueKind, PackageStore, Workflows

PAGE = 100


@dataclass(frozen=True, slots=True)
class Swept:
    """`more`: the time for this round is over, not the work."""

    started: int
    more: bool


@dataclass(slots=True)
class Sweep:
    packages: PackageStore
    accounts: AccountStore
    workflows: Workflows
    bell: Bell
    clock: Clock
    timing: Timing
    _taken: Counter[AccountId] = field(default_factory=Counter)
    _records: dict[AccountId, Account | None] = field(default_factory=dict)

    def run(self) -> Swept:
        """Everything that is due now, over all shards, as long as this round's time lasts."""
        begun = self.clock.now()
        stop = begun + seconds(self.timing.sweep_batch_budget)
        started = 0
        for shard in range(SHARDS):
            cursor: str | None = None
            while True:
                page, cursor = self.packages.due(shard, before=begun, limit=PAGE, cursor=cursor)
                started += sum(self._start(line) for line in page)
                if self.clock.now() >= stop:
                    return Swept(started, more=True)
                if cursor is None:
                    break
        return Swept(started, more=False)

    def _start(self, due: Due) -> bool:
        now = self.clock.now()
        if due.kind is DueKind.DELIVERY:
            if not self.packages.defer(due, to=now + seconds(self.timing.delivery_lease)):
                return False
            self.bell.ring(due.account, due.package)
            return True
        if due.kind is DueKind.RETENTION:
            return self._retain(due, now)
        slot = self._slot(due.account, now)
        if slot > now:
            self.packages.defer(due, to=slot)
            return False
        if not self.packages.defer(due, to=now + seconds(self.timing.refresh_lease)):
            return False
        # The date makes the execution's name: starting the same line twice is one execution.
        self.workflows.refresh(due.account, due.package, wanted=int(due.due_at.timestamp() * 1000))
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
            self._records[account] = self.accounts.get(account)
        return self._records[account]
