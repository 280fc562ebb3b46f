"""Contract Signatures' status words and ours. Tables and pure functions; nothing here calls anybody."""

from __future__ import annotations

from esign.domain.status import PackageStatus, RecipientStatus

# contracts/contract-signatures.md §2.3, Contract status; meaning: §2.5. `uncompleted` is what the app calls an expired
# contract since 2025; no document lists it for the API.
CONTRACT: dict[str, PackageStatus] = {
    "sent": PackageStatus.IN_PROCESS,
    "ongoing": PackageStatus.IN_PROCESS,
    "rejected": PackageStatus.DECLINED,
    "signed": PackageStatus.SIGNED,
    "expired": PackageStatus.EXPIRED,
    "uncompleted": PackageStatus.EXPIRED,
}

# seeds/002, Signer Object, decision.
DECISION: dict[str, RecipientStatus] = {
    "signed": RecipientStatus.SIGNED,
    "rejected": RecipientStatus.DECLINED,
}

# What becomes of those who had not decided when the contract ended.
_AFTER_END = {
    PackageStatus.DECLINED: RecipientStatus.CANCELLED,
    PackageStatus.EXPIRED: RecipientStatus.EXPIRED,
}


def contract_status(word: str) -> PackageStatus | None:
    """None: nobody knows this word; the last status then stays."""
    return CONTRACT.get(word.strip().lower())


def signer_status(decision: str, contract: PackageStatus | None, *, waits: bool) -> RecipientStatus | None:
    """`decision` empty: none yet; `waits`: in a sequence, somebody before has not decided. None: not known."""
    if decision:
        return DECISION.get(decision.strip().lower())
    if contract is PackageStatus.IN_PROCESS:
        return RecipientStatus.WAITING if waits else RecipientStatus.SENT
    return _AFTER_END.get(contract) if contract else None
