"""What the agreements of a package mean to us: pure functions from their views to a `Snapshot`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import RecipientStatus
from esign.ports import RecipientSnapshot, Snapshot
from esign.providers.esigntools.people import signers, signers_of, steps
from esign.providers.esigntools.status import DELETED, least_advanced, package_status, recipient_status
from esign.providers.esigntools.wire import AgreementView, RecipientView

Views = Sequence[tuple[DocumentId, AgreementView]]


def snapshot(package: Package, views: Views) -> Snapshot:
    """One status over all agreements; of each person the least advanced state. Times and reasons are never shown."""
    words = [view.status for _, view in views]
    seen = defaultdict[RecipientId, list[RecipientStatus | None]](list)
    for document, view in views:
        for person, shown in paired(signers_of(package, document), view.recipients):
            turn = (shown.step or 0) <= (view.current_step if view.current_step is not None else shown.step or 0)
            seen[person.id].append(recipient_status(shown.status, view.status, turn=turn))
    return Snapshot(
        package_status(words, withdrawn=package.withdrawing),
        ", ".join(dict.fromkeys(words)),
        tuple(RecipientSnapshot(r.id, least_advanced(seen[r.id])) for r in signers(package) if r.id in seen),
    )


def gone(package: Package, document: DocumentId, agreement: str) -> AgreementView:
    """One that eSignTools has no more (seeds/003, Agreements settings, 404), as it would show it deleted by then."""
    people = [
        RecipientView(
            email=person.email or "", firstname=person.first_name, lastname=person.last_name, status="WAITING"
        )
        for person in signers_of(package, document)
    ]
    return AgreementView(id=agreement, status=DELETED, recipients=people)


def paired(people: Sequence[Recipient], shown: Sequence[RecipientView]) -> Iterator[tuple[Recipient, RecipientView]]:
    """eSignTools has no reference of ours: by e-mail address, of several with the same one the one most alike."""
    turn, free = steps(people), list(shown)
    for person in people:
        address = (person.email or "").casefold()
        same = [other for other in free if other.email.casefold() == address]
        if not same:
            continue
        best = min(same, key=lambda other: _differences(person, turn[person.id], other))
        free.remove(best)
        yield person, best


def _differences(person: Recipient, step: int, shown: RecipientView) -> int:
    names = (person.first_name, person.last_name) != (shown.firstname, shown.lastname)
    return 2 * names + (shown.step not in {None, step})
