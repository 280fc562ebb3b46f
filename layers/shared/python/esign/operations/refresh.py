"""sync_package: read the provider and move our state forwards. The one place where a provider's word becomes ours.

Design: state-and-delivery, Refresh. A run takes the package's lease, waits until the last read is long enough ago, reads,
writes, and gives the lease back on condition that no wake-up came meanwhile; else it goes round again, three times at
most, and leaves the rest due. Nothing waits here: the answer says what the workflow does next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from esign.domain.errors import (
    ConnectorError,
    CredentialsRefused,
    ProviderError,
    ProviderNotFound,
    RateLimited,
)
from esign.domain.events import EntryKind, TimelineEntry, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import AttentionNote, Collecting, Package, ProviderState
from esign.domain.poll_plan import given_up, next_poll, untouched_until
from esign.domain.status import Attention, PackageStatus
from esign.domain.timing import Timing, seconds
from esign.domain.transitions import advance
from esign.operations.packages import Change, change
from esign.operations.provider_access import ProviderAccess
from esign.operations.seen import seen, sentence
from esign.operations.story import Story
from esign.ports import Bell, Clock, PackageStore, RefreshLease, SignatureProvider, Snapshot

ROUNDS = 6  # of one execution: a wait and a read each, three times
GONE = "gone"  # in place of a vendor's status: what was there is not found
LONGEST_WAIT = 60.0  # seconds inside an execution; longer ones are left to the sweep


class Next(StrEnum):
    """What the workflow does after a sync."""

    AGAIN = "again"  # wait `seconds`, then sync once more
    SUBMIT = "submit"  # a submission was left in the middle
    COLLECT = "collect"  # everybody signed: fetch the files
    COMPLETE = "complete"  # files are there: look at their signatures, then at the whole
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """`until` (UTC, at most a minute ahead): when to go on, where `next` is AGAIN. `alarm`: the stable code of what a
    person should look at."""

    next: Next
    until: datetime | None = None
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Refresh:
    """One run of the refresh, for one package."""

    packages: PackageStore
    access: ProviderAccess
    bell: Bell
    clock: Clock
    timing: Timing

    def sync(self, account: AccountId, package_id: PackageId, *, owner: str, round_: int = 0) -> Step:
        """`owner` names the execution: it may take its own lease again. `round_` counts the rounds of this execution."""
        now = self.clock.now()
        until = now + seconds(self.timing.refresh_lease)
        lease = self.packages.lease_refresh(account, package_id, owner=owner, now=now, until=until)
        if lease is None:
            return Step(Next.DONE)  # whoever has it sees this wake-up too
        free_at = lease.last_read_at + seconds(self.timing.refresh_gap) if lease.last_read_at else now
        if free_at > now:  # one read of a package in each gap
            return self._wait(lease, free_at, round_)
        package = self.packages.get(account, package_id)
        if package is None:
            return self._release(lease, None)
        return self._by_status(package, lease, round_)

    def read_now(self, package: Package) -> Package:
        """For `?refresh=true`: read at once, within the budget, without a lease. Raises ProviderError, RateLimited."""
        if package.status not in {PackageStatus.IN_PROCESS, PackageStatus.EXPIRED}:
            return package
        record = self.access.account(package.account)
        with self.access.open(record, calls=1) as provider:
            return self.take_over(package, self.snapshot(provider, package), fast=record.fast_poll)

    def take_over(
        self, package: Package, snapshot: Snapshot, *, fast: bool, story: Story | None = None, run: str | None = None
    ) -> Package:
        """Our state after a read: recipients, package, events, in one transaction; the bell rings for the events.

        `fast`: the account's poll plan. `story`: of what was done at the provider before; a read alone is not told.
        `run`: who goes on to collect the files, once everybody signed.
        """
        now = self.clock.now()
        told = 0

        def decide(current: Package) -> Change | None:
            nonlocal told
            step = advance(current, found := seen(current, snapshot), now)
            told = len(step.events)
            told_line = entry(now, EntryKind.DECISION, sentence(current, step.package, left_out=found.left_out))
            timeline = (told_line,) if step.changed else ()
            due = next_poll(step.package, now=now, timing=self.timing, fast=fast)
            after = replace(step.package, attention=self._attention(step.package, now))
            after = replace(after, collecting=self._collecting(after, run))
            return Change(after, events=step.events, timeline=timeline, refresh_at=due, forget_refresh=due is None)

        after = change(self.packages, package, decide, story=story)
        if told:
            self.bell.ring(package.account, package.id)
        return after

    def _attention(self, package: Package, now: datetime) -> AttentionNote | None:
        if package.awaits_a_person:
            return package.attention
        return given_up(package, now=now, timing=self.timing) or package.attention

    def _wait(self, lease: RefreshLease, until: datetime, round_: int) -> Step:
        """Go on at `until` in this execution, which keeps its lease, or leave the rest due."""
        if round_ >= ROUNDS:
            return self._release(lease, until)
        return Step(Next.AGAIN, min(until, self.clock.now() + seconds(LONGEST_WAIT)))

    def _by_status(self, package: Package, lease: RefreshLease, round_: int) -> Step:
        match package.status:
            case PackageStatus.SENDING:
                return self._sending(package, lease)
            case PackageStatus.SIGNED:
                return self._signed(package, lease)
            case PackageStatus.IN_PROCESS | PackageStatus.EXPIRED:
                return self._read(package, lease, round_)
            case _:
                return self._release(lease, None)

    def _signed(self, package: Package, lease: RefreshLease) -> Step:
        due = self._or_attention(package)
        if package.awaits_a_person or due is None:
            return self._release(lease, None)  # a person decides
        running = package.collecting
        if running and running.run != lease.owner and running.until > self.clock.now():
            return self._release(lease, running.until)  # it sees what this one was woken for
        self._note(package, lambda current: current.attention, run=lease.owner)
        self.packages.settle_refresh(lease, read_at=None, next_due_at=self._collected_by(), force=True)
        return Step(Next.COLLECT)

    def _collecting(self, package: Package, run: str | None) -> Collecting | None:
        signed = package.status is PackageStatus.SIGNED and not package.awaits_a_person
        return Collecting(run, self._collected_by()) if signed and run else package.collecting

    def _collected_by(self) -> datetime:
        """No sweep starts a second run beside one that collects; where the files are not there yet, that one says so."""
        return self.clock.now() + seconds(self.timing.collecting)

    def _or_attention(self, package: Package) -> datetime | None:
        """When to look again; None: it is a person's turn, and noted."""
        now = self.clock.now()
        due = next_poll(package, now=now, timing=self.timing)
        if due is None and not package.awaits_a_person:
            self._note(package, lambda current: self._attention(current, now))
        return due

    def _sending(self, package: Package, lease: RefreshLease) -> Step:
        """Nobody touches a submission before its deadline and the grace: the provider may commit after our time-out.

        One that the provider took in charge waits for its verdict; one that needs a look is looked at now.
        """
        if package.charge and not package.verdicts:
            return self._release(lease, self._or_attention(package))
        free_at, now = untouched_until(package, timing=self.timing), self.clock.now()
        if now < free_at and not package.charge:
            return self._release(lease, free_at)
        resumed_until = now + seconds(self.timing.submit_budget + self.timing.send_grace)
        self.packages.settle_refresh(lease, read_at=None, next_due_at=resumed_until, force=True)
        return Step(Next.SUBMIT)

    def _read(self, package: Package, lease: RefreshLease, round_: int) -> Step:
        story = Story(self.packages, package.account, package.id, self.clock) if package.withdrawing else None
        record = self.access.account(package.account)
        try:
            with self.access.open(record, calls=2 if package.withdrawing else 1, story=story) as provider:
                snapshot = self.snapshot(provider, package, withdrawn=_withdrawn(provider, package))
                after = self.take_over(package, snapshot, fast=record.fast_poll, story=story, run=lease.owner)
        except RateLimited as limited:
            return self._release(lease, self.clock.now() + seconds(limited.retry_after or 60))
        except ProviderError as failure:
            return self._release(lease, self.failed(package, failure))
        now = self.clock.now()
        signed = after.status is PackageStatus.SIGNED and not after.awaits_a_person
        due = self._collected_by() if signed else next_poll(after, now=now, timing=self.timing, fast=record.fast_poll)
        settled = self.packages.settle_refresh(lease, read_at=now, next_due_at=due, force=signed or round_ >= ROUNDS)
        if signed:
            return Step(Next.COLLECT)
        if settled or round_ >= ROUNDS:
            return Step(Next.DONE)
        return Step(Next.AGAIN, now + seconds(self.timing.refresh_gap))

    def snapshot(self, provider: SignatureProvider, package: Package, *, withdrawn: bool = False) -> Snapshot:
        """Raises ProviderError; ProviderNotFound the first time that an envelope is missed: a proxy says so too while the
        provider is being redeployed, and nothing leads out of DELETED. `withdrawn`: just now, by us."""
        try:
            return provider.read(package)
        except ProviderNotFound:
            missed = package.provider.read_at if package.provider.status == GONE else None
            if not withdrawn and not (missed and self.clock.now() >= missed + seconds(self.timing.poll_plan[0])):
                raise
            return Snapshot(PackageStatus.DELETED, GONE, reason="The provider no longer has the package.")

    def failed(self, package: Package, failure: ConnectorError) -> datetime | None:
        """Note that a read failed. When to read again; None: it was the last one."""
        now = self.clock.now()
        told = entry(now, EntryKind.PROVIDER_CALL, f"Reading the provider failed: {failure.detail}", code=failure.kind)
        due = now + seconds(failure.retry_after or self.timing.poll_plan[0])
        last = next_poll(package, now=now, timing=self.timing) is None

        def attention(current: Package) -> AttentionNote | None:
            if isinstance(failure, CredentialsRefused) and not current.awaits_a_person:
                step = "The provider refuses the account's credentials. Renew them and say `esign accounts verify`."
                return AttentionNote(Attention.CREDENTIALS_REFUSED, now, step)
            return self._attention(current, now)

        missed = replace(package.provider, status=GONE, read_at=now) if isinstance(failure, ProviderNotFound) else None
        self._note(package, attention, told, provider=None if package.provider.status == GONE else missed)
        return None if last else due

    def _note(
        self,
        package: Package,
        attention: Callable[[Package], AttentionNote | None],
        *told: TimelineEntry,
        run: str | None = None,
        provider: ProviderState | None = None,
    ) -> None:
        """Attention, lines of the story, and who collects, if the package is still where it was."""

        def decide(current: Package) -> Change | None:
            if current.status is not package.status:
                return None
            after = replace(current, attention=attention(current), provider=provider or current.provider)
            return Change(replace(after, collecting=self._collecting(after, run)), timeline=told)

        change(self.packages, package, decide)

    def _release(self, lease: RefreshLease, due: datetime | None) -> Step:
        self.packages.settle_refresh(lease, read_at=None, next_due_at=due, force=True)
        return Step(Next.DONE)


def _withdrawn(provider: SignatureProvider, package: Package) -> bool:
    """Carry out Coupa's wish, if there is one. Whatever keeps it from that, the read that follows tells what it is now;
    Coupa was told that the withdrawal follows, so the wish stays."""
    if not package.withdrawing:
        return False
    try:
        provider.withdraw(package, package.withdraw_requested or None)
    except ProviderError:
        return False
    return True
