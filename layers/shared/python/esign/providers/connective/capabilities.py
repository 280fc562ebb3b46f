"""What Connective can do, by API version. Every feature is declared; a missing one says why in a caller's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.domain.capabilities import YES, Capabilities, Feature, No
from esign.domain.content import DOC, DOCX, PDF, TEXT, XML

NAME = "connective"

# contracts/connective.md §A1, accepted uploads. Word and text are converted to PDF by Connective.
CONTENT_TYPES = frozenset({PDF, DOCX, DOC, TEXT, XML})

# Inferred (contracts/connective.md §A2, §A3): whatever the signing type, a signature goes into a signing field of the
# PDF, sealed by the person's certificate or the environment's own. An environment that does otherwise says so in the
# account (`expectSignatures: false`).
SEALS_PDF = True

_ONLY_BY_POSITION = No("API v4 names no order for actors; this environment lets them act one after another")
_ONLY_AT_ONCE = No("API v4 names no order for actors; this environment lets them act all at once")

V3: dict[Feature, No | None] = {
    Feature.UPLOADED_DOCUMENT: YES,
    Feature.TEMPLATE_DOCUMENT: No("Connective makes no documents; its templates only prepare signing"),
    Feature.SEVERAL_DOCUMENTS: YES,
    Feature.SEQUENTIAL_ORDER: YES,
    Feature.PARALLEL_ORDER: YES,
    Feature.MIXED_ORDER: YES,
    Feature.APPROVER: YES,
    Feature.VIEWER: No("Connective knows signers, approvers and receivers; nobody is asked only to look"),
    Feature.CC: YES,
    Feature.RECIPIENTS_BY_PROVIDER: No("Connective asks for every person when a package is made"),
    Feature.GROUP: YES,
    Feature.EMAIL_OTP: YES,
    Feature.SMS_OTP: YES,
    Feature.PROVIDER_AUTHENTICATION: YES,
    Feature.DELIVERY_BY_LINK: YES,
    Feature.RECTANGLE: YES,
    Feature.ANCHOR: YES,
    Feature.FORM_FIELD: YES,
    Feature.ZONE: YES,
    Feature.DEFAULT_PLACE: YES,
    Feature.INITIALS: No("a Connective field is always a signature"),
    Feature.APPROVAL_FIELD: No("an approval leaves no mark on the document at Connective"),
    Feature.MESSAGE: No("the texts of invitations are set in the Connective portal, not by its API"),
    Feature.RECIPIENT_MESSAGE: No("the texts of invitations are set in the Connective portal, not by its API"),
    Feature.LANGUAGE: YES,
    Feature.REDIRECT_URL: YES,
    Feature.EXPIRY: YES,
    Feature.EXTEND_EXPIRY: YES,
    Feature.AUTOMATIC_REMINDERS: No("API v3 has no reminder plan; reminders go out on request"),
    Feature.REMIND: YES,
    Feature.SKIP_SIGNERS: YES,
    Feature.SIGNING_URL: YES,
    Feature.LIST: YES,
    Feature.WITHDRAW: YES,
    Feature.DECLINE_REASON: YES,
    Feature.SIGNING_TIME: YES,
    Feature.REASSIGNMENT: YES,
    Feature.AUDIT_TRAIL: YES,
    Feature.CALLBACK: YES,
    Feature.RECOVER_LOST_SEND: YES,
}  # fmt: skip

_NOT_IN_V4 = No("the sources of API v4 name no such call")

V4: dict[Feature, No | None] = V3 | {
    Feature.MIXED_ORDER: No("API v4 names no order for actors, so steps cannot be mixed"),
    Feature.AUTOMATIC_REMINDERS: YES,
    Feature.EXTEND_EXPIRY: _NOT_IN_V4,
    Feature.REMIND: _NOT_IN_V4,
    Feature.SKIP_SIGNERS: _NOT_IN_V4,
    Feature.LIST: _NOT_IN_V4,
    Feature.RECOVER_LOST_SEND: No("API v4 has no list to search; once the package's id is known, its state is read"),
}


def declared(settings: Mapping[str, Any]) -> Capabilities:
    """Those of an account, from its raw settings: no client and no validation is needed to answer."""
    return capabilities(settings.get("apiVersion", "v3"), settings.get("orderModel", "position"))


def capabilities(api_version: str, order_model: str = "position") -> Capabilities:
    """`api_version`: v3, v3.1 or v4; `order_model` counts for v4 only (see options.py)."""
    if api_version != "v4":
        return Capabilities(NAME, V3, CONTENT_TYPES, seals_pdf=SEALS_PDF)
    if order_model == "position":
        return Capabilities(NAME, V4 | {Feature.PARALLEL_ORDER: _ONLY_BY_POSITION}, CONTENT_TYPES, seals_pdf=SEALS_PDF)
    return Capabilities(NAME, V4 | {Feature.SEQUENTIAL_ORDER: _ONLY_AT_ONCE}, CONTENT_TYPES, seals_pdf=SEALS_PDF)
