"""What a package at Connective means to us: pure functions from its view to a `Snapshot`."""

from __future__ import annotations

from esign.domain.ids import RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import RECIPIENT_DONE, PackageStatus, RecipientStatus
from esign.ports import RecipientSnapshot, Snapshot
from esign.providers.connective.status import advancement, gets_copy, package_status, recipient_status
from esign.providers.connective.wire import Actor, PackageView, Stakeholder


def snapshot(package: Package, view: PackageView) -> Snapshot:
    """An unknown word for the whole is status None; one for a person, status None for that person."""
    status = package_status(view.status)
    shown = _paired(package, view)
    people = tuple(
        _recipient(recipient, person, _telling(person, status), status)
        for recipient in package.recipients
        if (person := shown.get(recipient.id)) and person.actors
    )
    return Snapshot(status, view.status, people, _reason(view), view.expires_at)


def _paired(package: Package, view: PackageView) -> dict[RecipientId, Stakeholder]:
    """Whose step is whose. Somebody whom a step was reassigned to may be a new stakeholder, without our reference: the one
    left over is the one recipient left over. More are not guessed; who is then not seen to sign is missing at the end."""
    found = {recipient.id: person for recipient in package.recipients if (person := _person(recipient, view))}
    missing = [recipient for recipient in package.recipients if recipient.id not in found]
    new = [person for person in view.stakeholders if not any(person is known for known in found.values())]
    if len(missing) == len(new) == 1 and missing[0].acts == any(map(_acts, new[0].actors)):
        found[missing[0].id] = new[0]
    return found


def _person(recipient: Recipient, view: PackageView) -> Stakeholder | None:
    """By our reference; by the only matching e-mail address where Connective shows no reference at all."""
    named = next((person for person in view.stakeholders if person.reference == recipient.id), None)
    if named or any(person.reference for person in view.stakeholders) or not recipient.email:
        return named
    same = [person for person in view.stakeholders if person.email.lower() == recipient.email.lower()]
    return same[0] if len(same) == 1 else None


def _telling(person: Stakeholder, package: PackageStatus | None) -> Actor:
    """Of several steps, such as one that somebody else handed over, the least advanced; a copy is no step beside others."""
    steps = [actor for actor in person.actors if _acts(actor)] or person.actors
    return min(steps, key=lambda actor: advancement(recipient_status(actor.status, actor.type, package)))


def _acts(actor: Actor) -> bool:
    return not gets_copy(actor.type)


def _recipient(
    recipient: Recipient, person: Stakeholder, actor: Actor, package: PackageStatus | None
) -> RecipientSnapshot:
    status = recipient_status(actor.status, actor.type, package)
    declined = status is RecipientStatus.DECLINED
    return RecipientSnapshot(
        recipient=recipient.id,
        status=status,
        signed_at=actor.completed_at if status in RECIPIENT_DONE else None,
        signed_with=next((place.used_signing_type for place in actor.locations if place.used_signing_type), None),
        acted_by=_acted_by(recipient, person, actor),
        decline_reason=actor.reason if declined and actor.reason else None,
    )


def _acted_by(recipient: Recipient, person: Stakeholder, actor: Actor) -> str | None:
    """Who acted, where that is somebody else: a member of a group, or whom the step was reassigned to.

    CompletedBy is only filled for methods that identify the signer (contracts/connective.md §A2).
    """
    name = actor.completed_by.strip()
    if name and name.casefold() != recipient.full_name.casefold():
        return name
    moved = recipient.email and person.email and person.email.casefold() != recipient.email.casefold()
    return person.email if moved and not recipient.group else None


def _reason(view: PackageView) -> str | None:
    """The text of whoever moved the package to a final state."""
    return next((actor.reason for person in view.stakeholders for actor in person.actors if actor.reason), None)
