"""deliver_notifications: tell Coupa, event by event, in order per package, each at least once.

Design: state-and-delivery, Delivery. The order lives in the table: the lease holder posts from the cursor on and moves the
cursor by condition, so a crash repeats an event (with the same id) and never loses or reorders one.

An endpoint that fails rests, for all packages of its account: those whose turn comes meanwhile stand in its line. When
the pause is over one of them tries; whoever finds the endpoint well goes on with the line, and so do the others as they
come. At no time more than ENDPOINT_PLACES calls are under way to one endpoint, so one that hangs keeps nobody else
waiting, and one that comes back is not overrun.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from esign.domain.errors import StaleVersion
from esign.domain.events import DeadLetter, EntryKind, Event, TimelineEntry, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.timing import Timing, seconds
from esign.operations.delivery_turn import Turn, told
from esign.operations.endpoint_gone import calm, disable
from esign.operations.notification_secrets import notification_secrets
from esign.ports import (
    AccountStore,
    Clock,
    Closed,
    CoupaNotifier,
    Delivered,
    DeliveryAnswer,
    DeliveryLease,
    PackageStore,
    Wait,
)

REJECTIONS = 3  # tries of an event that Coupa refuses for good
JITTER = 0.1  # at most this part of a wait is added to it
DEAD_LETTER = "notification_dead_letter"
_LONGEST_RETRY_AFTER = 86400.0  # seconds; an endpoint that names more is asked again after a day


@dataclass(frozen=True, slots=True)
class NotificationDelivery:
    """`alarm` hears of every dead letter before it is kept, so at least once; `jitter` gives numbers from 0 to 1.

    `tried` hears of every try: the event's age in seconds, and how often its endpoint has failed in a row.
    """

    packages: PackageStore
    accounts: AccountStore
    notifier: CoupaNotifier
    clock: Clock
    timing: Timing
    alarm: Callable[[DeadLetter], None]
    jitter: Callable[[], float] = random.random
    tried: Callable[[float, int], None] = lambda _age, _failures: None

    def deliver(self, account: AccountId, package_id: PackageId, *, owner: str) -> int:
        """How many events Coupa took: the package's own, and those of packages that stood in its endpoint's line.

        What could not be delivered is due again by the schedule.
        """
        until = self.clock.now() + seconds(self.timing.delivery_lease)
        delivered, well, seen, following = 0, None, set[PackageId](), package_id
        while True:
            turn = self._turn(account, following, owner, until)
            delivered += turn.delivered if turn else 0
            if turn and turn.more:
                continue
            seen.add(following)
            well = (turn.endpoint if turn.well else None) if turn else well
            line = self.packages.in_line(account, well) if well and self._has_time(until) else ()
            waiting = [package for package in line if package not in seen]
            if not waiting:
                return delivered
            following = waiting[0]

    def _turn(self, account: AccountId, package_id: PackageId, owner: str, until: datetime) -> Turn | None:
        """None: nobody's turn, since somebody else has the package or it must not be tried now."""
        lease = self.packages.lease_delivery(account, package_id, owner=owner, now=self.clock.now(), until=until)
        if lease is None:
            return None
        package, record = self.packages.get(account, package_id), self.accounts.get(account)
        if package is None or record is None:
            self.packages.settle_delivery(lease)
            return None
        callback = package.callback or record.callback
        turn = Turn(package, record, callback if callback and callback.disabled_at is None else None, lease)
        try:
            self._run(turn)
        except StaleVersion:
            turn.well = turn.more = False  # the lease ran out and somebody else goes on from the cursor
        finally:
            self._leave(turn)
        return turn

    def _run(self, turn: Turn) -> None:
        while events := self._next(turn.lease):
            for event in events:
                if not turn.wants(event):
                    self._pass_over(turn, event)
                elif not self._enter(turn) or not self._tell(turn, event):
                    return
        turn.more = not self.packages.settle_delivery(turn.lease)

    def _pass_over(self, turn: Turn, event: Event, *, failing_since: datetime | None = None) -> None:
        """A replay without a callback stays a dead letter."""
        if event.sequence in turn.lease.replays:
            self._park(turn, event, "there is no callback to tell", failing_since=failing_since)
            return
        turn.lease = self.packages.advance_delivery(turn.lease, sequence=event.sequence, failing_since=failing_since)

    def _next(self, lease: DeliveryLease) -> tuple[Event, ...]:
        """What was asked for again comes first: it is older than all that the cursor has not passed."""
        after, limit = (lease.replays[0] - 1, 1) if lease.replays else (lease.cursor, 100)
        return self.packages.events_after(lease.account, lease.package, after, limit=limit)

    # ------------------------------------------------------------------------------------------------- the endpoint

    def _enter(self, turn: Turn) -> bool:
        """Whether the endpoint may be called now; otherwise the package waits, and its turn is over."""
        lease, now, endpoint = turn.lease, self.clock.now(), turn.endpoint
        if not self._has_time(lease.until):
            self.packages.settle_delivery(turn.lease, wait=turn.in_line(now))
            return False
        if turn.place is None and endpoint is not None:
            place = self.packages.enter_endpoint(lease.account, endpoint, owner=lease.owner, now=now, until=lease.until)
            if isinstance(place, Closed):
                self._stand_in_line(turn, place)
                return False
            turn.place = place
            turn.secrets = notification_secrets(turn.account, self.accounts)
        return True

    def _stand_in_line(self, turn: Turn, closed: Closed) -> None:
        lease, now = turn.lease, self.clock.now()
        if closed.paused_until is None:
            self.packages.settle_delivery(turn.lease, wait=turn.in_line(now + self._longer(self.timing.bell_delay)))
            return
        since = lease.failing_since or now
        if self._give_up(turn, since, "its endpoint did not answer anybody"):
            until = closed.paused_until + seconds(self.timing.bell_delay * self.jitter())
            self.packages.settle_delivery(turn.lease, wait=replace(turn.in_line(until), failing_since=since))

    def _leave(self, turn: Turn) -> None:
        if turn.place is None:
            return
        if turn.well:
            self.packages.leave_endpoint(turn.place, failures=0)
        elif turn.paused_until:
            failures = turn.place.failures + 1
            self.packages.leave_endpoint(turn.place, failures=failures, paused_until=turn.paused_until)
        else:
            self.packages.leave_endpoint(turn.place)

    # ------------------------------------------------------------------------------------------------- one event

    def _tell(self, turn: Turn, event: Event) -> bool:
        """Whether the package's next event may follow."""
        assert turn.callback is not None  # noqa: S101 - an event is wanted by a callback
        answer = self.notifier.notify(event, turn.callback, turn.secrets)
        self._note(turn, told(event, answer, self.clock.now()))
        if answer.outcome is Delivered.GONE:
            now = self.clock.now()
            disable(turn.package, turn.callback, packages=self.packages, accounts=self.accounts, now=now)
        self._measure(turn, event, answer)
        turn.heard(well=answer.outcome is not Delivered.RETRY)
        match answer.outcome:
            case Delivered.OK:
                turn.lease = self.packages.advance_delivery(turn.lease, sequence=event.sequence)
                turn.delivered += 1
                turn.package = calm(turn.package, packages=self.packages)
            case Delivered.GONE:
                self._park(turn, event, answer.detail)
                turn.callback = None
            case Delivered.REJECTED if turn.lease.rejections + 1 >= REJECTIONS:
                self._park(turn, event, answer.detail)
            case Delivered.REJECTED:
                self._reject(turn)
                return False
            case Delivered.RETRY:
                self._fail(turn, answer)
                return False
        return True

    def _measure(self, turn: Turn, event: Event, answer: DeliveryAnswer) -> None:
        before = turn.place.failures if turn.place else 0
        age = (self.clock.now() - event.occurred_at).total_seconds()
        self.tried(age, before + 1 if answer.outcome is Delivered.RETRY else 0)

    def _reject(self, turn: Turn) -> None:
        """The endpoint is well, so nobody else waits: the event has its own two tries left."""
        rejections = turn.lease.rejections + 1
        until = self.clock.now() + self._longer(self.timing.delivery_step(rejections - 1))
        self.packages.settle_delivery(turn.lease, wait=Wait(until, attempts=turn.lease.attempts, rejections=rejections))

    def _fail(self, turn: Turn, answer: DeliveryAnswer) -> None:
        """The endpoint rests; of the packages in its line, this one comes by itself when its own schedule says so."""
        assert turn.place is not None  # noqa: S101 - it was called
        now, lease = self.clock.now(), turn.lease
        since = lease.failing_since or now
        asked = min(answer.retry_after or 0.0, _LONGEST_RETRY_AFTER)
        pause = min(self.timing.delivery_step(turn.place.failures), self.timing.endpoint_pause)
        turn.paused_until = now + max(self._longer(pause), seconds(asked))
        own = min(now + self._longer(self.timing.delivery_step(lease.attempts)), since + self.timing.whole_delivery)
        until = max(turn.paused_until, own)
        if self._give_up(turn, since, answer.detail):
            attempts = 0 if turn.lease.cursor > lease.cursor else lease.attempts + 1
            self.packages.settle_delivery(
                turn.lease, wait=replace(turn.in_line(until), attempts=attempts, failing_since=since)
            )

    def _give_up(self, turn: Turn, since: datetime, detail: str) -> bool:
        """Dead letters of those events whose schedule is over, while nothing got through `since`. Whether others wait."""
        now = self.clock.now()
        while events := self._next(turn.lease):
            for event in events:
                if not turn.wants(event):
                    self._pass_over(turn, event, failing_since=since)
                elif now >= max(since, event.occurred_at) + self.timing.whole_delivery:
                    self._park(turn, event, detail, failing_since=since)
                else:
                    return True
        turn.more = not self.packages.settle_delivery(turn.lease)
        return False

    def _park(self, turn: Turn, event: Event, detail: str, *, failing_since: datetime | None = None) -> None:
        now, package = self.clock.now(), turn.package
        letter = DeadLetter(event.id, package.account, package.id, event.sequence, event.type, now, detail)
        self.alarm(letter)
        text = f"Coupa was not told {event.type.value} ({event.id}), and will not be by itself: {detail}"
        self._note(turn, entry(now, EntryKind.NOTIFICATION, text, code=DEAD_LETTER))
        turn.lease = self.packages.advance_delivery(
            turn.lease, sequence=event.sequence, letter=letter, failing_since=failing_since
        )

    def _note(self, turn: Turn, line: TimelineEntry) -> None:
        self.packages.append_timeline(turn.package.account, turn.package.id, (line,))

    def _longer(self, wait: float) -> timedelta:
        return seconds(wait * (1 + JITTER * self.jitter()))

    def _has_time(self, until: datetime) -> bool:
        """For one more call that takes as long as one may."""
        return self.clock.now() + seconds(self.timing.delivery_timeout) <= until
