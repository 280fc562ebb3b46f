"""eSignTools' status words and ours, and what several agreements say together. Tables and pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from esign.domain.status import PackageStatus, RecipientStatus

OPEN, CLOSED, ABORTED, DELETED, ABANDONED = "OPEN", "CLOSED", "ABORTED", "DELETED", "ABANDONED"

# seeds/003, AgreementDTO, status. DELETED: by a DELETE call, which is a withdrawal if Coupa asked for it.
AGREEMENT: dict[str, PackageStatus] = {
    OPEN: PackageStatus.IN_PROCESS,
    CLOSED: PackageStatus.SIGNED,
    ABORTED: PackageStatus.DECLINED,
    DELETED: PackageStatus.DELETED,
    ABANDONED: PackageStatus.EXPIRED,
}

# seeds/003, RecipientStatusDTO, status
RECIPIENT: dict[str, RecipientStatus] = {
    "WAITING": RecipientStatus.SENT,
    "SIGNED": RecipientStatus.SIGNED,
    "REFUSED": RecipientStatus.DECLINED,
}

# What becomes of those who had not acted when their agreement ended.
_AFTER_END = {
    PackageStatus.DECLINED: RecipientStatus.CANCELLED,
    PackageStatus.DELETED: RecipientStatus.CANCELLED,
    PackageStatus.EXPIRED: RecipientStatus.EXPIRED,
}
# contracts/esigntools.md §3.6: the first that any agreement shows decides; SIGNED is left when all are.
_DECIDING = (PackageStatus.DECLINED, PackageStatus.EXPIRED, PackageStatus.IN_PROCESS, PackageStatus.DELETED)
_LEAST = (
    RecipientStatus.DECLINED,
    RecipientStatus.EXPIRED,
    RecipientStatus.CANCELLED,
    RecipientStatus.WAITING,
    RecipientStatus.SENT,
)


def word(status: str) -> str:
    """As it is compared."""
    return status.strip().upper()


def package_status(words: Sequence[str], *, withdrawn: bool) -> PackageStatus | None:
    """Of all agreements of a package. None: one of them says a word that nobody knows; the last status then stays."""
    known = [AGREEMENT.get(word(each)) for each in words]
    if not known or None in known:
        return None
    status = next((deciding for deciding in _DECIDING if deciding in known), PackageStatus.SIGNED)
    return PackageStatus.CANCELLED if status is PackageStatus.DELETED and withdrawn else status


def recipient_status(status: str, agreement: str, *, turn: bool) -> RecipientStatus | None:
    """In one agreement; `turn`: its current step has reached theirs. None: an unknown word."""
    known = RECIPIENT.get(word(status))
    if known is not RecipientStatus.SENT:
        return known
    end = AGREEMENT.get(word(agreement))
    if end in _AFTER_END:
        return _AFTER_END[end]
    return RecipientStatus.SENT if turn else RecipientStatus.WAITING


def least_advanced(statuses: Sequence[RecipientStatus | None]) -> RecipientStatus | None:
    """Over the agreements of one person. A refusal counts first: it ends the package."""
    if None in statuses or not statuses:
        return None
    return next((least for least in _LEAST if least in statuses), RecipientStatus.SIGNED)
