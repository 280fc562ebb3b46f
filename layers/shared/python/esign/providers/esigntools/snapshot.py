"""What the agreements of a package mean to us: pure functions from their views to a `Snapshot`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import RecipientSnapshot, Snapshot
from esign.providers.esigntools.people import signers, signers_of, steps
from esign.providers.esigntools.status import DELETED, least_advanced, package_status, recipient_status, word
from esign.providers.esigntools.wire import AgreementView, RecipientView

Views = Sequence[tuple[DocumentId, AgreementView]]


def snapshot(package: Package, views: Views) -> Snapshot:
    """One status over all agreements; of each person the least advanced state. Times and reasons are never shown."""
    words = [view.status for _, view in views]
    status = package_status(words, withdrawn=package.withdrawing)
    seen = defaultdict[RecipientId, list[RecipientStatus | None]](list)
    for document, view in views:
        people = signers_of(package, document)
        if _is_gone(view) and status not in {None, PackageStatus.IN_PROCESS}:  # until then a 404 may be a mistake
            for person in people:
                seen[person.id].append(RecipientStatus.CANCELLED)
        for person, shown in paired(people, view.recipients):
            turn = (shown.step or 0) <= (view.current_step if view.current_step is not None else shown.step or 0)
            seen[person.id].append(recipient_status(shown.status, view.status, turn=turn))
    return Snapshot(
        status,
        ", ".join(dict.fromkeys(words)),
        tuple(RecipientSnapshot(r.id, least_advanced(seen[r.id])) for r in signers(package) if r.id in seen),
    )


def _is_gone(view: AgreementView) -> bool:
    """Or shown deleted with nobody in it, which says as little."""
    return word(view.status) == DELETED and not view.recipients


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
