"""The sweep by itself, with every callback lost: many packages, eight sweepers a minute, days of virtual time.

The real sweep, refresh, poll plan, budget and life cycle over a lean store; a provider that only says whether it is over.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from esign.domain.ids import AccountId
from esign.domain.package import Package, ProviderState
from esign.domain.poll_plan import next_poll
from esign.domain.status import FINAL, PackageStatus
from esign.domain.timing import Timing
from esign.operations.find_due import Sweep
from esign.operations.provider_access import CALLS_PER_MINUTE, ProviderAccess
from esign.operations.refresh import Refresh
from esign.ports import Snapshot
from tests.fakes.accounts import MemoryAccounts, MemoryBudget
from tests.fakes.clock import START, FixedClock
from tests.fakes.effects import RecordingBell
from tests.fakes.factories import a_package, an_account
from tests.fakes.provider import FakeProvider, FakeProviders
from tests.reliability.lean_store import MINUTE, LeanPackages, number_of
from tests.reliability.world import QueuedWorkflows

SWEEPERS = 8
FAST = AccountId("fast")  # an account whose provider calls nobody back
BURST = AccountId("burst")  # an account that sends more at once than its budget can read


@dataclass
class Oracle(FakeProvider):
    """The provider: over or not, at a date known before. It notes who reads what, and when."""

    clock: FixedClock
    ends: list[datetime]
    reads: Counter[tuple[AccountId, datetime]] = field(default_factory=Counter)
    total: int = 0
    after_the_end: int = 0
    latest: dict[AccountId, timedelta] = field(default_factory=dict)
    ended: Callable[[int], bool] = lambda _: False
    promised: dict[int, datetime] = field(default_factory=dict)
    of_the_burst: list[datetime] = field(default_factory=list)  # when its reads were due

    def __post_init__(self) -> None:
        super().__init__()

    def read(self, package: Package) -> Snapshot:
        now, number = self.clock.now(), number_of(package.id)
        self.total += 1
        self.after_the_end += self.ended(number)
        self.reads[package.account, now] += 1
        late = now - self.promised[number]
        if package.account == BURST:
            self.of_the_burst.append(self.promised[number])
        self.latest[package.account] = max(late, self.latest.get(package.account, late))
        if self.ends[number] <= now:
            return Snapshot(PackageStatus.DECLINED, "Rejected")
        fast = package.account == FAST
        due = next_poll(package, now=now, timing=Timing(), fast=fast)
        assert due is not None
        longest = timedelta(hours=6 if fast else 24)
        assert due - now <= longest, "staler than any plan"
        self.promised[number] = due
        return Snapshot(PackageStatus.IN_PROCESS, "Pending")


@dataclass
class Simulation:
    """`accounts` share `packages` that are sent evenly over `days`, but for a tenth, which one account sends at once; each
    ends by itself."""

    packages: int
    accounts: int
    days: float
    ends_after: float = 2.0  # days, on average
    seed: int = 11

    def __post_init__(self) -> None:
        self.clock, self.jobs = FixedClock(), QueuedWorkflows()
        self.oracle = Oracle(self.clock, [])
        self.ids = [FAST, *(AccountId(f"a{n}") for n in range(self.accounts))]
        self.burst = self.packages // 10
        every = (an_account(id=a, provider="fake", fast_poll=a == FAST) for a in (BURST, *self.ids))
        known = MemoryAccounts(*every)
        draft = a_package(
            status=PackageStatus.IN_PROCESS, provider=ProviderState("fake", reference=("e",), status="Pending")
        )
        self.store = LeanPackages(draft)
        self.oracle.ended = lambda number: self.store.rows[number].status in FINAL
        access = ProviderAccess(known, FakeProviders(self.oracle), MemoryBudget(), self.clock)
        self.bell, self.timing = RecordingBell(), Timing()
        store: Any = self.store
        self.refresh = Refresh(store, access, self.bell, self.clock, self.timing)
        self.started = 0

    def run(self) -> None:
        sends, now = self._sends(), START
        upcoming = next(sends, None)
        last = START + timedelta(days=self.days)
        while now <= last or self.store.first_minute() is not None:
            while upcoming is not None and upcoming[0] <= now:
                self._send(*upcoming)
                upcoming = next(sends, None)
            self.clock.set(now)
            if self.store.look(now):
                self._minute()
            now += MINUTE
            first = self.store.first_minute()
            if upcoming is None and first is not None:
                now = max(now, first)

    def _sends(self) -> Iterator[tuple[datetime, AccountId, datetime]]:
        """By time: the burst first."""
        chance = random.Random(self.seed)  # noqa: S311
        for number in range(self.packages):
            account = BURST if number < self.burst else self.ids[number % len(self.ids)]
            at = START + (
                timedelta(seconds=-1) if account == BURST else timedelta(days=self.days * number / self.packages)
            )
            yield at, account, at + timedelta(days=chance.expovariate(1 / self.ends_after))

    def _send(self, at: datetime, account: AccountId, ends: datetime) -> None:
        due = at + timedelta(seconds=self.timing.poll_plan[0])
        number = self.store.add(account, at, due)
        self.oracle.ends.append(ends)
        self.oracle.promised[number] = due

    def _minute(self) -> None:
        """Eight sweepers over the same lines, some at the same moment and some a little later; then what they started."""
        for sweeper in range(SWEEPERS):
            self.clock.advance(0.001 * (sweeper % 2))
            store: Any = self.store
            sweep = Sweep(store, self.jobs, self.bell, self.clock, self.timing, self.refresh)  # type: ignore[arg-type]
            self.started += sweep.run().started


def least_wait(dues: list[datetime]) -> timedelta:
    """How late the latest read must be, whoever reads, where one account wants these: the budget, in order, unused never."""
    free_at, latest = [START] * CALLS_PER_MINUTE, timedelta(0)
    for number, due in enumerate(sorted(dues)):
        place = number % CALLS_PER_MINUTE
        free_at[place] = max(due, free_at[place] + MINUTE)
        latest = max(latest, free_at[place] - due)
    return latest


def simulated(simulation: Simulation) -> str:
    """Run it, judge it, and say what it was."""
    simulation.run()
    oracle = simulation.oracle
    assert len(simulation.store.rows) == simulation.packages
    assert all(row.status in FINAL for row in simulation.store.rows)
    assert oracle.after_the_end == 0
    per_minute = Counter[tuple[AccountId, datetime]]()
    for (account, at), number in oracle.reads.items():
        per_minute[account, at.replace(second=0, microsecond=0)] += number
    assert max(per_minute.values()) <= CALLS_PER_MINUTE
    slack = timedelta(minutes=2)
    for account, late in oracle.latest.items():
        # What the budget leaves over is put off and comes back out of order: 1.4 times the least wait were seen.
        turn = 1.5 * least_wait(oracle.of_the_burst) if account == BURST else timedelta(0)
        assert late <= slack + turn, (account, late)
    assert simulation.store.polls == oracle.total, "two sweepers read one line"
    assert not simulation.jobs.queue, "a mere look was an execution"
    return (
        f"{simulation.packages} packages, {oracle.total} polls ({oracle.total / simulation.packages:.1f} each), "
        f"latest {max(oracle.latest.values()).total_seconds():.0f} s after its plan (a burst of {simulation.burst} in "
        f"one account's budget; all others {max(v for a, v in oracle.latest.items() if a != BURST).total_seconds():.0f} s), "
        f"at most {max(per_minute.values())} of an account in a minute"
    )


@pytest.mark.slow
def test_ten_thousand_packages_are_read_by_plan_within_budget_and_never_after_their_end(record_property: Any) -> None:
    record_property("sweep", simulated(Simulation(packages=10_000, accounts=10, days=3, ends_after=0.5)))


@pytest.mark.reliability
def test_a_million_packages_over_thirty_days(record_property: Any) -> None:
    packages = int(os.environ.get("ESIGN_SIMULATED", "1000000"))
    record_property("sweep", simulated(Simulation(packages=packages, accounts=100, days=30)))
