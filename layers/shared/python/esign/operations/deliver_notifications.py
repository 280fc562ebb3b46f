"""deliver_notifications: tell Coupa, event by event, in order per package, each at least once.

Design: state-and-delivery, Delivery. The order lives in the table: the lease holder posts from the cursor on and moves the
cursor by condition, so a crash repeats an event (with the same id) and never loses or reorders one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.errors import StaleVersion
from esign.domain.events import EntryKind, Event, TimelineEntry, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Callback, Package
from esign.domain.timing import Timing, seconds
from esign.operations.packages import Change, change
from esign.ports import AccountStore, Clock, CoupaNotifier, Delivered, DeliveryAnswer, DeliveryLease, PackageStore

REJECTIONS = 3  # tries of an event that Coupa refuses for good


@dataclass(frozen=True, slots=True)
class NotificationDelivery:
    packages: PackageStore
    accounts: AccountStore
    notifier: CoupaNotifier
    clock: Clock
    timing: Timing

    def deliver(self, account: AccountId, package_id: PackageId, *, owner: str) -> int:
        """How many events Coupa took. What could not be delivered is due again by the schedule."""
        now = self.clock.now()
        until = now + seconds(self.timing.delivery_lease)
        lease = self.packages.lease_delivery(account, package_id, owner=owner, now=now, until=until)
        if lease is None:
            return 0
        package, record = self.packages.get(account, package_id), self.accounts.get(account)
        if package is None or record is None:
            self.packages.settle_delivery(lease, attempts=0, next_attempt_at=None)
            return 0
        try:
            return self._run(package, record, lease)
        except StaleVersion:
            return 0  # the lease ran out and somebody else goes on from the cursor

    def _run(self, package: Package, record: Account, lease: DeliveryLease) -> int:
        callback = package.callback or record.callback
        secrets = self.accounts.notification_secrets(record.id) if callback else {}
        delivered = 0
        while events := self.packages.events_after(record.id, package.id, lease.cursor):
            for event in events:
                if self.clock.now() + seconds(self.timing.delivery_timeout) > lease.until:
                    self.packages.settle_delivery(lease, attempts=lease.attempts, next_attempt_at=self.clock.now())
                    return delivered
                passed = self._one(package, event, callback, secrets, lease)
                if passed is None:
                    return delivered
                lease, delivered = passed, delivered + 1
        if self.packages.settle_delivery(lease, attempts=0, next_attempt_at=None):
            return delivered
        return delivered + self.deliver(record.id, package.id, owner=lease.owner)

    def _one(
        self,
        package: Package,
        event: Event,
        callback: Callback | None,
        secrets: Mapping[str, Any],
        lease: DeliveryLease,
    ) -> DeliveryLease | None:
        """The lease with its cursor behind the event, or None when the package's order has to wait."""
        if not _wanted(callback, event) or callback is None:
            return self.packages.advance_delivery(lease, cursor=event.sequence)
        answer = self.notifier.notify(event, callback, secrets)
        self.packages.append_timeline(package.account, package.id, (_told(event, answer, self.clock.now()),))
        match answer.outcome:
            case Delivered.OK:
                return self.packages.advance_delivery(lease, cursor=event.sequence)
            case Delivered.GONE:
                self._disable(package, callback)
                return self.packages.advance_delivery(lease, cursor=event.sequence)
            case Delivered.REJECTED if lease.attempts + 1 >= REJECTIONS:
                return self.packages.advance_delivery(lease, cursor=event.sequence)
            case _:
                self._postpone(lease, answer)
                return None

    def _postpone(self, lease: DeliveryLease, answer: DeliveryAnswer) -> None:
        schedule = self.timing.delivery_schedule
        wait = schedule[min(lease.attempts, len(schedule) - 1)]
        due = self.clock.now() + seconds(max(wait, answer.retry_after or 0))
        self.packages.settle_delivery(lease, attempts=lease.attempts + 1, next_attempt_at=due)

    def _disable(self, package: Package, callback: Callback) -> None:
        """410: this address wants no more. The callback that named it is disabled, the account's or the package's."""
        disabled = replace(callback, disabled_at=self.clock.now(), reason="The endpoint answered 410 Gone.")
        if package.callback is not None:
            change(self.packages, package, lambda current: Change(replace(current, callback=disabled)))
            return
        record = self.accounts.get(package.account)
        if record is not None:
            self.accounts.save(record, replace(record, callback=disabled))


def _wanted(callback: Callback | None, event: Event) -> bool:
    if callback is None or callback.disabled_at is not None:
        return False
    return not callback.events or event.type.value in callback.events


def _told(event: Event, answer: DeliveryAnswer, now: datetime) -> TimelineEntry:
    text = f"Coupa was told {event.type.value} ({event.id}): {answer.detail}"
    code = None if answer.outcome is Delivered.OK else answer.outcome.value.lower()
    return entry(now, EntryKind.NOTIFICATION, text, code=code, milliseconds=answer.milliseconds)
