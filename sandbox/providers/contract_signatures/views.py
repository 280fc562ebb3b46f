"""What the API and the webhooks say: seeds/002, Contract Object, Signer Object, Attachment Object. Pure."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sandbox.providers.contract_signatures.model import Attachment, Contract, Signer


def moment(at: datetime) -> str:
    """As in the examples: 2022-09-16T13:28:37.4951Z, without zeros at the end of the fraction."""
    text = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def contract(found: Contract, now: datetime, *, owner: str, address: str, otp_method: bool) -> dict[str, Any]:
    """[C] signers "Present only in the" Get Contract Interface: `listed` leaves them out."""
    people = [signer(each, found, owner=owner, address=address, otp_method=otp_method) for each in found.signers]
    return {**listed(found, now), "signers": people}


def listed(found: Contract, now: datetime) -> dict[str, Any]:
    seen = {
        "id": found.id,
        "templateId": found.template_id,
        "collectionId": found.collection_id,
        "name": found.name,
        "createdById": found.creator,
        "creationTimestamp": moment(found.created),
        "expirationTimestamp": moment(found.expires),
        "sequentialSigning": found.sequential,
        "archivalTimestamp": moment(found.archived) if found.archived else None,
        "status": found.shown_as or found.status(now),
        "finalizedPdf": attachment(found.finalized),
        "certificatePdf": attachment(found.certificate),
    }
    return _present(seen)


def signer(each: Signer, found: Contract, *, owner: str, address: str, otp_method: bool) -> dict[str, Any]:
    """[C] accessUrl: only "when a web API key owner is the same as the contractor creator" and accessKind is url."""
    by_link = each.access_kind == "url" and owner == found.creator
    seen = {
        "fullName": each.full_name,
        "accessKind": each.access_kind,
        "email": each.email,
        "phone": each.phone,
        "accessUrl": f"{address}/sign?contract={found.id}&secret={each.secret}" if by_link else None,
        "decision": each.decision,
        "decisionTimestamp": moment(each.decided_at) if each.decided_at else None,
        "decisionIp": each.ip,
        "otpMethod": otp_kind(each) if otp_method else None,
    }
    return _present(seen)


def otp_kind(each: Signer) -> str:
    """[C] to the phone, else to the e-mail address; a signer by URL may have neither."""
    return "sms" if each.phone else "email" if each.email else "none"


def attachment(found: Attachment | None) -> dict[str, Any] | None:
    if found is None:
        return None
    seen = {
        "id": found.id,
        "version": found.version,
        "creationTimestamp": moment(found.created),
        "sha3": found.sha3,
    }
    return _present(seen)


def event(found: Contract, kind: str, *, host: str, now: datetime, decided: Signer | None) -> dict[str, Any]:
    """contracts/contract-signatures.md §2.6; of the signer objects only `ordinal` is known."""
    people = [{"ordinal": number} for number, each in enumerate(found.signers, 1) if decided is None or each is decided]
    return {
        "eventUuid": str(uuid.uuid4()),
        "eventTimestamp": moment(now),
        "hostUrl": host,
        "collectionId": found.collection_id,
        "templateId": found.template_id,
        "contractId": found.id,
        "contractName": found.name,
        "eventType": kind,
        **({} if kind == "creation" else {"signers": people}),
    }


def _present(seen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in seen.items() if value is not None}
