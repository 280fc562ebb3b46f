"""What a package may say to GoSign beyond Coupa's words (`provider.options`), typed and refused field by field.

Names are camelCase; recipients and documents by their id or external id. Where a package says nothing its account's
setting holds. "§" is a chapter of seeds/004.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from esign.providers.gosign.settings import (
    CertType,
    CopyRule,
    NewUserStrategy,
    Shared,
    Short,
    SignatureType,
    TextLine,
    UserRole,
)
from esign.providers.gosign.words import ActionType, CompassPosition, Corner
from esign.providers.typed import Typed, parsed

Page = Annotated[int, Field(ge=-3, le=100_000)]  # -1 last, -2 all, -3 first and last (§4.1)
Mail = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=254)]
Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]  # ISO 3166-1 alpha-2 (§9.7.2)
SerialType = Literal["PAS", "IDC", "TIN", "PNO"]  # passport, identity card, tax number; PNO is listed only (§9.7.2)
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class CompassOption(Typed):
    page: Page = 1
    position: CompassPosition


class CoordinatesOption(Typed):
    """Points from the lower left of the sheet (§3.5.1)."""

    page: Page
    llx: float
    lly: float
    urx: float
    ury: float


class TagOption(Typed):
    """§6.1: GoSign stops at the first occurrence, so every tag must be another. Offsets in points."""

    start: Annotated[str, Field(min_length=1, max_length=200)]
    end: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    x_offset: float = 0.0
    y_offset: float = 0.0
    corner: Corner = Corner.SBL


class GraphometricOption(Typed):
    """§6.6, confString of a graphometric action."""

    field_name: Short
    field_description: Short | None = None
    signer_role: Short | None = None
    signer_name: Short | None = None


class ActionOption(Typed):
    """One act of a recipient in a document, at exactly one kind of place; these take the place of a default field."""

    document: Short
    type: ActionType = ActionType.SIGN
    mandatory: bool = True
    compass: CompassOption | None = None
    coordinates: CoordinatesOption | None = None
    tag: TagOption | None = None
    field: Short | None = None  # an empty signature field of the PDF
    visibility: Literal["V", "H", "N"] | None = None
    custom_signature_text: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    custom_signature_text_l1: Annotated[TextLine | None, Field(alias="customSignatureTextL1")] = None
    custom_signature_text_l2: Annotated[TextLine | None, Field(alias="customSignatureTextL2")] = None
    graphometric: GraphometricOption | None = None

    @model_validator(mode="after")
    def _one_place(self) -> ActionOption:
        if sum(place is not None for place in (self.compass, self.coordinates, self.tag, self.field)) != 1:
            raise ValueError("exactly one of compass, coordinates, tag and field says where")
        return self


class RecipientOptions(Typed):
    """For one recipient. `userExternalId`: somebody whom GoSign knows already; `roles`: anybody with that role (§4.1)."""

    user_external_id: Short | None = None
    new_user: bool | None = None
    roles: tuple[Short, ...] = ()
    how_many: Annotated[int, Field(ge=1, le=4)] = 1
    signature_type: SignatureType | None = None
    cert_type: CertType | None = None
    required_identification: bool | None = None
    new_user_strategy: NewUserStrategy | None = None
    user_role: UserRole | None = None
    copy_rule: CopyRule | None = None
    fiscal_code: Short | None = None
    country_code: Country | None = None
    serial_type: SerialType | None = None
    company: Short | None = None
    organization_unit: Short | None = None
    title: Short | None = None
    enabled: bool | None = None
    ad_domain: Short | None = None
    timezone: Short | None = None
    actions: tuple[ActionOption, ...] = ()


class Protocol(Typed):
    """§5.1: a registration of the document that was made elsewhere. `createdAt` in milliseconds since 1970."""

    code: Short | None = None
    created_at: int | None = None
    registry_code: Short | None = None


class DocumentOptions(Typed):
    """For one document. OXP: an Office document is signed as PAdES, OXX: as XAdES (§4.1)."""

    title: Short | None = None
    ooxml_sign_strategy: Literal["OXP", "OXX"] | None = None
    private: bool | None = None
    protocols: tuple[Protocol, ...] = ()


class ClassField(Typed):
    """A value of a document class: exactly one of the three. `dateValue` in milliseconds since 1970 (§4.1)."""

    name: Short
    id: int | None = None
    text_value: Annotated[str, Field(max_length=4000)] | None = None
    numeric_value: float | None = None
    date_value: int | None = None

    @model_validator(mode="after")
    def _one_value(self) -> ClassField:
        if sum(value is not None for value in (self.text_value, self.numeric_value, self.date_value)) != 1:
            raise ValueError("exactly one of textValue, numericValue and dateValue")
        return self


class ClassOption(Typed):
    name: Short
    id: Short | None = None
    fields: tuple[ClassField, ...] = ()


class PolicyOption(Typed):
    """§6.5: a process template. -1 is its last revision; always said, since the seed's own defaults disagree."""

    code: Short
    revision: int = -1


class MailTo(Typed):
    """By GoSign's user id, or by address (§6.3)."""

    user_external_id: Short | None = None
    email: Mail | None = None

    @model_validator(mode="after")
    def _somebody(self) -> MailTo:
        if (self.user_external_id is None) == (self.email is None):
            raise ValueError("either userExternalId or email")
        return self


class SendMailOption(Typed):
    """§6.3: the last step mails all documents; the customer must be enabled for that."""

    subject: Short | None = None
    body: Text | None = None
    to: Annotated[tuple[MailTo, ...], Field(min_length=1)]
    cc: tuple[MailTo, ...] = ()


class GosignOptions(Shared):
    """`provider.options` of a package."""

    starred: bool | None = None
    note: Text | None = None
    tag: Short | None = None
    join_documents: tuple[Short, ...] = ()
    document_class: ClassOption | None = None
    policy: PolicyOption | None = None
    send_mail: SendMailOption | None = None
    recipients: dict[str, RecipientOptions] = Field(default_factory=dict)
    documents: dict[str, DocumentOptions] = Field(default_factory=dict)


def parse_options(options: Mapping[str, Any]) -> GosignOptions:
    """Raises Unprocessable with a problem per field, pointers like /provider/options/trustLevel."""
    return parsed(GosignOptions, options, root="/provider/options", vendor="GoSign")
