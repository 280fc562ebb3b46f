"""How a package moves: legal moves only, forwards only, and the events that a move causes. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from esign.domain.events import Event, EventType
from esign.domain.ids import RecipientId
from esign.domain.package import AttentionNote, Package, count
from esign.domain.recipient import Recipient
from esign.domain.status import CLOSED, RANK, RECIPIENT_FINAL, Attention, PackageStatus, RecipientStatus, may_move

PACKAGE_EVENTS = {
    PackageStatus.SIGNED: EventType.PACKAGE_SIGNED,
    PackageStatus.COMPLETE: EventType.PACKAGE_COMPLETED,
    PackageStatus.DECLINED: EventType.PACKAGE_DECLINED,
    PackageStatus.EXPIRED: EventType.PACKAGE_EXPIRED,
    PackageStatus.CANCELLED: EventType.PACKAGE_CANCELLED,
    # An envelope that is gone at the provider without us: Coupa knows no other word for its end.
    PackageStatus.DELETED: EventType.PACKAGE_CANCELLED,
    PackageStatus.FAILED: EventType.PACKAGE_FAILED,
}
RECIPIENT_EVENTS = {
    RecipientStatus.VIEWED: EventType.RECIPIENT_VIEWED,
    RecipientStatus.SIGNED: EventType.RECIPIENT_SIGNED,
    RecipientStatus.APPROVED: EventType.RECIPIENT_SIGNED,
    RecipientStatus.DECLINED: EventType.RECIPIENT_DECLINED,
}
# Attention that a good read of the provider takes back.
PASSING = {Attention.UNKNOWN_PROVIDER_STATUS, Attention.OUTCOME_UNKNOWN, Attention.CREDENTIALS_REFUSED, Attention.STUCK}

_RECIPIENT_RANK = {
    RecipientStatus.CREATED: 0,
    RecipientStatus.WAITING: 1,
    RecipientStatus.SENT: 2,
    RecipientStatus.VIEWED: 3,
}


def moved(package: Package, status: PackageStatus, now: datetime) -> Package:
    """The package in another status. Raises ValueError for a move that does not exist: that is our own mistake."""
    if not may_move(package.status, status):
        raise ValueError(f"no move from {package.status} to {status}")
    ended_at = now if status in CLOSED else None
    return replace(package, status=status, updated_at=now, ended_at=ended_at, counts=count(package.recipients))


def event_of(
    package: Package,
    kind: EventType,
    *,
    previous: PackageStatus,
    now: datetime,
    recipient: RecipientId | None = None,
    reason: str | None = None,
) -> tuple[Package, Event]:
    """The next event of the package, and the package that has counted it."""
    sequence = package.sequence + 1
    event = Event(
        id=f"evt_{package.id.removeprefix('pkg_')}_{sequence}",
        type=kind,
        sequence=sequence,
        occurred_at=now,
        account=package.account,
        package=package.id,
        external_id=package.external_id,
        status=package.status,
        previous_status=previous,
        recipient=recipient,
        reason=reason,
    )
    return replace(package, sequence=sequence), event


@dataclass(frozen=True, slots=True)
class Seen:
    """What a provider shows of a package, in our words; `status` None where nobody knows the vendor's word."""

    status: PackageStatus | None
    vendor_status: str
    recipients: dict[RecipientId, Recipient]  # as they would be if everything seen were taken over
    reason: str | None = None
    expires_at: datetime | None = None
    newcomers: tuple[Recipient, ...] = ()  # whom the provider's own process brought, with the ids that they get
    left_out: int = 0  # of those, beyond what a package can have


@dataclass(frozen=True, slots=True)
class Advance:
    """What a read made of a package. `changed` False: nothing but the time of reading differs."""

    package: Package
    events: tuple[Event, ...]
    changed: bool


def advance(before: Package, seen: Seen, now: datetime) -> Advance:
    """The package after a read of its provider: recipients first, then the package, forwards only."""
    known = tuple(_forwards(r, seen.recipients.get(r.id, r)) for r in before.recipients)
    recipients = (*known, *seen.newcomers)
    status = _next_status(before, seen)
    after = replace(
        before,
        recipients=recipients,
        counts=count(recipients),
        expires_at=seen.expires_at or before.expires_at,
        provider=replace(before.provider, status=seen.vendor_status, read_at=now),
        attention=_attention(before, seen, status, recipients, now),
    )
    if status is not before.status:
        after = replace(moved(after, status, now), status_reason=seen.reason)
    after, events = _events(before, after, seen, now)
    unread = replace(after, provider=replace(after.provider, read_at=before.provider.read_at))
    changed = unread != before
    return Advance(replace(after, updated_at=now) if changed else after, events, changed)


def _forwards(before: Recipient, seen: Recipient) -> Recipient:
    """A recipient never moves backwards: a final status stays, and a viewed one is not merely sent."""
    if before.status in RECIPIENT_FINAL:
        return before
    if _RECIPIENT_RANK.get(seen.status, 9) < _RECIPIENT_RANK.get(before.status, 0):
        return replace(seen, status=before.status)
    return seen


def _next_status(before: Package, seen: Seen) -> PackageStatus:
    status = seen.status
    if status is None or status is before.status or before.status is PackageStatus.EXPIRED:
        return before.status
    forwards = RANK[status] > RANK[before.status] and may_move(before.status, status)
    return status if forwards else before.status


def _attention(
    before: Package, seen: Seen, status: PackageStatus, recipients: tuple[Recipient, ...], now: datetime
) -> AttentionNote | None:
    if seen.status is None:
        step = f"The provider says {seen.vendor_status!r}, which this connector does not know. Look at the provider."
        return _noted(before, Attention.UNKNOWN_PROVIDER_STATUS, step, now)
    if before.status is PackageStatus.EXPIRED and seen.status is not PackageStatus.EXPIRED:
        step = "The provider reopened or finished an expired package. Check it and say `esign packages accept <id>`."
        return _noted(before, Attention.CHANGED_AFTER_END, step, now)
    if status is PackageStatus.SIGNED and not before.skip_requested and any(map(_is_missing, recipients)):
        step = (
            "The provider says that all is signed, but not everybody who was asked did it, and Coupa asked to skip nobody. "
            "Check it and say `esign packages accept <id>`."
        )
        return _noted(before, Attention.SIGNERS_SKIPPED, step, now)
    return None if before.attention and before.attention.code in PASSING else before.attention


def _is_missing(recipient: Recipient) -> bool:
    """Whether the provider did without somebody who was asked: a signer who is not shown to have signed, whatever it says
    of the whole, or whom it shows as skipped. Of people whom its own process brought, it alone says who is needed."""
    unsigned = recipient.signs and not recipient.done
    skipped = recipient.acts and recipient.status is RecipientStatus.SKIPPED
    return (unsigned or skipped) and not recipient.met


def _noted(before: Package, code: Attention, step: str, now: datetime) -> AttentionNote:
    if before.attention and before.attention.code is code:
        return before.attention
    return AttentionNote(code, now, step)


def _events(before: Package, after: Package, seen: Seen, now: datetime) -> tuple[Package, tuple[Event, ...]]:
    events: list[Event] = []
    was = {recipient.id: recipient.status for recipient in before.recipients}
    for is_now in after.recipients:
        kind = RECIPIENT_EVENTS.get(is_now.status)
        if kind is None or was.get(is_now.id) is is_now.status:
            continue
        reason = is_now.decline_reason
        after, event = event_of(after, kind, previous=before.status, now=now, recipient=is_now.id, reason=reason)
        events.append(event)
    if after.status is not before.status and after.status in PACKAGE_EVENTS:
        kind = PACKAGE_EVENTS[after.status]
        after, event = event_of(after, kind, previous=before.status, now=now, reason=seen.reason)
        events.append(event)
    return after, tuple(events)
