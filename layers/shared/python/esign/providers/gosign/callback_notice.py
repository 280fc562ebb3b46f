"""What GoSign says when it calls us, whichever of its three ways it takes: REST in two formats, and SOAP (seeds/004 §7, §8).

A notice is a hint: it changes no status of a package. What the documents in it hold is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from esign.domain.package import Package
from esign.ports import ProviderNotice, RecipientSnapshot

REJECTED = "ENVELOPE_REJECTED"
KINDS: Mapping[str, str] = {
    "STEP_CLOSED": "a step is done",
    "SIGN_PROCESS_ENDED": "everybody signed",
    "SIGN_PROCESS_ENDED_WSUPPL": "everybody signed",  # §7.1 names it once, with no row in its table
    "VA_PROCESS_ENDED": "everybody approved or viewed",
    REJECTED: "somebody refused",
    "PROCESS_CANCELLED": "the secretariat cancelled it",
}
# The extended format has no type: its status tells (§8.3.2). Archived is what it was before.
STATUSES: Mapping[str, str] = {
    "PGS": "STEP_CLOSED",
    "WKD": "SIGN_PROCESS_ENDED",
    "REJ": REJECTED,
    "STP": "PROCESS_CANCELLED",
}
_LONGEST_NOTE = 2000  # characters


class Unreadable(ValueError):
    """What came is no call that GoSign's document knows; the text says why, in our words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is one of KINDS, or "" for what nobody knows; `note` is what a person typed who refused. `live_status` are
    step events with REST's names. `envelope` "" where a call was cut before its id."""

    envelope: str
    kind: str
    note: str | None = field(default=None, repr=False)
    live_status: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def of(self, settings: Mapping[str, Any]) -> ProviderNotice:
        """In our words, for an account with these settings."""
        return ProviderNotice(
            told=f"GoSign called: {KINDS.get(self.kind, 'something changed')}.",
            code=self.kind.lower() or "unknown_notification",
            reason=self.note,
            people=None if shows_people(settings) or not self.live_status else partial(people, self.live_status),
        )


def known_kind(word: object) -> str:
    return word if isinstance(word, str) and word in KINDS else ""


def kind_of_status(status: object, previous: object) -> str:
    """The notification type that the extended format leaves to us."""
    word = previous if status == "STO" else status
    return STATUSES.get(word, "") if isinstance(word, str) else ""


def rejection(kind: str, note: object) -> str | None:
    """The rejection note, of a rejection only (§8.3.1)."""
    return note.strip()[:_LONGEST_NOTE] or None if kind == REJECTED and isinstance(note, str) else None


def noted(live_status: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]]) -> str | None:
    """The last of an envelope's notes by whoever refused it."""
    from esign.providers.gosign.snapshot import reason_of
    from esign.providers.gosign.wire import EnvelopeView

    return reason_of(EnvelopeView.model_validate({"liveStatus": list(live_status), "notes": list(notes)}))


def shows_people(settings: Mapping[str, Any]) -> bool:
    """Whether a read tells how far each signer is. The OAuth2 doors do not, unless REST v1 reads beside them."""
    return settings.get("integration", "rest") not in {"oauth", "gosign5"} or bool(settings.get("companion"))


def people(live_status: Sequence[Mapping[str, Any]], package: Package) -> tuple[RecipientSnapshot, ...]:
    """Our recipients as the step events show them; events of people whom we do not know are left out."""
    from esign.providers.gosign.options import parse_options
    from esign.providers.gosign.snapshot import snapshot
    from esign.providers.gosign.wire import EnvelopeView

    view = EnvelopeView.model_validate({"externalId": package.id, "status": "PGS", "liveStatus": list(live_status)})
    return snapshot(package, view, parse_options(package.provider.options)).recipients
