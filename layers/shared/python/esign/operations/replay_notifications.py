"""`esign notifications replay`: have Coupa told once more of what it missed, with the same event ids.

Nothing is sent here: the events are marked, and deliver_notifications sends them before anything later, under the same
lease, pauses and credentials. Events that still wait for their first turn are left alone, since they come anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from esign.domain.account import Account
from esign.domain.errors import MalformedRequest
from esign.domain.events import EntryKind, EventType, entry
from esign.domain.ids import AccountId, PackageId
from esign.operations.packages import load_head
from esign.ports import Bell, Clock, Listing, PackageStore

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which events: one, a package's, or those of a time (UTC, `until` excluded). `dead_letters`: only such, and their
    time is when they were given up. Nothing but that: all dead letters of the account."""

    event: str | None = None
    package: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    dead_letters: bool = False

    def covers(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Notification:
    """An event that Coupa was, or was not, told of; `at` is when it occurred, or was given up."""

    event: str
    package: PackageId
    sequence: int
    type: EventType
    at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """`asked` will be sent again; `waiting` come anyway; of the packages of `deaf` nobody wants to hear."""

    asked: tuple[Notification, ...] = ()
    waiting: tuple[Notification, ...] = ()
    deaf: tuple[Notification, ...] = ()


def chosen_events(account: AccountId, chosen: Chosen, *, packages: PackageStore) -> tuple[Notification, ...]:
    """By package and sequence. Raises NotFound for a package that the account has not, MalformedRequest."""
    found = _letters(account, chosen, packages) if chosen.dead_letters else _events(account, chosen, packages)
    return tuple(sorted(found, key=lambda one: (one.package, one.sequence)))


def replay_notifications(
    record: Account, events: tuple[Notification, ...], *, packages: PackageStore, bell: Bell, clock: Clock
) -> Replay:
    """`events` as `chosen_events` gives them. Asking twice is asking once."""
    asked, waiting, deaf = list[Notification](), list[Notification](), list[Notification]()
    for package, group in groupby(events, key=lambda one: one.package):
        wanted = list(group)
        head = packages.head(record.id, package)
        callback = head.callback or record.callback if head else None
        if callback is None or callback.disabled_at is not None:
            deaf += wanted
            continue
        now = clock.now()
        taken = packages.replay_delivery(record.id, package, [one.sequence for one in wanted], now=now)
        asked += (one for one in wanted if one.sequence in taken)
        waiting += (one for one in wanted if one.sequence not in taken)
        if taken:
            names = ", ".join(one.event for one in wanted if one.sequence in taken)
            told = entry(now, EntryKind.DECISION, f"An operator has Coupa told again: {names}.", code="replay")
            packages.append_timeline(record.id, package, (told,))
            bell.ring(record.id, package)
    return Replay(tuple(asked), tuple(waiting), tuple(deaf))


def _letters(account: AccountId, chosen: Chosen, packages: PackageStore) -> Iterator[Notification]:
    cursor: str | None = None
    while True:
        page, cursor = packages.dead_letters(account, cursor=cursor, limit=_PAGE)
        for letter in page:
            one = Notification(letter.event, letter.package, letter.sequence, letter.type, letter.given_up_at)
            if chosen.event in {None, one.event} and chosen.package in {None, one.package} and chosen.covers(one.at):
                yield one
        if cursor is None:
            return


def _events(account: AccountId, chosen: Chosen, packages: PackageStore) -> Iterator[Notification]:
    if chosen.event is not None:
        package, sequence = _named(chosen.event)
        found = _of_package(account, load_head(packages, account, package).id, packages, after=sequence - 1)
        yield from (one for one in found if one.event == chosen.event)
        return
    if chosen.package is not None:
        names: Iterator[PackageId] = iter([load_head(packages, account, chosen.package).id])
    else:
        names = _changed(account, chosen, packages)
    for name in names:
        yield from (one for one in _of_package(account, name, packages) if chosen.covers(one.at))


def _of_package(
    account: AccountId, package: PackageId, packages: PackageStore, *, after: int = 0
) -> Iterator[Notification]:
    while events := packages.events_after(account, package, after, limit=_PAGE):
        yield from (Notification(one.id, package, one.sequence, one.type, one.occurred_at) for one in events)
        after = events[-1].sequence


def _changed(account: AccountId, chosen: Chosen, packages: PackageStore) -> Iterator[PackageId]:
    """Packages that can have told something in the chosen time: a package changes with each event."""
    cursor: str | None = None
    while True:
        heads, cursor = packages.listing(account, Listing(limit=_PAGE, cursor=cursor))
        for head in heads:
            old = chosen.since is not None and head.updated_at < chosen.since
            young = chosen.until is not None and head.created_at >= chosen.until
            if not old and not young:
                yield head.id
        if cursor is None:
            return


def _named(event: str) -> tuple[str, int]:
    """The package and the sequence in an event's id (evt_<ULID of the package>_<sequence>)."""
    name, _, sequence = event.removeprefix("evt_").rpartition("_")
    if not name or not sequence.isdecimal() or not sequence.isascii():
        raise MalformedRequest("That is no event's id; they begin with evt_ and end with a number.")
    return f"pkg_{name}", int(sequence)
