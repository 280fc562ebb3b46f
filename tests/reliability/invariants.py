"""I1 to I8: what must hold whatever happened, said over what can be observed from outside.

I1 a final status never changes · I2 the rank never decreases · I3 at most one envelope out per package and revision ·
I4 Coupa is told each event, at least once and always as the same · I5 COMPLETE was told only of files that were stored,
whole and locked at that moment · I6 everything comes to an end or to somebody's attention · I7 nobody sees another
tenant's things · I8 what Coupa was shown is a path of the life cycle.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from esign.domain.document import FileKind
from esign.domain.events import Event, EventType
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.status import CLOSED, FINAL, MOVES, RANK, PackageStatus, may_move
from esign.ports import Listing, PackageStore
from tests.fakes.files import MemoryEvidence
from tests.fakes.provider import Envelope

Key = tuple[AccountId, PackageId]
_S = PackageStatus
# The legal ways back: nothing had arrived at the provider; a person accepted that an expired package goes on.
BACK = {(_S.SENDING, _S.DRAFT), (_S.EXPIRED, _S.IN_PROCESS), (_S.EXPIRED, _S.SIGNED)}


@dataclass
class Observed:
    """`history`: every committed state; `outbox`: every committed event; `told`: what Coupa's endpoint received;
    `shown`: the statuses that Coupa read; `whole`: for each told completion, whether its evidence was right at that time.
    """

    history: dict[Key, list[Package]] = field(default_factory=lambda: defaultdict(list))
    outbox: dict[Key, list[Event]] = field(default_factory=lambda: defaultdict(list))
    told: list[Event] = field(default_factory=list)
    shown: dict[Key, list[PackageStatus]] = field(default_factory=lambda: defaultdict(list))
    whole: list[tuple[Key, str | None]] = field(default_factory=list)
    envelopes: Sequence[Envelope] = ()


def i1_final_is_final(seen: Observed) -> None:
    for key, states in seen.history.items():
        for before, after in pairwise(states):
            assert before.status not in FINAL or after.status is before.status, (key, before.status, after.status)


def i2_forwards_only(seen: Observed) -> None:
    for key, states in seen.history.items():
        for before, after in pairwise(states):
            assert after.version == before.version + 1, (key, before.version, after.version)
            if after.status is before.status:
                continue
            move = (before.status, after.status)
            assert may_move(*move), (key, move)
            assert move in BACK or RANK[after.status] >= RANK[before.status], (key, move)


def i3_one_envelope(seen: Observed) -> None:
    out = Counter(
        (e.package.account, e.package.external_id or e.package.id, e.package.revision)
        for e in seen.envelopes
        if e.started
    )
    assert all(number == 1 for number in out.values()), out


def i4_everything_told(seen: Observed) -> None:
    """For a world at rest, with an endpoint that wants all and is up."""
    received = {event.id for event in seen.told}
    for key, events in seen.outbox.items():
        missing = [event.type for event in events if event.id not in received]
        assert not missing, (key, missing)


def i4_told_as_it_was(seen: Observed) -> None:
    known = {event.id: event for events in seen.outbox.values() for event in events}
    assert sum(map(len, seen.outbox.values())) == len(known), "an event id was given twice"
    for event in seen.told:
        assert known.get(event.id) == event, event.id
    for key, events in seen.outbox.items():
        assert [event.sequence for event in events] == list(range(1, len(events) + 1)), key
        kinds = Counter(event.type for event in events if event.recipient is None)
        assert all(number == 1 for kind, number in kinds.items() if kind is not EventType.PACKAGE_EXPIRED), (key, kinds)


def i5_complete_means_stored(seen: Observed) -> None:
    for key, objection in seen.whole:
        assert objection is None, (key, objection)


def objection_to(package: Package | None, evidence: MemoryEvidence) -> str | None:
    """Why Coupa must not have been told that this package is complete; None when it may."""
    if package is None or package.status is not _S.COMPLETE:
        return "the package is not COMPLETE"
    kinds = Counter(file.kind for file in package.files)
    if kinds[FileKind.SIGNED_DOCUMENT] != len(package.documents) or not kinds[FileKind.AUDIT_TRAIL]:
        return f"files are missing: {kinds}"
    if kinds[FileKind.MANIFEST] != 1:
        return "there is no manifest"
    for file in package.files:
        if hashlib.sha256(evidence.objects.get(file.key, b"")).hexdigest() != file.sha256:
            return f"file {file.number} is not what was recorded"
        if (file.key, file.version) not in evidence.retained:
            return f"file {file.number} is not locked"
    return None


def i6_an_end_or_attention(seen: Observed, *, now: datetime) -> None:
    """For a world at rest."""
    for key, states in seen.history.items():
        last = states[-1]
        fine = last.status in CLOSED or last.status is _S.DRAFT or last.attention is not None
        assert fine, (key, last.status, now)


def i7_tenants_are_strangers(seen: Observed, packages: PackageStore, accounts: Iterable[AccountId]) -> None:
    for account in accounts:
        heads, _ = packages.listing(account, Listing(limit=1000))
        assert {head.account for head in heads} <= {account}
        for owner, package in seen.history:
            if owner != account:
                assert packages.get(account, package) is None
                assert packages.head(account, package) is None
                assert packages.timeline(account, package) == ((), None)
                assert packages.events_after(account, package, 0) == ()
    owners = {package: account for account, package in seen.history}
    assert all(owners[event.package] == event.account for event in seen.told)


def _reachable(start: PackageStatus) -> frozenset[PackageStatus]:
    found, ahead = {start}, [start]
    while ahead:
        fresh = MOVES.get(ahead.pop(), frozenset()) - found
        found |= fresh
        ahead += fresh
    return frozenset(found)


REACHABLE = {status: _reachable(status) for status in PackageStatus}


def i8_a_path_was_shown(seen: Observed) -> None:
    for key, statuses in seen.shown.items():
        for before, after in pairwise(statuses):
            assert after in REACHABLE[before], (key, before, after)
    first: dict[Key, dict[str, Event]] = defaultdict(dict)
    for event in seen.told:
        first[event.account, event.package].setdefault(event.id, event)
    for key, events in first.items():
        told = list(events.values())
        assert [event.sequence for event in told] == list(range(1, len(told) + 1)), key
        for one, next_ in pairwise(told):
            assert next_.status in REACHABLE[one.status], (key, one.type, next_.type)


def check_always(seen: Observed) -> None:
    """What holds at every moment."""
    i1_final_is_final(seen)
    i2_forwards_only(seen)
    i3_one_envelope(seen)
    i4_told_as_it_was(seen)
    i5_complete_means_stored(seen)
    i8_a_path_was_shown(seen)
