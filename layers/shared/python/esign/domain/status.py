"""The life cycle of a package and of a recipient, as Coupa sees it, with the legal moves.

Source: contracts/coupa.md §2, Package and Recipient. There is no UNKNOWN: a vendor status that nobody knows keeps the
last status and sets `attention`.
"""

from __future__ import annotations

from enum import StrEnum


class PackageStatus(StrEnum):
    DRAFT = "DRAFT"
    SENDING = "SENDING"
    IN_PROCESS = "IN_PROCESS"
    SIGNED = "SIGNED"
    COMPLETE = "COMPLETE"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"
    FAILED = "FAILED"


_S = PackageStatus

# Every legal move; a status that is no key here is left by nobody.
MOVES: dict[PackageStatus, frozenset[PackageStatus]] = {
    _S.DRAFT: frozenset({_S.SENDING, _S.DELETED}),
    _S.SENDING: frozenset({_S.DRAFT, _S.IN_PROCESS, _S.FAILED, _S.CANCELLED, _S.DELETED}),
    _S.IN_PROCESS: frozenset({_S.SIGNED, _S.DECLINED, _S.EXPIRED, _S.CANCELLED, _S.DELETED, _S.FAILED}),
    # A person may decide that rejected evidence cannot be mended; the provider may still fail the envelope.
    _S.SIGNED: frozenset({_S.COMPLETE, _S.FAILED, _S.CANCELLED}),
    # Only by `esign packages accept`: a provider that reopens or finishes an expired envelope raises attention first.
    _S.EXPIRED: frozenset({_S.IN_PROCESS, _S.SIGNED}),
}

FINAL = frozenset({_S.COMPLETE, _S.DECLINED, _S.CANCELLED, _S.DELETED, _S.FAILED})
CLOSED = FINAL | {_S.EXPIRED}  # nobody can sign any more
OPEN_AT_PROVIDER = frozenset({_S.IN_PROCESS, _S.SIGNED})

# Lifecycle rank: a read of the provider moves a package forwards only.
RANK: dict[PackageStatus, int] = {
    _S.DRAFT: 0, _S.SENDING: 1, _S.IN_PROCESS: 2, _S.SIGNED: 3, _S.EXPIRED: 4,
    _S.COMPLETE: 5, _S.DECLINED: 5, _S.CANCELLED: 5, _S.DELETED: 5, _S.FAILED: 5,
}  # fmt: skip

# contracts/coupa.md §2: `signingStatus` of the summary.
SIGNING_STATUS: dict[PackageStatus, str] = {
    _S.DRAFT: "NOT SENT",
    _S.SENDING: "IN PROCESS",
    _S.IN_PROCESS: "IN PROCESS",
    _S.SIGNED: "SIGNED",
    _S.COMPLETE: "SIGNED",
    _S.DECLINED: "DECLINED",
    _S.EXPIRED: "EXPIRED",
    _S.CANCELLED: "CANCELLED",
    _S.DELETED: "DELETED",
    _S.FAILED: "FAILED",
}


def may_move(before: PackageStatus, after: PackageStatus) -> bool:
    return after in MOVES.get(before, frozenset())


class RecipientStatus(StrEnum):
    CREATED = "CREATED"
    WAITING = "WAITING"
    SENT = "SENT"
    VIEWED = "VIEWED"
    SIGNED = "SIGNED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    SKIPPED = "SKIPPED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


RECIPIENT_DONE = frozenset({RecipientStatus.SIGNED, RecipientStatus.APPROVED})
RECIPIENT_FINAL = RECIPIENT_DONE | {
    RecipientStatus.DECLINED,
    RecipientStatus.SKIPPED,
    RecipientStatus.EXPIRED,
    RecipientStatus.CANCELLED,
    RecipientStatus.FAILED,
}


class DocumentStatus(StrEnum):
    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    STORED = "STORED"


class Attention(StrEnum):
    """What a person should look at (contracts/coupa.md §2, `attention`)."""

    OUTCOME_UNKNOWN = "outcome_unknown"
    UNKNOWN_PROVIDER_STATUS = "unknown_provider_status"
    STUCK = "stuck"
    EVIDENCE_REJECTED = "evidence_rejected"
    CREDENTIALS_REFUSED = "credentials_refused"
    DELIVERY_DISABLED = "delivery_disabled"
    SIGNERS_SKIPPED = "signers_skipped"
    CHANGED_AFTER_END = "changed_after_end"
