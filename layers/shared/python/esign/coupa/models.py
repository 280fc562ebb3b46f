"""What Coupa may send: one model per request body, with every limit of contracts/coupa.md §2.

Strict (a text is no number), closed (an unknown member is refused), camelCase; null is the same as absent. What becomes
of a request is `esign.coupa.mapping`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from esign.coupa.problems import OBJECT, WORD
from esign.coupa.scalars import (
    Base64,
    Choice,
    Coordinate,
    Days,
    Email,
    Extent,
    Language,
    MediaType,
    Metadata,
    Moment,
    Name,
    Offset,
    Options,
    Order,
    Page,
    Password,
    Phone,
    Reason,
    Sha256,
    ShortName,
    Size,
    Text,
    Url,
    Username,
    Word,
)
from esign.domain.document import MAX_DOCUMENTS, MAX_RECIPIENTS
from esign.domain.events import EventType
from esign.domain.recipient import Authentication, Delivery, FieldType, Role, Zone


class Wire(BaseModel):
    """An object on the wire. Built when the first request needs it: a function pays for its own requests only."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        return ()  # it may hold names, addresses, a password


class OneOf(Wire):
    """Something that is said in exactly one of several ways."""

    ways: ClassVar[tuple[str, ...]]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in self.ways) != 1:
            names = ", ".join(map(to_camel, self.ways))
            raise PydanticCustomError("exactly_one", "Give exactly one of {names}.", {"names": names})
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        null, names = {"type": "null"}, [to_camel(name) for name in cls.ways]
        schema["oneOf"] = [
            {"required": [chosen], "properties": dict.fromkeys(names, null) | {chosen: {"not": null}}}
            for chosen in names
        ]
        return schema


class MessageShape(Wire):
    """What the provider's invitation says, where it lets us say something."""

    subject: Name | None = None
    text: Text | None = None


class RemindersShape(Wire):
    """Automatic reminders, in days."""

    first_after_days: Days | None = None
    every_days: Days | None = None


class ProviderShape(Wire):
    """The provider's own parameters for this package; an unknown one is refused with 422."""

    options: Options | None = None


class PackageRequest(Wire):
    """createPackage."""

    name: Name
    external_id: Name | None = Field(
        default=None, description="Coupa's contract id; unique among the account's open packages"
    )
    description: Text | None = None
    message: MessageShape | None = None
    language: Language | None = Field(default=None, description="BCP 47, such as en or fr-BE")
    sequential_signing: bool | None = None
    expires_at: Moment | None = None
    reminders: RemindersShape | None = None
    provider: ProviderShape | None = None
    metadata: Metadata | None = None


class UploadShape(Wire):
    """The caller will PUT this many bytes with this digest to the link that the answer holds."""

    size: Size = Field(description="bytes")
    sha256: Sha256 = Field(description="hex")


class TemplateShape(Wire):
    """A document that the provider makes itself."""

    id: Name


class DocumentShape(OneOf):
    """A document, given in exactly one of four ways."""

    ways = ("content", "source_url", "upload", "template")

    name: Name
    external_id: Name | None = None
    content_type: MediaType | None = None
    order: Order | None = None
    content: Base64 | None = Field(default=None, description="base64; at most 4 MiB decoded in the sum of one request")
    source_url: Url | None = Field(default=None, description="https, on a host that the account allows")
    upload: UploadShape | None = None
    template: TemplateShape | None = None


class DocumentsRequest(Wire):
    """addDocuments."""

    documents: Annotated[list[DocumentShape], Field(min_length=1, max_length=MAX_DOCUMENTS)]


class RectangleShape(Wire):
    """Points (1/72 inch), origin at the lower left of the unrotated page."""

    page: Page
    x: Coordinate
    y: Coordinate
    width: Extent
    height: Extent


class AnchorShape(Wire):
    """At the first occurrence of a text in the PDF, offset in points."""

    text: Name
    dx: Offset | None = None
    dy: Offset | None = None
    width: Extent | None = None
    height: Extent | None = None


class FormFieldShape(Wire):
    """A signature field that the PDF already has."""

    name: Name


class ZoneShape(Wire):
    """One of nine parts of a page."""

    page: Page
    position: Choice[Zone]


class FieldShape(OneOf):
    """Where a recipient signs, said in exactly one of four ways."""

    ways = ("rectangle", "anchor", "form_field", "zone")

    document_id: Name = Field(description="the document's id or externalId")
    type: Choice[FieldType] | None = None
    rectangle: RectangleShape | None = None
    anchor: AnchorShape | None = None
    form_field: FormFieldShape | None = None
    zone: ZoneShape | None = None


class Named(Wire):
    """A person: `fullName`, or `firstName` with `lastName`."""

    full_name: Name | None = None
    first_name: ShortName | None = None
    last_name: ShortName | None = None


class MemberShape(Named):
    """One of a group."""

    email: Email
    language: Language | None = None


class GroupShape(Wire):
    """Any one of the members acts. Without members: a group that the provider already knows by its name."""

    name: Name
    members: Annotated[list[MemberShape], Field(max_length=50)] | None = None


class AuthenticationShape(Wire):
    """A provider's own method."""

    provider: Word
    method: Word


def _form(given: object) -> str:
    return OBJECT if isinstance(given, dict | AuthenticationShape) else WORD


Method = Annotated[
    Annotated[Choice[Authentication], Tag(WORD)] | Annotated[AuthenticationShape, Tag(OBJECT)], Discriminator(_form)
]


class RecipientShape(Named):
    """Who acts on the documents, or gets a copy. A group needs no name and no e-mail address of its own."""

    external_id: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    message: Text | None = None
    redirect_url: Url | None = None
    group: GroupShape | None = None
    role: Choice[Role] | None = None
    signing_order: Order | None = Field(default=None, description="equal = parallel")
    authentication: Method | None = None
    delivery: Choice[Delivery] | None = None
    fields: list[FieldShape] | None = None


class RecipientsRequest(Wire):
    """addRecipients."""

    recipients: Annotated[list[RecipientShape], Field(min_length=1, max_length=MAX_RECIPIENTS)]


class BasicShape(Wire):
    """How the connector shall authenticate its notifications; write only."""

    username: Username
    password: Password


class OAuth2Shape(Wire):
    """Client credentials (RFC 6749 §4.4) for the token that every notification carries; write only."""

    token_url: Url
    client_id: Password
    client_secret: Password
    scope: Name | None = None


class AuthenticationOfNotifications(OneOf):
    """The credentials that every notification of the account carries; these replace the former ones."""

    ways = ("basic", "oauth2")

    basic: BasicShape | None = None
    oauth2: OAuth2Shape | None = None


class CallbackRequest(Wire):
    """configureCallback of a package: `events` left out or empty means all."""

    url: Url
    events: list[Choice[EventType]] | None = None


class AccountCallbackRequest(CallbackRequest):
    """configureCallback of the account, whose credentials every callback uses."""

    authentication: AuthenticationOfNotifications | None = None


class ExpiryRequest(Wire):
    """extendExpiry."""

    expires_at: Moment


class DeleteRequest(Wire):
    """deletePackage."""

    reason: Reason | None = None
