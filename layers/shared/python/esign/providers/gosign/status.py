"""GoSign's status words and ours. Tables and pure functions; nothing here calls anybody.

REST v1 and the notifications write three letters, the OAuth2 doors words (seeds/004 §4.1, §8.3.2, §9.6). Meaning:
contracts/gosign.md §1.6.
"""

from __future__ import annotations

from collections.abc import Mapping

from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.gosign.wire import EnvelopeView

_P = PackageStatus

PACKAGE: Mapping[str, PackageStatus] = {
    "DRF": _P.DRAFT, "DRAFT": _P.DRAFT,
    "TMP": _P.DRAFT, "TEMPORARY": _P.DRAFT,
    "PGS": _P.IN_PROCESS, "IN_PROGRESS": _P.IN_PROCESS,
    "TO_CONFIRM": _P.IN_PROCESS,
    "TRJ": _P.IN_PROCESS, "TO_REJECT": _P.IN_PROCESS,  # it can still be worked on (§4.1, availableToWork)
    "WKD": _P.SIGNED, "WORKED": _P.SIGNED,
    "REJ": _P.DECLINED, "REJECTED": _P.DECLINED,
    "EXP": _P.EXPIRED, "EXPIRED": _P.EXPIRED,
    "STP": _P.CANCELLED, "CANCELLED": _P.CANCELLED,
    "DEL": _P.DELETED, "DELETED": _P.DELETED,
    "TOE": _P.DELETED, "TO_ERASE": _P.DELETED,
}  # fmt: skip

STORED = frozenset({"STO", "STORED"})
_BEFORE_STORED = frozenset({"WKD", "REJ", "STP"})  # §8.3.2, Archived envelope

# liveStatus; §4.1 prints NEW for four states, so NEW is read together with its times.
_DONE = {
    Role.SIGNER: RecipientStatus.SIGNED,
    Role.APPROVER: RecipientStatus.APPROVED,
    Role.VIEWER: RecipientStatus.VIEWED,
}
_AFTER_END = {
    _P.CANCELLED: RecipientStatus.CANCELLED,
    _P.DELETED: RecipientStatus.CANCELLED,
    _P.DECLINED: RecipientStatus.CANCELLED,
    _P.EXPIRED: RecipientStatus.EXPIRED,
}
_OPEN = frozenset({RecipientStatus.WAITING, RecipientStatus.SENT})


def status_of(view: EnvelopeView) -> PackageStatus | None:
    """What an envelope is as a whole. None: nobody knows."""
    return package_status(view.status, previous=view.previous_status, closed=_ended_well(view))


def _ended_well(view: EnvelopeView) -> bool:
    """Whether everybody did their part: the process is closed, not cancelled (§4.1, process.status), and nobody refused.

    A time of completion tells it only where no process is shown, and nobody's part was cancelled: any end may have one.
    """
    words = {event.status.strip().upper() for event in view.people}
    if "ERJ" in words:
        return False
    if view.process.status:
        return view.process.status.strip().upper() == "C"
    return view.completed_at is not None and "PCD" not in words


def package_status(word: str, *, previous: str = "", closed: bool = False) -> PackageStatus | None:
    """None: nobody knows. An archived envelope is what it was before; without that only a `closed` process tells."""
    word = word.strip().upper()
    if word not in STORED:
        return PACKAGE.get(word)
    if previous.strip().upper() in _BEFORE_STORED:
        return PACKAGE[previous.strip().upper()]
    return PackageStatus.SIGNED if closed and not previous else None


def recipient_status(
    word: str, role: Role, package: PackageStatus | None, *, started: bool, ended: bool
) -> RecipientStatus | None:
    """`package` is the status of the whole. None: an unknown word of an envelope that is still open."""
    status = _by_word(word.strip().upper(), role, started=started, ended=ended)
    if (status is None or status in _OPEN) and package is not None:
        return after_end(role, package) or status
    return status


def _by_word(word: str, role: Role, *, started: bool, ended: bool) -> RecipientStatus | None:
    match word:
        case "NEW":
            return RecipientStatus.SENT if started else RecipientStatus.WAITING
        case "TCF":  # done, and not confirmed yet
            return RecipientStatus.SENT
        case "WKD":
            return done(role)
        case "ERJ":
            return RecipientStatus.DECLINED if ended else RecipientStatus.CANCELLED
        case "PCD":
            return RecipientStatus.CANCELLED
        case _:
            return None


def done(role: Role) -> RecipientStatus:
    return _DONE.get(role, RecipientStatus.SENT)


def after_end(role: Role, package: PackageStatus) -> RecipientStatus | None:
    """What becomes of somebody who was not said to have acted when the package ended; None: it has not ended."""
    return done(role) if package is PackageStatus.SIGNED else _AFTER_END.get(package)
