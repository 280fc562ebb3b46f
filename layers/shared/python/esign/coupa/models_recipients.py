"""addRecipients, as Coupa may send it. See `esign.coupa.models`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from esign.coupa.problems import OBJECT, WORD
from esign.coupa.scalars import (
    Choice,
    Coordinate,
    Email,
    Extent,
    Language,
    Name,
    Offset,
    Order,
    Page,
    PersonName,
    Phone,
    Text,
    Url,
    Word,
)
from esign.coupa.wire import OneOf, Wire
from esign.domain.document import MAX_RECIPIENTS
from esign.domain.recipient import Authentication, Delivery, FieldType, Role, Zone


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

    full_name: PersonName | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None


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
