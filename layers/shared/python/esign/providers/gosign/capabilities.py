"""What GoSign can do, by door. Every feature is declared; a missing one says why in a caller's words.

"§" is a chapter of seeds/004. The doors differ most in what they show: REST v1 shows every person, the OAuth2 services
show a status word, SOAP and LegalBus document no read; a REST v1 access beside them (`companion`) closes the gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.domain.capabilities import YES, Capabilities, Feature, No
from esign.domain.content import DOCX, PDF

NAME = "gosign"

# §4.1: Office documents are converted to PDF, or signed as they are (ooxmlSignStrategy).
CONTENT_TYPES = frozenset({PDF, DOCX})

# One cryptographic signature per person: DIGITAL_PDF alone. FEA closes with a single one of GoSign's own (§2); the other
# levels leave none, or one that no PDF holds (DIGITAL_P7M).
SEALING = "DIGITAL_PDF"

REST: dict[Feature, No | None] = {
    Feature.UPLOADED_DOCUMENT: YES,
    Feature.TEMPLATE_DOCUMENT: No("a policy's documents come along all the same (§6.5); provider.options names the policy"),
    Feature.SEVERAL_DOCUMENTS: YES,
    Feature.SEQUENTIAL_ORDER: YES,
    Feature.PARALLEL_ORDER: YES,
    Feature.MIXED_ORDER: YES,
    Feature.APPROVER: YES,
    Feature.VIEWER: YES,
    Feature.CC: YES,
    Feature.RECIPIENTS_BY_PROVIDER: YES,
    Feature.GROUP: YES,
    Feature.EMAIL_OTP: No("GoSign has no one-time code by e-mail"),
    Feature.SMS_OTP: No("one-time codes (FEA_OTP) need GoSign 5"),
    Feature.PROVIDER_AUTHENTICATION: No("below GoSign 5 one trust level holds for the whole envelope"),
    Feature.DELIVERY_BY_LINK: No("only the OAuth2 services can keep the invitation back and give a link"),
    Feature.RECTANGLE: YES,
    Feature.ANCHOR: YES,
    Feature.FORM_FIELD: YES,
    Feature.ZONE: YES,
    Feature.DEFAULT_PLACE: YES,
    Feature.INITIALS: YES,
    Feature.APPROVAL_FIELD: YES,
    Feature.MESSAGE: YES,
    Feature.RECIPIENT_MESSAGE: No("only the OAuth2 services take a message for one person (userMessages)"),
    Feature.LANGUAGE: No("a language can be said by SOAP and to GoSign 5 only"),
    Feature.REDIRECT_URL: No("only a signing link of the OAuth2 services takes a way back"),
    Feature.EXPIRY: YES,
    Feature.EXTEND_EXPIRY: No("GoSign has no call for it"),
    Feature.AUTOMATIC_REMINDERS: YES,
    Feature.REMIND: No("GoSign has no call for it; it reminds by its own plan"),
    Feature.SKIP_SIGNERS: No("GoSign has no call for it"),
    Feature.SIGNING_URL: No("only the OAuth2 services have getUrl"),
    Feature.LIST: No("the search for envelopes is mentioned and not described"),
    Feature.WITHDRAW: YES,
    Feature.DECLINE_REASON: YES,
    Feature.SIGNING_TIME: YES,
    Feature.REASSIGNMENT: YES,
    Feature.AUDIT_TRAIL: YES,
    Feature.CALLBACK: YES,
    Feature.RECOVER_LOST_SEND: YES,
}  # fmt: skip

_NO_REMINDERS = No("only REST v1 and LegalBus take days until a reminder")
_NO_PEOPLE = No("the OAuth2 services show no person's state; notifications do, and a companion REST v1 access")
_NO_POLICY = No("the OAuth2 services take no policy: their procDef has tasks and new users only (§9.2)")
_NO_REPORT = No("the OAuth2 services give no report; the connector's own audit record stands in, marked as such")

OAUTH: dict[Feature, No | None] = REST | {
    Feature.RECIPIENTS_BY_PROVIDER: _NO_POLICY,
    Feature.DELIVERY_BY_LINK: YES,
    Feature.RECIPIENT_MESSAGE: YES,
    Feature.REDIRECT_URL: YES,
    Feature.SIGNING_URL: YES,
    Feature.AUTOMATIC_REMINDERS: _NO_REMINDERS,
    Feature.SIGNING_TIME: _NO_PEOPLE,
    Feature.REASSIGNMENT: _NO_PEOPLE,
    Feature.AUDIT_TRAIL: _NO_REPORT,
}

GOSIGN5: dict[Feature, No | None] = OAUTH | {
    Feature.SMS_OTP: YES,
    Feature.PROVIDER_AUTHENTICATION: YES,
    Feature.LANGUAGE: YES,
}

SOAP: dict[Feature, No | None] = REST | {
    Feature.LANGUAGE: YES,
    Feature.AUTOMATIC_REMINDERS: _NO_REMINDERS,
}

_BLIND = "SOAP and LegalBus document no read: add a companion REST v1 access"
_ANSWERS_LATER = No(
    "nothing may be asked of LegalBus before it says by itself what became of an envelope, which it does"
)
_SHOWN_BY_READS = (
    Feature.SIGNING_TIME,
    Feature.REASSIGNMENT,
    Feature.AUDIT_TRAIL,
    Feature.RECOVER_LOST_SEND,
)

DOORS: Mapping[str, dict[Feature, No | None]] = {
    "rest": REST,
    "legalbus": REST,
    "oauth": OAUTH,
    "gosign5": GOSIGN5,
    "soap": SOAP,
}


def declared(settings: Mapping[str, Any]) -> Capabilities:
    """Those of an account, from its raw settings: no client and no validation is needed to answer."""
    door = str(settings.get("integration", "rest"))
    told = settings.get("signatureType") if door == "gosign5" else settings.get("trustLevel")
    return Capabilities(
        NAME,
        _features(door, reads=bool(settings.get("companion") or settings.get("readOperation"))),
        CONTENT_TYPES,
        callback_registration="manual",
        seals_pdf=told == SEALING,
    )


def _features(door: str, *, reads: bool) -> dict[Feature, No | None]:
    """`reads`: a companion REST v1 access, or a read of the customer's own WSDL."""
    known = DOORS.get(door, REST)
    if reads:
        known = known | dict.fromkeys(_SHOWN_BY_READS, YES)
    elif door in {"soap", "legalbus"}:
        known = known | dict.fromkeys((*_SHOWN_BY_READS, Feature.RECIPIENTS_BY_PROVIDER), No(_BLIND))
    if door == "legalbus":
        return known | {Feature.RECOVER_LOST_SEND: _ANSWERS_LATER}
    return known
