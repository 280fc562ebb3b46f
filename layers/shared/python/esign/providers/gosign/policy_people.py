"""People whom a policy named, and nobody to us: what a step event of liveStatus tells of them (seeds/004 §4.1, §6.5).

Pure functions. A person is known by the step and by GoSign's id, the original's in a substitution (§7.1).
"""

from __future__ import annotations

from esign.domain.newcomers import NOT_YET
from esign.domain.recipient import Recipient, Role
from esign.providers.gosign.wire import ActionsResume, StepEvent

_LONGEST = 300  # characters of a name or an id
_WAITED = frozenset({"NEW", "PCD"})  # still to do, or no longer to be done


def person_of(event: StepEvent) -> Recipient | None:
    """Somebody who is no recipient yet; None: the event names nobody. A person's id is often their e-mail address.

    Steps count from 0, our signing order from 1.
    """
    known = (event.from_mgr_external_id or event.mgr_external_id).strip()[:_LONGEST]
    first, last = event.mgr_name.strip()[:_LONGEST], event.mgr_surname.strip()[:_LONGEST]
    if not (known or first or last):
        return None
    return Recipient(
        id=NOT_YET,
        external_id=known or None,
        first_name=first,
        last_name=last,
        email=known if _is_address(known) else None,
        role=_role(event.resume),
        signing_order=max(event.step_number, 0) + 1,
        met=True,
    )


def stood_by(event: StepEvent) -> bool:
    """Of an envelope that everybody signed: whether this person was not needed (one of several, howMany, §4.1).

    Where no acts are counted it cannot be told, and they count as done.
    """
    to_do = event.status.strip().upper() in _WAITED and event.ended_at is None
    return to_do and not event.resume.empty and event.resume.done == 0


def _role(told: ActionsResume) -> Role:
    """By what they have to do; a signature is expected of whom nothing is told, so that no file passes for want of one."""
    if told.signatures or told.empty:
        return Role.SIGNER
    return Role.VIEWER if told.views and not told.approvals else Role.APPROVER


def _is_address(text: str) -> bool:
    name, _, host = text.partition("@")
    return bool(name and host) and "@" not in host and not any(character.isspace() for character in text)
