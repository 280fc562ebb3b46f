"""Small builders of readable domain objects; every field can be said otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.document import Document
from esign.domain.events import EntryKind, Event, EventType, TimelineEntry
from esign.domain.ids import AccountId, PackageId, document_id, new_package_id, recipient_id, ulid
from esign.domain.package import Package, ProviderState
from esign.domain.recipient import Recipient
from esign.domain.status import DocumentStatus, PackageStatus
from tests.fakes.clock import START

ACME = AccountId("acme")
GLOBEX = AccountId("globex")


def a_package(**changes: Any) -> Package:
    """A draft of ACME without documents or recipients; a new id each time."""
    now = changes.get("created_at", START)
    known: dict[str, Any] = {
        "id": new_package_id(now),
        "account": ACME,
        "name": "Frame contract",
        "status": PackageStatus.DRAFT,
        "created_at": now,
        "updated_at": now,
        "provider": ProviderState("connective"),
    }
    return Package(**known | changes)


def a_full_package(**changes: Any) -> Package:
    """A draft with one document and one signer: the default configuration that must work everywhere."""
    package = a_package(**changes)
    known: dict[str, Any] = {
        "documents": (a_document(package.id),),
        "recipients": (a_recipient(package.id),),
    }
    return a_package(**{"id": package.id} | known | changes)


def a_document(package: PackageId, number: int = 1, **changes: Any) -> Document:
    known: dict[str, Any] = {
        "id": document_id(package, number),
        "external_id": f"doc-{number}",
        "name": f"contract-{number}.pdf",
        "content_type": "application/pdf",
        "order": number,
        "status": DocumentStatus.STORED,
        "size": 24_137,
        "sha256": "ab" * 32,
        "pages": 2,
        "key": f"acme/{package}/{number:02d}",
    }
    return Document(**known | changes)


def a_recipient(package: PackageId, number: int = 1, **changes: Any) -> Recipient:
    known: dict[str, Any] = {
        "id": recipient_id(package, number),
        "external_id": f"signer-{number}",
        "first_name": "Anna",
        "last_name": f"Berg{number}",
        "email": f"anna.berg{number}@example.com",
        "signing_order": number,
    }
    return Recipient(**known | changes)


def an_account(**changes: Any) -> Account:
    known: dict[str, Any] = {"id": ACME, "name": "Acme", "provider": "connective", "created_at": START}
    return Account(**known | changes)


def an_event(package: Package, sequence: int = 1, **changes: Any) -> Event:
    known: dict[str, Any] = {
        "id": f"evt_{package.id}_{sequence}",
        "type": EventType.PACKAGE_SENT,
        "sequence": sequence,
        "occurred_at": START,
        "account": package.account,
        "package": package.id,
        "external_id": package.external_id,
        "status": PackageStatus.IN_PROCESS,
        "previous_status": PackageStatus.SENDING,
    }
    return Event(**known | changes)


def an_entry(text: str = "Coupa created the package.", at: datetime = START, **changes: Any) -> TimelineEntry:
    known: dict[str, Any] = {"id": ulid(at), "at": at, "kind": EntryKind.COUPA_CALL, "text": text}
    return TimelineEntry(**known | changes)
