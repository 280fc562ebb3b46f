"""What a contract means to us: pure functions from the vendor's view to a `Snapshot`."""

from __future__ import annotations

from dataclasses import replace

from esign.domain.ids import RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Recipient, Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import RecipientSnapshot, Snapshot
from esign.providers.contract_signatures.request import one_name, signers_of
from esign.providers.contract_signatures.status import contract_status, signer_status
from esign.providers.contract_signatures.wire import Contract, Signer

Paired = tuple[tuple[Recipient, Signer], ...]


def snapshot(package: Package, contract: Contract) -> Snapshot:
    """An unknown word for the whole is status None; one for a person, status None for that person."""
    status = contract_status(contract.status)
    people = [_seen(pair, contract, status) for pair in paired(package, contract)]
    return Snapshot(
        status, contract.status, (*people, *_copies(package, status)), expires_at=contract.expiration_timestamp
    )


def withdrawn(package: Package) -> Snapshot:
    """Of a contract that is gone because we deleted it; what somebody did before that stays."""
    people = tuple(RecipientSnapshot(person.id, RecipientStatus.CANCELLED) for person in signers_of(package))
    return Snapshot(PackageStatus.CANCELLED, "deleted", people)


def signer_of(package: Package, contract: Contract, recipient: RecipientId) -> Signer | None:
    return next((signer for person, signer in paired(package, contract) if person.id == recipient), None)


def paired(package: Package, contract: Contract) -> Paired:
    """Our signers and theirs. The vendor keeps no id of ours: by name and address, and by place where two are alike.

    Whoever is not found alike is paired by address alone, then left out.
    """
    left = list(contract.signers)
    found: dict[RecipientId, Signer] = {}
    for alike in (_same, _same_address):
        for person in signers_of(package):
            match = next((signer for signer in left if person.id not in found and alike(person, signer)), None)
            if match is not None:
                left.remove(match)
                found[person.id] = match
    return tuple((person, found[person.id]) for person in package.recipients if person.id in found)


def _same(person: Recipient, signer: Signer) -> bool:
    return signer.full_name.casefold() == one_name(person).casefold() and (
        signer.email.casefold() == (person.email or "").casefold()
    )


def _same_address(person: Recipient, signer: Signer) -> bool:
    return bool(person.email) and signer.email.casefold() == (person.email or "").casefold()


def _seen(pair: tuple[Recipient, Signer], contract: Contract, status: PackageStatus | None) -> RecipientSnapshot:
    person, signer = pair
    seen = RecipientSnapshot(
        person.id,
        signer_status(signer.decision, status, waits=_waits(signer, contract)),
        ip_address=signer.decision_ip or None,
    )
    if seen.status is not RecipientStatus.SIGNED:
        return seen
    return replace(seen, signed_at=signer.decision_timestamp, signed_with=_method(signer))


def _waits(signer: Signer, contract: Contract) -> bool:
    """In a sequence the first who has not decided is the one who was asked."""
    undecided = (one for one in contract.signers if not one.decision)
    return contract.sequential_signing and next(undecided, None) is not signer


def _method(signer: Signer) -> str | None:
    """How the code came. A phone turns SMS on, else it goes to the address (seeds/002, Signer Creation Object)."""
    return signer.otp_method or (signer.phone and "sms") or (signer.email and "email") or None


def _copies(package: Package, status: PackageStatus | None) -> tuple[RecipientSnapshot, ...]:
    """Watchers are not shown; they were told when the contract was made."""
    if status not in {PackageStatus.IN_PROCESS, PackageStatus.SIGNED}:
        return ()
    return tuple(RecipientSnapshot(r.id, RecipientStatus.SENT) for r in package.recipients if r.role is Role.CC)
