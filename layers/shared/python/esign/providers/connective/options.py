"""What an account (settings) and a package (`provider.options`) may say to Connective, typed and refused field by field.

Names are camelCase. Where a package says nothing its account's setting holds; where that says nothing either, the
field is not sent and Connective's own default holds. Sources of the values: contracts/connective.md §A2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_validator

from esign.providers.typed import Typed, parsed

ApiVersion = Literal["v3", "v3.1", "v4"]
TargetType = Literal["Pdf", "PdfA1A", "PdfA2A"]
PdfErrorHandling = Literal["Ignore", "DetectWarn", "DetectFail", "DetectFixWarn", "DetectFixFail"]
RedirectType = Literal["AfterSession", "AfterCompletion", "AfterDelay", "Immediately"]
Validation = Literal["Disabled", "MatchId", "NameAndBirthDate"]
LegalNoticeCode = Literal["LEGALNOTICE1", "LEGALNOTICE2", "LEGALNOTICE3"]
Oid = Annotated[str, Field(pattern=r"^[0-2](\.\d+)+$", max_length=200)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2000)]
Short = Annotated[str, Field(min_length=1, max_length=256)]

# Server is for instant packages only, so nobody can ask for it here. OpenIdConnect:<name> and, on v4, the environment's
# own "<type>:<name>" pass as they are.
SIGNING_TYPES = frozenset(
    {"Manual", "BeId", "ManualBeId", "SmsOtp", "MailOtp", "Idin", "BeLawyer", "Biometric", "Itsme"}
)
SigningType = Annotated[
    str, Field(pattern=rf"^({'|'.join(sorted(SIGNING_TYPES))}|[A-Za-z][A-Za-z0-9]*:\S.{{0,100}})$", max_length=120)
]


class Signing(Typed):
    """How a person signs. Commitment types need a signature policy; MatchId needs ids, NameAndBirthDate a match level."""

    signing_type: SigningType | None = None
    signature_policy_id: Short | None = None
    commitment_types: tuple[Oid, ...] = ()
    mandated_signer_validation: Validation | None = None
    mandated_signer_ids: tuple[Short, ...] = ()
    match_level: Short | None = None
    user_roles: tuple[Short, ...] = ()
    legal_notice_code: LegalNoticeCode | None = None
    legal_notice_text: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    redirect_type: RedirectType | None = None


class Shared(Signing):
    """What both an account and a package may say; the package wins."""

    document_group_code: Short | None = None
    theme_code: Short | None = None
    download_unsigned_files: bool | None = None
    reassign_enabled: bool | None = None
    action_url_expiration_period_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    f2f_redirect_url: Annotated[Url | None, Field(alias="f2fRedirectUrl")] = None
    redirect_url: Url | None = None
    target_type: TargetType | None = None
    pdf_error_handling: PdfErrorHandling | None = None


class RecipientOptions(Signing):
    """For one recipient."""

    birth_date: date | None = None
    send_notifications: bool | None = None


class DocumentOptions(Typed):
    """For one document. `representation`: the id of the package's PDF that shows an XML document to its signers."""

    correlation_id: Short | None = None
    target_type: TargetType | None = None
    pdf_error_handling: PdfErrorHandling | None = None
    language: Short | None = None
    representation: Short | None = None


class ConnectiveOptions(Shared):
    """`provider.options` of a package; recipients and documents by their id or external id."""

    correlation_id: Short | None = None
    external_package_data: Annotated[str, Field(max_length=4000)] | None = None
    send_notifications: bool | None = None
    face_to_face: bool = False  # all sign on one screen: everybody's signing URL is then the package's own
    recipients: dict[str, RecipientOptions] = Field(default_factory=dict)
    documents: dict[str, DocumentOptions] = Field(default_factory=dict)


class ConnectiveSettings(Shared):
    """The account's settings. `initiator` is the e-mail address of a registered portal user."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:\d+)?$", max_length=253)] | None = Field(
        default=None, validation_alias=AliasChoices("host", "connectiveHost")
    )
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+$", max_length=300)] | None = None
    api_version: ApiVersion = "v3"
    initiator: Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=254)]
    send_notifications: bool = True  # Coupa expects the provider to invite; v3 itself sends no mail unless told
    default_language: Short = "en"
    unsupported_language: Literal["refuse", "default"] = "refuse"
    extra_languages: tuple[Short, ...] = ()  # of newer versions; NC3 knows da, fi, lv, nb, pl, sv
    audit_proofs: bool = True  # can be switched off in a customer's environment
    correlate_by_external_id: bool = False  # several passes of one contract share a CorrelationId
    remind_on_link_request: bool = False
    order_model: Literal["position", "parallel"] = "position"  # v4: how actors without an order act
    signing_methods: dict[str, str] = Field(default_factory=lambda: {"Manual": "Manual:Manual"})  # v4: by signing type

    @model_validator(mode="after")
    def _addressed(self) -> ConnectiveSettings:
        if not (self.host or self.base_url):
            raise ValueError("host is missing")
        return self

    @property
    def origin(self) -> str:
        return self.base_url or f"https://{self.host}"


def parse_settings(settings: Mapping[str, Any]) -> ConnectiveSettings:
    """Raises Unprocessable with a problem per field, pointers like /settings/initiator."""
    return parsed(ConnectiveSettings, settings, root="/settings", vendor="Connective")


def parse_options(options: Mapping[str, Any]) -> ConnectiveOptions:
    """Raises Unprocessable with a problem per field, pointers like /provider/options/signingType."""
    return parsed(ConnectiveOptions, options, root="/provider/options", vendor="Connective")
