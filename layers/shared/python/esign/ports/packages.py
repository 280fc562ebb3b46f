"""The table of packages: every write guarded by a condition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from esign.domain.events import DeadLetter, Event, TimelineEntry
from esign.domain.ids import AccountId, EndpointId, PackageId
from esign.domain.package import Package, PackageHead
from esign.ports.accounts import KeptAnswer
from esign.ports.leases import (
    AlreadyOpen,
    Closed,
    Created,
    DeliveryLease,
    Due,
    Listing,
    Place,
    RefreshLease,
    RefreshState,
    Told,
    Wait,
    Wake,
)


class PackageStore(Protocol):
    """The table. Every write is guarded by a condition and repeated safely by its own operation id.

    Errors: StaleVersion (reload and decide anew), StoreUnavailable.
    """

    def create(
        self, package: Package, *, timeline: Sequence[TimelineEntry] = (), answer: KeptAnswer | None = None
    ) -> Created | AlreadyOpen:
        """One transaction: the package, the pointer of its external id (`revision` comes from a closed forerunner), and
        the answer under the caller's key. Raises InFlight where the key is no longer theirs."""
        ...

    def get(self, account: AccountId, package: PackageId) -> Package | None:
        """One consistent query."""
        ...

    def head(self, account: AccountId, package: PackageId) -> PackageHead | None:
        """One consistent item read."""
        ...

    def by_reference(self, account: AccountId, provider: str, reference: str) -> PackageId | None:
        """The package whose provider reference begins with this id: for providers that send nothing but their own."""
        ...

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
        """Write what differs between `before` and `after`, with events and timeline, in one transaction. A package that
        closes is due for retention a day later; one that opens again is not.

        Guarded by `before.version`; answers `after` with its new version. `refresh_at` (re)schedules the next provider
        read, `forget_refresh` takes the package out of the sweep. Events also make the delivery due; `answer` is kept
        under the caller's key. Raises StaleVersion, InFlight (the key is no longer theirs).
        """
        ...

    def wake(self, account: AccountId, package: PackageId, *, now: datetime) -> Wake: ...

    def lease_refresh(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> RefreshLease | None:
        """None: somebody else has it."""
        ...

    def settle_refresh(
        self, lease: RefreshLease, *, read_at: datetime | None, next_due_at: datetime | None, force: bool = False
    ) -> bool:
        """Give the lease back and set the next date; False when a wake-up came meanwhile (the lease is then still held).

        `force` gives it back all the same and leaves the package due at once.
        """
        ...

    def lease_delivery(
        self, account: AccountId, package: PackageId, *, owner: str, now: datetime, until: datetime
    ) -> DeliveryLease | None:
        """None: nothing was ever to deliver, somebody else has it, or it waits and not for its endpoint."""
        ...

    def events_after(
        self, account: AccountId, package: PackageId, sequence: int, *, limit: int = 100
    ) -> tuple[Event, ...]: ...

    def advance_delivery(
        self,
        lease: DeliveryLease,
        *,
        sequence: int,
        letter: DeadLetter | None = None,
        failing_since: datetime | None = None,
    ) -> DeliveryLease:
        """This event is done with: delivered, not wanted, or given up (then `letter` is kept); the counts start anew.

        A replayed event that was delivered takes its dead letter away. Raises StaleVersion when the lease is lost.
        """
        ...

    def settle_delivery(self, lease: DeliveryLease, *, wait: Wait | None = None) -> bool:
        """Give the lease back; None: nothing waits. False when something came meanwhile (then due at once)."""
        ...

    def replay_delivery(
        self, account: AccountId, package: PackageId, sequences: Sequence[int], *, now: datetime
    ) -> tuple[int, ...]:
        """Have these events delivered once more, before anything later, from now on. Answers those that will be: what
        still waits for its first turn comes anyway."""
        ...

    def in_line(self, account: AccountId, endpoint: EndpointId, *, limit: int = 10) -> tuple[PackageId, ...]:
        """Packages that wait for an endpoint, those first that wait longest. May follow the truth by moments."""
        ...

    def enter_endpoint(
        self, account: AccountId, endpoint: EndpointId, *, owner: str, now: datetime, until: datetime
    ) -> Place | Closed:
        """One of ENDPOINT_PLACES; of one that failed, once its pause is over, the only one."""
        ...

    def leave_endpoint(
        self, place: Place, *, failures: int | None = None, paused_until: datetime | None = None
    ) -> None:
        """`failures` in a row now, 0: it is well, and its pause is over; None: nothing was learned. With `failures`, it
        rests `paused_until`. A place that was lost teaches nothing."""
        ...

    def dead_letters(
        self, account: AccountId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[DeadLetter, ...], str | None]:
        """Of all the account's packages, oldest first. May follow the truth by moments. Raises MalformedRequest for a
        cursor that is none."""
        ...

    def due(
        self, shard: int, *, before: datetime, limit: int = 100, cursor: str | None = None
    ) -> tuple[tuple[Due, ...], str | None]: ...

    def defer(self, due: Due, *, to: datetime) -> bool:
        """Move a due line to a later slot, if nobody moved it meanwhile."""
        ...

    def take_shard(self, shard: int, *, owner: str, now: datetime, until: datetime) -> bool:
        """One sweeper at a time has a shard; False: another one, until it leaves or its time is over."""
        ...

    def leave_shard(self, shard: int, *, owner: str) -> None: ...

    def refresh_state(self, account: AccountId, package: PackageId, *, now: datetime) -> RefreshState | None:
        """One consistent item read; None: the package has no refresh."""
        ...

    def settle_poll(self, due: Due, *, now: datetime, read_at: datetime | None, next_due_at: datetime | None) -> bool:
        """The next date of a line that was read without a lease; False when it moved, or somebody woke or took it."""
        ...

    def schedule_retention(self, account: AccountId, package: PackageId, *, at: datetime | None) -> None:
        """When to look again at what has to go; None: never. Unconditional: whoever looks decides by the package."""
        ...

    def told(self, account: AccountId, package: PackageId) -> Told: ...

    def forget_reasons(self, account: AccountId, package: PackageId) -> None:
        """Take what people typed out of the package's events; they can still be delivered. Doing it again is no error."""
        ...

    def subjects(self, account: AccountId, subject: str) -> tuple[PackageId, ...]:
        """The packages that name a person, or keep evidence that may, by `subject_hash`, oldest first. Perhaps one too
        many: look at the package."""
        ...

    def append_timeline(self, account: AccountId, package: PackageId, entries: Sequence[TimelineEntry]) -> None: ...

    def timeline(
        self, account: AccountId, package: PackageId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[TimelineEntry, ...], str | None]: ...

    def listing(self, account: AccountId, query: Listing) -> tuple[tuple[PackageHead, ...], str | None]: ...
