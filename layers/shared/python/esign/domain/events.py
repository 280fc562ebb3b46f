"""What Coupa is told, and what the timeline keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.domain.ids import AccountId, PackageId, RecipientId, ulid
from esign.domain.status import PackageStatus


class EventType(StrEnum):
    """contracts/coupa.md §2, Notifications to Coupa."""

    PACKAGE_SENT = "package.sent"
    PACKAGE_SIGNED = "package.signed"
    PACKAGE_COMPLETED = "package.completed"
    PACKAGE_DECLINED = "package.declined"
    PACKAGE_EXPIRED = "package.expired"
    PACKAGE_CANCELLED = "package.cancelled"
    PACKAGE_FAILED = "package.failed"
    RECIPIENT_VIEWED = "recipient.viewed"
    RECIPIENT_SIGNED = "recipient.signed"
    RECIPIENT_DECLINED = "recipient.declined"


@dataclass(frozen=True, slots=True)
class Event:
    """One notification to Coupa. `sequence` counts from 1 inside the package; the id is stable over every delivery."""

    id: str
    type: EventType
    sequence: int
    occurred_at: datetime
    account: AccountId
    package: PackageId
    external_id: str | None
    status: PackageStatus
    previous_status: PackageStatus
    recipient: RecipientId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that Coupa was not told of, and will not be by itself: refused for good, or its schedule is over.

    `detail` is what came of the last try, without the address.
    """

    event: str
    account: AccountId
    package: PackageId
    sequence: int
    type: EventType
    given_up_at: datetime
    detail: str


class EntryKind(StrEnum):
    """What happened, in the timeline."""

    COUPA_CALL = "coupa_call"  # what Coupa asked for, where it changed something
    PROVIDER_CALL = "provider_call"  # a call of ours to the provider, or what it meant; never a poll that went well
    CALLBACK = "callback"  # the provider called
    DECISION = "decision"  # what the connector or an operator made of it
    NOTIFICATION = "notification"  # an event told to Coupa, and what its endpoint answered


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the package's story. `text` is a plain sentence without names, addresses or secrets."""

    id: str  # a ULID: its order is the story's
    at: datetime
    kind: EntryKind
    text: str
    code: str | None = None
    milliseconds: int | None = None


def entry(
    at: datetime, kind: EntryKind, text: str, *, code: str | None = None, milliseconds: int | None = None
) -> TimelineEntry:
    """A new line of the story, at `at` (UTC)."""
    return TimelineEntry(id=ulid(at), at=at, kind=kind, text=text, code=code, milliseconds=milliseconds)
