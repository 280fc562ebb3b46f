"""What an account says to GoSign, typed: where it is, which of its doors, and what every envelope of it has in common.

Names are camelCase. "§" is a chapter of seeds/004. Secrets are no settings: credentials.py.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from esign.providers.typed import Typed, parsed

Integration = Literal["rest", "oauth", "gosign5", "soap", "legalbus"]
TrustLevel = Literal["INTERNAL_PDF", "FEA", "DIGITAL_PDF", "DIGITAL_P7M", "GRAPHO_FEA"]  # §2
SignatureType = Literal[
    "SIMPLE",
    "SIMPLE_PWD",
    "SIMPLE_PWD_USA",
    "DIGITAL_PDF",
    "DIGITAL_P7M",
    "FILE",
    "GRAPHOMETRIC",
    "FEA_OTP",
    "QUICKSTART_FEA",
]  # §9.7
CertType = Literal["R", "I", "T"]  # §4.1: remote certificate, internal certificate, token
UseType = Literal["PUBLIC", "CORPORATE", "RESERVED", "RESTRICTED"]  # §2: P, C, A, X
UserRole = Literal["STRANGER", "MANAGER", "SECRETARY", "ADMIN", "SECRETARY_ADMIN"]  # §4.1, §9.2
NewUserStrategy = Literal["ACCEPT_ALWAYS", "REJECT_IF_DIFFERENT", "REJECT_ALWAYS", "EMAIL_BASED"]  # §6.2
CopyRule = Literal["email-always", "by-external-id", "by-email"]  # §6.4: rules 3, 1, 2
TextLine = Literal["TTL", "ORG", "CMP", "TOC", "OPD", "NAN"]  # §4.1, confString
Short = Annotated[str, Field(min_length=1, max_length=256)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=500)]
_LARGEST_WSDL = 2 * 1024 * 1024
Path = Annotated[str, Field(pattern=r"^/[^\s?#]*[^\s?#/]$", max_length=200)]


class IdentityProvider(Typed):
    """§12: a machine's own identity at e.g. Entra ID. `scope` or `audience` is what the token endpoint asks for.

    With a `tokenUrl` the OAuth2 doors use its tokens. `issuer`, `tenantId`, `notificationAudience` and
    `authorizedParty` judge the JWT that comes with notifications, at any door.
    """

    token_url: Url | None = None
    scope: Short | None = None
    audience: Short | None = None
    issuer: Url | None = None
    tenant_id: Short | None = None
    notification_audience: Short | None = None  # of the token that GoSign sends us; else `audience`
    authorized_party: Short | None = None
    client_authentication: Literal["form", "basic"] = "form"


class Notifications(Typed):
    """How GoSign authenticates itself to us (§8.1, §12.3); the secrets are credentials. `header`: of an API key."""

    authentication: Literal["secret-path", "basic", "api-key", "jwt"] = "secret-path"
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")] = "X-API-Key"


class Shared(Typed):
    """What both an account and a package may say; the package wins."""

    trust_level: TrustLevel | None = None
    signature_type: SignatureType | None = None
    cert_type: CertType | None = None
    use_type: UseType | None = None
    sys_generator: Short | None = None
    new_user_strategy: NewUserStrategy | None = None
    user_role: UserRole | None = None
    copy_rule: CopyRule | None = None
    sign_all_visible: bool | None = None
    signature_visible: bool | None = None  # False: visibilityStatus H
    custom_signature_text: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    custom_signature_text_l1: Annotated[TextLine | None, Field(alias="customSignatureTextL1")] = None
    custom_signature_text_l2: Annotated[TextLine | None, Field(alias="customSignatureTextL2")] = None
    receive_completed_envelope_mail: bool | None = None  # §9.2
    required_identification: bool | None = None  # §9.7.4


class GosignSettings(Shared):
    """The account's settings. `baseUrl` is scheme and host; the paths differ only where InfoCert says so."""

    integration: Integration = "rest"
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+$", max_length=300)] = "https://webapp.gosign.digital"
    rest_path: Path = "/gosign/services/v1"
    oauth_path: Path = "/gosign/secure/oauth/api/v2"
    gosign5_path: Path = "/gosign/oauth/api/gs5/v2"
    token_path: Path = "/gosign/oauth/token"  # noqa: S105 - a path
    get_url_path: Path = "/gosign/secure/oauth/getUrl"
    soap_path: Annotated[str, Field(pattern=r"^/[^\s?#]*$", max_length=200)] = "/gosign/ws/"
    legalbus_url: Url | None = None  # of its REST proxy, up to and without /envelopes; else baseUrl + restPath
    wsdl: Annotated[str, Field(max_length=60_000)] | None = None  # the customer's signBookWS.wsdl: gzip in base64
    read_operation: Short | None = None  # of that file: answers an envelope in REST v1's words (§1.1.1, §4.1)
    companion: bool = False  # REST v1 reads beside oauth, gosign5, soap or legalbus
    external_system_code: Short | None = None
    loaded_by_ext_id: Short | None = None
    deleted_by_ext_id: Short | None = None  # usrExtId of a deletion; else loadedByExtId
    client_authentication: Literal["form", "query", "basic"] = "form"  # §9.1
    token_scope: Short | None = None
    identity_provider: IdentityProvider | None = None
    notifications: Notifications = Field(default_factory=Notifications)
    create_users: bool = True  # unknown people come along as new users (§6.2)
    anchors_as_tags: bool = False  # §6.1: GoSign looks the text up, instead of our coordinates
    tag_separators: tuple[Short, ...] = ()  # §3.5.1: the customer's own
    action_in_tcf: Annotated[bool, Field(alias="actionInTCF")] = False  # §4.1: the customer takes responsibility

    @model_validator(mode="after")
    def _complete(self) -> GosignSettings:
        if self.uses_rest_body and not self.loaded_by_ext_id:
            raise ValueError("loadedByExtId is missing: who loads the envelopes")
        if self.reads_by_rest and not self.external_system_code:
            raise ValueError("externalSystemCode is missing: REST v1 needs it")
        if self.identity_provider and self.identity_provider.token_url and not self.oauth:
            raise ValueError("identityProvider.tokenUrl goes with integration oauth or gosign5")
        if self.notifications.authentication == "jwt" and not self._knows_tokens:
            raise ValueError("notifications by JWT need identityProvider.issuer and its (notification)audience")
        return self

    @property
    def _knows_tokens(self) -> bool:
        """Without an audience, any application's token of the same issuer would do."""
        trusted = self.identity_provider
        return bool(trusted and trusted.issuer and (trusted.notification_audience or trusted.audience))

    @model_validator(mode="after")
    def _readable(self) -> GosignSettings:
        if self.integration in {"soap", "legalbus"} and not (self.companion or self.read_operation):
            raise ValueError("companion is missing: SOAP and LegalBus document no read, so REST v1 has to do it")
        if self.read_operation and not (self.wsdl and self.integration == "soap"):
            raise ValueError("readOperation goes with integration soap and a wsdl of the customer's own")
        if self.wsdl:
            unpacked(self.wsdl)
        return self

    @property
    def uses_rest_body(self) -> bool:
        """Whether the door names its loader in the body (§4.1, §5.1); OAuth2 takes them from the token (§9)."""
        return self.integration in {"rest", "soap", "legalbus"} or self.companion

    @property
    def reads_by_rest(self) -> bool:
        return self.integration in {"rest", "legalbus"} or self.companion

    @property
    def oauth(self) -> bool:
        return self.integration in {"oauth", "gosign5"}

    @property
    def v5(self) -> bool:
        return self.integration == "gosign5"

    @property
    def default_trust_level(self) -> TrustLevel:
        return self.trust_level or "INTERNAL_PDF"

    @property
    def default_signature_type(self) -> SignatureType:
        return self.signature_type or "SIMPLE"


def unpacked(wsdl: str) -> bytes:
    """The file of `wsdl`. Raises ValueError for what is no gzip in base64, or unfolds to more than a description needs."""
    unfold = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        file = unfold.decompress(base64.b64decode(wsdl, validate=True), _LARGEST_WSDL)
    except (binascii.Error, zlib.error):
        raise ValueError("wsdl must be the file, compressed by gzip, in base64") from None
    if not unfold.eof:
        raise ValueError(f"wsdl is cut off or longer than {_LARGEST_WSDL} bytes")
    return file


def parse_settings(settings: Mapping[str, Any]) -> GosignSettings:
    """Raises Unprocessable with a problem per field, pointers like /settings/externalSystemCode."""
    return parsed(GosignSettings, settings, root="/settings", vendor="GoSign")
