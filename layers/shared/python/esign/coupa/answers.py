"""The schemas of what Coupa reads, for openapi.json and the tests: the same as `esign.coupa.views` and `reports` write.

No function imports this. Absent members are left out, never null.
"""

from __future__ import annotations

from enum import StrEnum

from esign.coupa.models import (
    AnchorShape,
    FormFieldShape,
    RectangleShape,
    ZoneShape,
)
from esign.coupa.shapes import Record, optional, required
from esign.coupa.values import Choice, Flag, Items, Moment, Open, Table, Text, Whole, WordOr
from esign.domain.capabilities import Feature
from esign.domain.document import FileKind
from esign.domain.events import EntryKind, EventType
from esign.domain.recipient import Authentication, Delivery, FieldType, Role
from esign.domain.status import Attention, DocumentStatus, PackageStatus, RecipientStatus

FREE = Text(None)
FIGURE = Whole(0, 2**53 - 1)
MOMENT = Moment()


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


class Answer(Record):
    nullable = False


class Message(Answer):
    subject = optional(FREE)
    text = optional(FREE)


class Reminders(Answer):
    first_after_days = optional(FIGURE)
    every_days = optional(FIGURE)


class AttentionNote(Answer):
    """What a person should look at, and what to do next."""

    code = required(Choice(Attention))
    since = required(MOMENT)
    next_step = required(FREE)


class ProviderState(Answer):
    """The package at its provider; `status` is the provider's own word."""

    name = required(FREE)
    reference = optional(Items(FREE), "the ids that the provider gave")
    status = optional(FREE)
    options = optional(Open(1_000_000))


class Callback(Answer):
    """Where Coupa hears of events; no events means all. Credentials are never shown."""

    url = required(FREE)
    events = required(Items(Choice(EventType)))
    disabled_at = optional(MOMENT)
    reason = optional(FREE)


class Upload(Answer):
    """How to PUT the bytes: with exactly these headers, until it expires."""

    method = required(FREE)
    url = required(FREE)
    headers = required(Table(FREE, key=FREE, most=20))
    expires_at = required(MOMENT)


class Template(Answer):
    """A document that the provider makes itself."""

    id = required(FREE)


class Document(Answer):
    """A document of a package."""

    id = required(FREE)
    name = required(FREE)
    external_id = optional(FREE)
    content_type = required(FREE)
    size = optional(FIGURE, "bytes")
    sha256 = optional(FREE, "hex")
    pages = optional(FIGURE)
    order = required(FIGURE)
    status = required(Choice(DocumentStatus))
    template = optional(Template)
    upload = optional(Upload, "only in the answer of addDocuments")


class Field(Answer):
    """Where a recipient acts; exactly one of the four places."""

    document_id = required(FREE)
    type = required(Choice(FieldType))
    rectangle = optional(RectangleShape)
    anchor = optional(AnchorShape)
    form_field = optional(FormFieldShape)
    zone = optional(ZoneShape)


class GroupMember(Answer):
    first_name = required(FREE)
    last_name = required(FREE)
    email = required(FREE)
    language = optional(FREE)


class Group(Answer):
    """Any one of the members acts."""

    name = required(FREE)
    members = required(Items(GroupMember))


class ProviderMethod(Answer):
    """A provider's own way to authenticate."""

    provider = required(FREE)
    method = required(FREE)


class Recipient(Answer):
    """A person or group, and what became of them."""

    id = required(FREE)
    external_id = optional(FREE)
    full_name = required(FREE)
    first_name = required(FREE)
    last_name = required(FREE)
    email = optional(FREE)
    phone = optional(FREE, "E.164")
    language = optional(FREE)
    message = optional(FREE)
    redirect_url = optional(FREE)
    group = optional(Group)
    role = required(Choice(Role))
    signing_order = required(FIGURE)
    authentication = required(WordOr[Authentication | ProviderMethod](Choice(Authentication), ProviderMethod))
    delivery = required(Choice(Delivery))
    fields = required(Items(Field))
    status = required(Choice(RecipientStatus))
    signed_at = optional(MOMENT)
    signed_with = optional(FREE)
    acted_by = optional(FREE, "who acted, after a reassignment or substitution")
    decline_reason = optional(FREE)
    ip_address = optional(FREE)


class PackageHead(Answer):
    """A package without its documents and recipients."""

    id = required(FREE)
    external_id = optional(FREE)
    revision = required(FIGURE)
    name = required(FREE)
    description = optional(FREE)
    message = optional(Message)
    language = optional(FREE)
    status = required(Choice(PackageStatus))
    status_reason = optional(FREE)
    attention = optional(AttentionNote)
    sequential_signing = required(Flag())
    expires_at = optional(MOMENT)
    reminders = optional(Reminders)
    created_at = required(MOMENT)
    sent_at = optional(MOMENT)
    completed_at = optional(MOMENT)
    updated_at = required(MOMENT)
    archived = required(Flag())
    callback = optional(Callback)
    provider = required(ProviderState)
    metadata = optional(Table(FREE, key=FREE, most=50))


class Package(PackageHead):
    """The container that Coupa fills, sends and asks about."""

    documents = required(Items(Document))
    recipients = required(Items(Recipient))


class PackageSummary(Answer):
    """The signing status; the counts are of signers."""

    id = required(FREE)
    external_id = optional(FREE)
    status = required(Choice(PackageStatus))
    signing_status = required(Choice(SigningStatus))
    signed = required(FIGURE)
    pending = required(FIGURE)
    skipped = required(FIGURE)
    total = required(FIGURE)
    provider_read_at = optional(MOMENT)
    updated_at = required(MOMENT)


class SignedDocument(Answer):
    """A signed document or its evidence, with its bytes (base64) or a link that ends at `urlExpiresAt`."""

    id = required(FREE)
    kind = required(Choice(FileKind))
    document_id = optional(FREE, "the document that was signed")
    name = required(FREE)
    content_type = required(FREE)
    size = required(FIGURE, "bytes")
    sha256 = required(FREE, "hex")
    collected_at = optional(MOMENT)
    content = optional(Text(None, published={"contentEncoding": "base64"}))
    url = optional(FREE)
    url_expires_at = optional(MOMENT)


class ProviderCallback(Answer):
    """What stands on the provider's platform: set by us where its API allows, else to be registered by hand."""

    url = optional(FREE)
    registration = required(Choice(Registration))
    last_call_at = optional(MOMENT)


class CallbackAnswer(Answer):
    """Coupa's callback, if one is set, and the provider's."""

    url = optional(FREE)
    events = optional(Items(Choice(EventType)))
    disabled_at = optional(MOMENT)
    reason = optional(FREE)
    provider_callback = required(ProviderCallback)


class FeatureAnswer(Answer):
    """Whether the provider can do it, and if not, why."""

    name = required(Choice(Feature))
    supported = required(Flag())
    reason = optional(FREE)


class CapabilitiesAnswer(Answer):
    features = required(Items(FeatureAnswer))
    content_types = required(Items(FREE))
    callback_registration = required(Choice(Registration))


class ProvenProvider(Answer):
    """What a real call with the account's credentials proved; remarks are for the administrator."""

    name = required(FREE)
    identity = required(FREE)
    remarks = required(Items(FREE))


class Account(Answer):
    id = required(FREE)
    name = required(FREE)
    created_at = required(MOMENT)
    provider = required(ProvenProvider)
    capabilities = required(CapabilitiesAnswer)


class TimelineEntry(Answer):
    """One line of the package's story."""

    id = required(FREE)
    at = required(MOMENT)
    kind = required(Choice(EntryKind))
    text = required(FREE)
    code = optional(FREE)
    milliseconds = optional(FIGURE)


class DocumentsAnswer(Answer):
    documents = required(Items(Document))


class RecipientsAnswer(Answer):
    recipients = required(Items(Recipient))


class SignedDocumentsAnswer(Answer):
    documents = required(Items(SignedDocument))


class PackagesAnswer(Answer):
    """A page, newest first; without a cursor it is the last. A page may be short though there is more."""

    packages = required(Items(PackageHead))
    cursor = optional(FREE)


class EventsAnswer(Answer):
    """A page, oldest first; without a cursor it is the last."""

    events = required(Items(TimelineEntry))
    cursor = optional(FREE)


class SigningUrlAnswer(Answer):
    """One per member for a group; none when it is not the recipient's turn."""

    urls = required(Items(FREE))


class Notification(Answer):
    """What is posted to Coupa's callback URL."""

    event_id = required(FREE)
    type = required(Choice(EventType))
    sequence = required(FIGURE)
    occurred_at = required(MOMENT)
    package_id = required(FREE)
    external_id = optional(FREE)
    status = required(Choice(PackageStatus))
    previous_status = required(Choice(PackageStatus))
    recipient = optional(FREE)
    reason = optional(FREE)


class ProviderFault(Answer):
    """What the provider said when it refused."""

    name = required(FREE)
    code = optional(FREE)
    message = optional(FREE)
    request_id = optional(FREE)


class ProblemEntry(Answer):
    """One thing wrong: a JSON Pointer into the body ("" is the whole), a stable code, a sentence."""

    pointer = required(FREE)
    code = required(FREE)
    detail = required(FREE)


class Problem(Answer):
    """RFC 9457."""

    type = required(FREE)
    title = required(FREE)
    status = required(Whole(400, 599))
    detail = required(FREE)
    instance = required(FREE)
    code = required(FREE)
    provider = optional(ProviderFault)
    errors = optional(Items(ProblemEntry))
