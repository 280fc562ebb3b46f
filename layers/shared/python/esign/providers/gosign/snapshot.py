"""What an envelope at GoSign means to us: pure functions from what it shows to a `Snapshot`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from esign.domain.newcomers import same_person
from esign.domain.package import Package
from esign.domain.recipient import Recipient, Role
from esign.domain.status import RECIPIENT_DONE, PackageStatus, RecipientStatus
from esign.ports import RecipientSnapshot, Snapshot
from esign.providers.gosign.options import GosignOptions
from esign.providers.gosign.people import own_options, users_of
from esign.providers.gosign.policy_people import person_of, stood_by
from esign.providers.gosign.status import after_end, recipient_status, status_of
from esign.providers.gosign.wire import EnvelopeView, StepEvent

_ACTED = (RecipientStatus.SIGNED, RecipientStatus.APPROVED, RecipientStatus.VIEWED, RecipientStatus.DECLINED)


def snapshot(package: Package, view: EnvelopeView, options: GosignOptions) -> Snapshot:
    """An unknown word for the whole is status None; one for a person, status None for that person."""
    status = status_of(view)
    if status is PackageStatus.DELETED and package.withdrawing:
        status = PackageStatus.CANCELLED  # deleting is GoSign's only way to withdraw
    matched = match(package, view.people, options)
    newcomers = _newcomers(view, matched, status) if options.policy and package.unnamed else ()
    people = tuple(
        shown
        for recipient in package.recipients
        if (shown := _recipient(recipient, matched.get(recipient.id, ()), status, view, options))
    )
    reason = next((person.decline_reason for person in people if person.decline_reason), None)
    reason = reason or next((person.decline_reason for person in newcomers if person.decline_reason), None)
    return Snapshot(status, view.status, people, reason, view.expires_at, newcomers)


def _newcomers(
    view: EnvelopeView, matched: Mapping[str, Sequence[StepEvent]], package: PackageStatus | None
) -> tuple[Recipient, ...]:
    """Whom the policy named and nobody met yet, as they are now; in the order of the steps."""
    ours = [event for events in matched.values() for event in events]
    left = (event for event in view.people if not any(event is one for one in ours))
    found = ((person_of(event), event) for event in sorted(left, key=lambda event: event.step_number))
    return tuple(_as_shown(person, event, package, view) for person, event in found if person)


def _as_shown(person: Recipient, event: StepEvent, package: PackageStatus | None, view: EnvelopeView) -> Recipient:
    shown = _acting(person, (event,), package, view)
    return replace(
        person,
        status=shown.status or person.status,
        signed_at=shown.signed_at,
        signed_with=shown.signed_with,
        acted_by=shown.acted_by,
        decline_reason=shown.decline_reason,
    )


def match(package: Package, events: Sequence[StepEvent], options: GosignOptions) -> dict[str, tuple[StepEvent, ...]]:
    """Whose events are whose: by GoSign's id, the original's in a substitution; then by name, since EMAIL_BASED may have
    found somebody with an id of their own. One event each, in order, for people who act twice; a group has many. Whom a
    policy named is known by the step as well."""
    left = sorted(events, key=lambda event: event.step_number)
    workers = sorted((r for r in package.recipients if r.role is not Role.CC), key=lambda r: r.signing_order)
    found: dict[str, tuple[StepEvent, ...]] = {}
    for same in (_met_before, _same_id, _same_name):
        for recipient in workers:
            mine = [event for event in left if recipient.id not in found and same(recipient, event, options)]
            taken = mine if recipient.group else mine[:1]
            if taken:
                found[recipient.id] = tuple(taken)
                left = [event for event in left if not any(event is one for one in taken)]
    return found


def _met_before(recipient: Recipient, event: StepEvent, _options: GosignOptions) -> bool:
    person = person_of(event) if recipient.met else None
    return person is not None and same_person(recipient, person)


def _same_id(recipient: Recipient, event: StepEvent, options: GosignOptions) -> bool:
    known = (event.from_mgr_external_id or event.mgr_external_id).casefold()
    named = bool(known) and not recipient.met
    return named and known in {user.casefold() for user in users_of(recipient, options)}


def _same_name(recipient: Recipient, event: StepEvent, _options: GosignOptions) -> bool:
    name = f"{event.mgr_name} {event.mgr_surname}".strip().casefold()
    members = [f"{m.first_name} {m.last_name}" for m in recipient.group.members] if recipient.group else []
    named = bool(name) and not recipient.met
    return named and name in {n.casefold() for n in (recipient.full_name, *members)}


def _recipient(
    recipient: Recipient,
    events: tuple[StepEvent, ...],
    package: PackageStatus | None,
    view: EnvelopeView,
    options: GosignOptions,
) -> RecipientSnapshot | None:
    if recipient.role is Role.CC:  # the mail with the documents goes out at the end (§6.4)
        sent = package is PackageStatus.SIGNED
        return RecipientSnapshot(recipient.id, RecipientStatus.SENT) if sent else None
    if not events:
        if package is PackageStatus.DECLINED and not view.people:
            return None  # nobody is shown: one of them refused, and a notification tells who
        ended = after_end(recipient.role, package) if package else None
        return RecipientSnapshot(recipient.id, ended) if ended else None
    return _acting(recipient, events, package, view, needed=own_options(recipient, options).how_many)


def _acting(
    recipient: Recipient,
    events: tuple[StepEvent, ...],
    package: PackageStatus | None,
    view: EnvelopeView,
    *,
    needed: int = 1,
) -> RecipientSnapshot:
    telling, status = _telling(recipient, events, package, needed)
    if recipient.met and package is PackageStatus.SIGNED and stood_by(telling[0]):
        status = RecipientStatus.SKIPPED
    declined = status is RecipientStatus.DECLINED
    signed = status in RECIPIENT_DONE
    return RecipientSnapshot(
        recipient=recipient.id,
        status=status,
        signed_at=max((event.ended_at for event in telling if event.ended_at), default=None) if signed else None,
        signed_with=(view.trust_level or None) if signed else None,
        acted_by=", ".join(_others(recipient, telling)) or None if signed or declined else None,
        decline_reason=_reason(telling[0], view) if declined else None,
    )


def _telling(
    recipient: Recipient, events: tuple[StepEvent, ...], package: PackageStatus | None, needed: int
) -> tuple[tuple[StepEvent, ...], RecipientStatus | None]:
    """Of a group, the events of who acted, or of the one who refused; else the first. Before so many acted as are needed
    (§4.1, howMany) it is sent, or what the package has become."""
    read = [
        (
            event,
            recipient_status(
                event.status,
                recipient.role,
                package,
                started=event.started_at is not None,
                ended=event.ended_at is not None,
            ),
        )
        for event in events
    ]
    acted = [pair for pair in read if pair[1] in _ACTED and pair[0].ended_at]
    refused = [pair for pair in acted if pair[1] is RecipientStatus.DECLINED]
    told = refused[:1] or acted or read[:1]
    status = told[0][1]
    if acted and not refused and len(acted) < needed:
        status = (after_end(recipient.role, package) if package else None) or RecipientStatus.SENT
    return tuple(event for event, _ in told), status


def _others(recipient: Recipient, events: Sequence[StepEvent]) -> Iterator[str]:
    """Who acted, where that is somebody else: a substitute, or members of a group. Somebody whom we met when a substitute
    stood in for them bears that one's name."""
    for event in events:
        name = f"{event.mgr_name} {event.mgr_surname}".strip()
        other = bool(event.from_mgr_external_id) or recipient.group is not None or recipient.met
        if other and name and name.casefold() != recipient.full_name.casefold():
            yield name


def reason_of(view: EnvelopeView) -> str | None:
    """What the one who refused wrote last."""
    refused = next((event for event in view.people if event.status.strip().upper() == "ERJ" and event.ended_at), None)
    return _reason(refused, view) if refused else None


def _reason(event: StepEvent, view: EnvelopeView) -> str | None:
    """What whoever refused wrote last; the notification's own note (§8.3.1) is certain, this is as near as a read comes."""
    who = (event.mgr_name.casefold(), event.mgr_surname.casefold())
    theirs = [note for note in view.notes if (note.name.casefold(), note.surname.casefold()) == who and note.text]
    return theirs[-1].text if theirs and any(who) else None  # nobody's note is nobody's reason
