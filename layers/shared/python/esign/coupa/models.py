"""What Coupa may send: one record per request body, with every limit of contracts/coupa.md §2.

Strict (a text is no number), closed (an unknown member is refused), camelCase. What becomes of a request is
`esign.coupa.mapping`'s business.
"""

from __future__ import annotations

from esign.coupa.shapes import Record, optional, required
from esign.coupa.values import Choice, Flag, Items, Moment, Number, Open, Table, Text, Whole, WordOr
from esign.domain.document import MAX_DOCUMENTS, MAX_RECIPIENTS, MAX_UPLOAD
from esign.domain.events import EventType
from esign.domain.recipient import Authentication, Delivery, FieldType, Role, Zone

_CONTROL = r"\u0000-\u001f\u007f"
_NOT_DIALLED = " .-()[]"

# Not blank, and nothing that could break a header, an XML document or a log.
_LINE = rf"[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*"
_MAIL_WORD = r'[^\s@<>()\[\],;:\\"\u0000-\u001f\u007f]'

_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"  # at least one byte

NAME = Text(255, _LINE, least=1, tidy=str.strip)
SHORT_NAME = Text(100, _LINE, least=1, tidy=str.strip)
WORD = Text(64, r"[A-Za-z0-9_.-]+", least=1)
TEXT = Text(4000, r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*")
EMAIL = Text(254, rf'{_MAIL_WORD}{{1,64}}@{_MAIL_WORD}+\.[^\s@<>()\[\],;:\\".]{{2,63}}', tidy=str.strip)
# E.164 once spaces, dots, hyphens and brackets are gone; published as people write it.
PHONE = Text(
    16,
    r"\+[1-9][0-9]{6,14}",
    tidy=lambda text: text.translate(dict.fromkeys(map(ord, _NOT_DIALLED))),
    published={"maxLength": 40, "pattern": r"^[(\[ ]*\+[ .()\[\]-]*[1-9]([ .()\[\]-]*[0-9]){6,14}[ .()\[\]-]*$"},
)
URL = Text(2048, rf"https?://[^\s{_CONTROL}]+")
LANGUAGE = Text(35, r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MEDIA_TYPE = Text(127, r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+", tidy=str.lower)
SHA256 = Text(64, r"[0-9A-Fa-f]{64}", tidy=str.lower)
DAYS = Whole(1, 365)
ORDER = Whole(1, 999)
PAGE = Whole(-1, 10_000, never=0)  # page 1 is the first, -1 the last
COORDINATE = Number(0, 14_400)  # points; 200 inches, PDF's own limit
OFFSET = Number(-14_400, 14_400)
EXTENT = Number(0, 14_400, above=True)


class MessageShape(Record):
    """What the provider's invitation says, where it lets us say something."""

    subject = optional(NAME)
    text = optional(TEXT)


class RemindersShape(Record):
    """Automatic reminders, in days."""

    first_after_days = optional(DAYS)
    every_days = optional(DAYS)


class ProviderShape(Record):
    """The provider's own parameters for this package; an unknown one is refused with 422."""

    options = optional(Open(16_384))


class PackageRequest(Record):
    """createPackage."""

    name = required(NAME)
    external_id = optional(NAME, "Coupa's contract id; unique among the account's open packages")
    description = optional(TEXT)
    message = optional(MessageShape)
    language = optional(LANGUAGE, "BCP 47, such as en or fr-BE")
    sequential_signing = optional(Flag())
    expires_at = optional(Moment())
    reminders = optional(RemindersShape)
    provider = optional(ProviderShape)
    metadata = optional(Table(Text(500), key=WORD, most=50))


class UploadShape(Record):
    """The caller will PUT this many bytes with this digest to the link that the answer holds."""

    size = required(Whole(1, MAX_UPLOAD), "bytes")
    sha256 = required(SHA256, "hex")


class TemplateShape(Record):
    """A document that the provider makes itself."""

    id = required(NAME)


class DocumentShape(Record):
    """A document, given in exactly one of four ways."""

    exactly_one = ("content", "sourceUrl", "upload", "template")

    name = required(NAME)
    external_id = optional(NAME)
    content_type = optional(MEDIA_TYPE)
    order = optional(ORDER)
    content = optional(
        Text(None, published={"contentEncoding": "base64", "pattern": _BASE64}),
        "base64; at most 4 MiB decoded in the sum of one request",
    )
    source_url = optional(URL, "https, on a host that the account allows")
    upload = optional(UploadShape)
    template = optional(TemplateShape)


class DocumentsRequest(Record):
    """addDocuments."""

    documents = required(Items(DocumentShape, least=1, most=MAX_DOCUMENTS))


class RectangleShape(Record):
    """Points (1/72 inch), origin at the lower left of the unrotated page."""

    page = required(PAGE)
    x = required(COORDINATE)
    y = required(COORDINATE)
    width = required(EXTENT)
    height = required(EXTENT)


class AnchorShape(Record):
    """At the first occurrence of a text in the PDF, offset in points."""

    text = required(NAME)
    dx = optional(OFFSET)
    dy = optional(OFFSET)
    width = optional(EXTENT)
    height = optional(EXTENT)


class FormFieldShape(Record):
    """A signature field that the PDF already has."""

    name = required(NAME)


class ZoneShape(Record):
    """One of nine parts of a page."""

    page = required(PAGE)
    position = required(Choice(Zone))


class FieldShape(Record):
    """Where a recipient signs, said in exactly one of four ways."""

    exactly_one = ("rectangle", "anchor", "formField", "zone")

    document_id = required(NAME, "the document's id or externalId")
    type = optional(Choice(FieldType))
    rectangle = optional(RectangleShape)
    anchor = optional(AnchorShape)
    form_field = optional(FormFieldShape)
    zone = optional(ZoneShape)


class Named(Record):
    """A person: `fullName`, or `firstName` with `lastName`."""

    full_name = optional(NAME)
    first_name = optional(SHORT_NAME)
    last_name = optional(SHORT_NAME)


class MemberShape(Named):
    """One of a group."""

    email = required(EMAIL)
    language = optional(LANGUAGE)


class GroupShape(Record):
    """Any one of the members acts. Without members: a group that the provider already knows by its name."""

    name = required(NAME)
    members = optional(Items(MemberShape, most=50))


class AuthenticationShape(Record):
    """A provider's own method."""

    provider = required(WORD)
    method = required(WORD)


class RecipientShape(Named):
    """Who acts on the documents, or gets a copy. A group needs no name and no e-mail address of its own."""

    external_id = optional(NAME)
    email = optional(EMAIL)
    phone = optional(PHONE)
    language = optional(LANGUAGE)
    message = optional(TEXT)
    redirect_url = optional(URL)
    group = optional(GroupShape)
    role = optional(Choice(Role))
    signing_order = optional(ORDER, "equal = parallel")
    authentication = optional(WordOr[Authentication | AuthenticationShape](Choice(Authentication), AuthenticationShape))
    delivery = optional(Choice(Delivery))
    fields = optional(Items(FieldShape))


class RecipientsRequest(Record):
    """addRecipients."""

    recipients = required(Items(RecipientShape, least=1, most=MAX_RECIPIENTS))


class BasicShape(Record):
    """How the connector shall authenticate its notifications; write only."""

    username = required(Text(255, rf"[^:{_CONTROL}]+"))
    password = required(Text(255, rf"[^{_CONTROL}]+"))


class AuthenticationOfNotifications(Record):
    """The credentials that every notification of the account carries."""

    basic = required(BasicShape)


class CallbackRequest(Record):
    """configureCallback of a package: `events` left out or empty means all."""

    url = required(URL)
    events = optional(Items(Choice(EventType)))


class AccountCallbackRequest(CallbackRequest):
    """configureCallback of the account, whose credentials every callback uses."""

    authentication = optional(AuthenticationOfNotifications)


class ExpiryRequest(Record):
    """extendExpiry."""

    expires_at = required(Moment())


class DeleteRequest(Record):
    """deletePackage."""

    reason = optional(Text(1000, r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*"))
