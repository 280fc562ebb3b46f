"""A package's turn at its endpoint: what deliver_notifications knows and learns while it has the lease. Calls nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.events import EntryKind, Event, TimelineEntry, entry
from esign.domain.ids import EndpointId, endpoint_id
from esign.domain.package import Callback, Package
from esign.ports import Delivered, DeliveryAnswer, DeliveryLease, Place, Wait


@dataclass(slots=True)
class Turn:
    """One package's turn: what is known, and what became of it. `well`: its endpoint took or refused something."""

    package: Package
    account: Account
    callback: Callback | None
    lease: DeliveryLease
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    place: Place | None = None
    paused_until: datetime | None = None
    well: bool = False
    delivered: int = 0
    more: bool = False

    def heard(self, *, well: bool) -> None:
        self.well = well
        if well and self.place:
            self.place = replace(self.place, failures=0)

    def wants(self, event: Event) -> bool:
        """What was asked for again is wanted in any case."""
        if self.callback is None:
            return False
        known = self.callback.events
        return not known or event.type.value in known or event.sequence in self.lease.replays

    @property
    def endpoint(self) -> EndpointId | None:
        return endpoint_id(self.callback.url) if self.callback else None

    def in_line(self, until: datetime) -> Wait:
        """A place in the endpoint's line, with all that the lease knows."""
        lease = self.lease
        return Wait(until, lease.attempts, lease.rejections, lease.failing_since, self.endpoint)


def told(event: Event, answer: DeliveryAnswer, now: datetime) -> TimelineEntry:
    """The line of the story for one try."""
    text = f"Coupa was told {event.type.value} ({event.id}): {answer.detail}"
    code = None if answer.outcome is Delivered.OK else answer.outcome.value.lower()
    return entry(now, EntryKind.NOTIFICATION, text, code=code, milliseconds=answer.milliseconds)
