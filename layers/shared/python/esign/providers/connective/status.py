"""Connective's status words and ours. Tables and pure functions; nothing here calls anybody.

Compared without regard to case: the list writes DRAFT where the status call writes Draft (contracts/connective.md §A2),
v3 writes Inprogress where v4 writes InProgress (§A3).
"""

from __future__ import annotations

from esign.domain.status import PackageStatus, RecipientStatus

# contracts/connective.md §A3, PackageStatus of v3 (5.5) and v4 (7.1-7.6); meaning: §A8.
PACKAGE: dict[str, PackageStatus] = {
    "draft": PackageStatus.DRAFT,
    "pending": PackageStatus.IN_PROCESS,
    "inprogress": PackageStatus.IN_PROCESS,
    "ending": PackageStatus.IN_PROCESS,
    "finished": PackageStatus.SIGNED,
    "archived": PackageStatus.SIGNED,
    "rejected": PackageStatus.DECLINED,
    "revoked": PackageStatus.CANCELLED,
    "expired": PackageStatus.EXPIRED,
    "failed": PackageStatus.FAILED,
}

# contracts/connective.md §A3, ActorStatus; meaning: §A8. Inprogress: the signature is being made in the background.
ACTOR: dict[str, RecipientStatus] = {
    "draft": RecipientStatus.CREATED,
    "waiting": RecipientStatus.WAITING,
    "available": RecipientStatus.SENT,
    "inprogress": RecipientStatus.SENT,
    "finished": RecipientStatus.SIGNED,
    "rejected": RecipientStatus.DECLINED,
    "skipped": RecipientStatus.SKIPPED,
    "failed": RecipientStatus.FAILED,
}

# What becomes of those who had not acted when the package ended.
_AFTER_END = {
    PackageStatus.CANCELLED: RecipientStatus.CANCELLED,
    PackageStatus.DECLINED: RecipientStatus.CANCELLED,
    PackageStatus.EXPIRED: RecipientStatus.EXPIRED,
}
# Of several steps of one person the first of these counts: what ends a package, then what is still to do.
_LEAST = (
    None,
    RecipientStatus.DECLINED,
    RecipientStatus.FAILED,
    RecipientStatus.EXPIRED,
    RecipientStatus.CANCELLED,
    RecipientStatus.CREATED,
    RecipientStatus.WAITING,
    RecipientStatus.SENT,
    RecipientStatus.SKIPPED,
    RecipientStatus.APPROVED,
    RecipientStatus.SIGNED,
)
_OPEN = {RecipientStatus.CREATED, RecipientStatus.WAITING, RecipientStatus.SENT}


def package_status(word: str) -> PackageStatus | None:
    """None: nobody knows this word; the last status then stays."""
    return PACKAGE.get(word.strip().lower())


def started(word: str) -> bool:
    """Whether the package has ever been out for signature; an unknown word counts as started, for caution."""
    return package_status(word) is not PackageStatus.DRAFT


def recipient_status(word: str, actor_type: str, package: PackageStatus | None) -> RecipientStatus | None:
    """`actor_type` as Connective says it; `package` is the status of the whole. None: an unknown word."""
    status = ACTOR.get(word.strip().lower())
    if status is RecipientStatus.CREATED and package is PackageStatus.IN_PROCESS:
        status = RecipientStatus.WAITING  # v3 lists no Waiting: whose turn has not come is still Draft
    if gets_copy(actor_type):  # "Finished" is not a signature
        return RecipientStatus.SENT if status is RecipientStatus.SIGNED else status
    if status is RecipientStatus.SIGNED and actor_type.lower() == "approver":
        return RecipientStatus.APPROVED
    if status in _OPEN and package is not None:
        return _AFTER_END.get(package, status)
    return status


def gets_copy(actor_type: str) -> bool:
    """A receiver does nothing."""
    return actor_type.lower() == "receiver"


def advancement(status: RecipientStatus | None) -> int:
    """How far a step of one person is, against others of theirs; an unknown word is least."""
    return _LEAST.index(status) if status in _LEAST else 0
