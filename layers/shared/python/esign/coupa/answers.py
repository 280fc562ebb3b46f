"""The schemas of what Coupa reads, for openapi.json and the tests: the same as `esign.coupa.views` and `reports` write.

No function imports this. Absent members are left out, never null.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import pydantic

from esign.coupa.models_recipients import AnchorShape, FormFieldShape, RectangleShape, ZoneShape
from esign.coupa.wire import Wire
from esign.domain.capabilities import Feature
from esign.domain.document import FileKind
from esign.domain.events import EntryKind, EventType
from esign.domain.recipient import Authentication, Delivery, FieldType, Role
from esign.domain.status import Attention, DocumentStatus, PackageStatus, RecipientStatus

Figure = Annotated[int, pydantic.Field(ge=0, le=2**53 - 1)]
Base64 = Annotated[str, pydantic.Field(json_schema_extra={"contentEncoding": "base64"})]


class SigningStatus(StrEnum):
    """The values of `status.SIGNING_STATUS`; a test compares."""

    NOT_SENT = "NOT SENT"
    IN_PROCESS = "IN PROCESS"
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    DELETED = "DELETED"
    FAILED = "FAILED"


class Registration(StrEnum):
    AUTOMATIC = "automatic"
    MANUAL = "manual"


def absent(about: str | None = None) -> Any:  # noqa: ANN401 - pydantic's own return type
    """A member that may be left out, and is never null: its type stays as it is declared."""
    return pydantic.Field(default=None, description=about)


class Message(Wire):
    subject: str = absent()
    text: str = absent()


class Reminders(Wire):
    first_after_days: Figure = absent()
    every_days: Figure = absent()


class AttentionNote(Wire):
    """What a person should look at, and what to do next."""

    code: Attention
    since: datetime
    next_step: str


class ProviderState(Wire):
    """The package at its provider; `status` is the provider's own word."""

    name: str
    reference: list[str] = absent("the ids that the provider gave")
    status: str = absent()
    options: dict[str, Any] = absent()


class Callback(Wire):
    """Where Coupa hears of events; no events means all. Credentials are never shown."""

    url: str
    events: list[EventType]
    disabled_at: datetime = absent()
    reason: str = absent()


class Upload(Wire):
    """How to PUT the bytes: with exactly these headers, until it expires."""

    method: str
    url: str
    headers: Annotated[dict[str, str], pydantic.Field(max_length=20)]
    expires_at: datetime


class Template(Wire):
    """A document that the provider makes itself."""

    id: str


class Document(Wire):
    """A document of a package."""

    id: str
    name: str
    external_id: str = absent()
    content_type: str
    size: Figure = absent("bytes")
    sha256: str = absent("hex")
    pages: Figure = absent()
    order: Figure
    status: DocumentStatus
    template: Template = absent()
    upload: Upload = absent("only in the answer of addDocuments")


class Field(Wire):
    """Where a recipient acts; exactly one of the four places."""

    document_id: str
    type: FieldType
    rectangle: RectangleShape = absent()
    anchor: AnchorShape = absent()
    form_field: FormFieldShape = absent()
    zone: ZoneShape = absent()


class GroupMember(Wire):
    first_name: str
    last_name: str
    email: str
    language: str = absent()


class Group(Wire):
    """Any one of the members acts."""

    name: str
    members: list[GroupMember]


class ProviderMethod(Wire):
    """A provider's own way to authenticate."""

    provider: str
    method: str


class Recipient(Wire):
    """A person or group, and what became of them."""

    id: str
    external_id: str = absent()
    full_name: str
    first_name: str
    last_name: str
    email: str = absent()
    phone: str = absent("E.164")
    language: str = absent()
    message: str = absent()
    redirect_url: str = absent()
    group: Group = absent()
    role: Role
    signing_order: Figure
    authentication: Authentication | ProviderMethod
    delivery: Delivery
    fields: list[Field]
    status: RecipientStatus
    signed_at: datetime = absent()
    signed_with: str = absent()
    acted_by: str = absent("who acted, after a reassignment or substitution")
    decline_reason: str = absent()
    ip_address: str = absent()


class PackageHead(Wire):
    """A package without its documents and recipients."""

    id: str
    external_id: str = absent()
    revision: Figure
    name: str
    description: str = absent()
    message: Message = absent()
    language: str = absent()
    status: PackageStatus
    status_reason: str = absent()
    attention: AttentionNote = absent()
    sequential_signing: bool
    expires_at: datetime = absent()
    reminders: Reminders = absent()
    created_at: datetime
    sent_at: datetime = absent()
    completed_at: datetime = absent()
    updated_at: datetime
    archived: bool
    callback: Callback = absent()
    provider: ProviderState
    metadata: Annotated[dict[str, str], pydantic.Field(max_length=50)] = absent()


class Package(PackageHead):
    """The container that Coupa fills, sends and asks about."""

    documents: list[Document]
    recipients: list[Recipient]


class PackageSummary(Wire):
    """The signing status; the counts are of signers."""

    id: str
    external_id: str = absent()
    status: PackageStatus
    signing_status: SigningStatus
    signed: Figure
    pending: Figure
    skipped: Figure
    total: Figure
    provider_read_at: datetime = absent()
    updated_at: datetime


class SignedDocument(Wire):
    """A signed document or its evidence, with its bytes (base64) or a link that ends at `urlExpiresAt`."""

    id: str
    kind: FileKind
    document_id: str = absent("the document that was signed")
    name: str
    content_type: str
    size: Figure = pydantic.Field(description="bytes")
    sha256: str = pydantic.Field(description="hex")
    collected_at: datetime = absent()
    content: Base64 = absent()
    url: str = absent()
    url_expires_at: datetime = absent()


class ProviderCallback(Wire):
    """What stands on the provider's platform: set by us where its API allows, else to be registered by hand."""

    url: str = absent()
    registration: Registration
    last_call_at: datetime = absent()


class CallbackAnswer(Wire):
    """Coupa's callback, if one is set, and the provider's."""

    url: str = absent()
    events: list[EventType] = absent()
    disabled_at: datetime = absent()
    reason: str = absent()
    provider_callback: ProviderCallback


class FeatureAnswer(Wire):
    """Whether the provider can do it, and if not, why."""

    name: Feature
    supported: bool
    reason: str = absent()


class CapabilitiesAnswer(Wire):
    features: list[FeatureAnswer]
    content_types: list[str]
    callback_registration: Registration


class ProvenProvider(Wire):
    """What a real call with the account's credentials proved; remarks are for the administrator."""

    name: str
    identity: str
    remarks: list[str]


class Account(Wire):
    id: str
    name: str
    created_at: datetime
    provider: ProvenProvider
    capabilities: CapabilitiesAnswer


class TimelineEntry(Wire):
    """One line of the package's story: a plain sentence, without names or addresses.

    `kind`: coupa_call, what Coupa asked for and that changed something; provider_call, one call to the provider (method,
    redacted path, answer, milliseconds) or what it meant, but not the polls; callback, the provider called; decision, what
    the connector or an operator made of it; notification, an event told to Coupa and what its endpoint answered. `code` is
    there where something went wrong, or a person decided.
    """

    id: str
    at: datetime
    kind: EntryKind
    text: str
    code: str = absent()
    milliseconds: Figure = absent()


class Warned(Wire):
    """What Send would refuse of the package as it is now; a pointer is into the whole package, as Get Package shows it."""

    pointer: str
    code: str
    detail: str


class DocumentsAnswer(Wire):
    documents: list[Document]
    warnings: list[Warned] = absent()


class RecipientsAnswer(Wire):
    recipients: list[Recipient]
    warnings: list[Warned] = absent()


class SignedDocumentsAnswer(Wire):
    documents: list[SignedDocument]


class PackagesAnswer(Wire):
    """A page, newest first; without a cursor it is the last. A page may be short though there is more."""

    packages: list[PackageHead]
    cursor: str = absent()


class EventsAnswer(Wire):
    """A page, oldest first; without a cursor it is the last."""

    events: list[TimelineEntry]
    cursor: str = absent()


class SigningUrlAnswer(Wire):
    """One per member for a group; none when it is not the recipient's turn."""

    urls: list[str]


class Notification(Wire):
    """What is posted to Coupa's callback URL."""

    event_id: str
    type: EventType
    sequence: Figure
    occurred_at: datetime
    package_id: str
    external_id: str = absent()
    status: PackageStatus
    previous_status: PackageStatus
    recipient: str = absent()
    reason: str = absent()


class ProviderFault(Wire):
    """What the provider said when it refused."""

    name: str
    code: str = absent()
    message: str = absent()
    request_id: str = absent()


class ProblemEntry(Wire):
    """One thing wrong: a JSON Pointer into the body ("" is the whole), a stable code, a sentence."""

    pointer: str
    code: str
    detail: str


class Problem(Wire):
    """RFC 9457."""

    type: str
    title: str
    status: Annotated[int, pydantic.Field(ge=400, le=599)]
    detail: str
    instance: str
    code: str
    provider: ProviderFault = absent()
    errors: list[ProblemEntry] = absent()
