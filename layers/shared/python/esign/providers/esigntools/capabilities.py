"""What eSignTools can do. Every feature is declared; a missing one says why in a caller's words."""

from __future__ import annotations

from esign.domain.capabilities import YES, Capabilities, Feature, No
from esign.domain.content import DOC, DOCX, ODS, ODT, PDF, RTF, XLS, XLSX

NAME = "esigntools"

# seeds/003, About document types: what is no PDF is converted into one, and the extension says what it is.
EXTENSIONS = {PDF: "pdf", RTF: "rtf", DOC: "doc", DOCX: "docx", XLS: "xls", XLSX: "xlsx", ODT: "odt", ODS: "ods"}

_SIGNERS_ONLY = No("an eSignTools agreement knows signers and nobody else")
_TEXTS = No("the texts of its mails are those of a template (option textTemplateName), not of a package")

FEATURES: dict[Feature, No | None] = {
    Feature.UPLOADED_DOCUMENT: YES,
    Feature.TEMPLATE_DOCUMENT: No("eSignTools makes no documents; its templates are texts of mails"),
    Feature.SEVERAL_DOCUMENTS: YES,  # one agreement each
    Feature.SEQUENTIAL_ORDER: YES,
    Feature.PARALLEL_ORDER: YES,
    Feature.MIXED_ORDER: YES,
    Feature.APPROVER: _SIGNERS_ONLY,
    Feature.VIEWER: _SIGNERS_ONLY,
    Feature.CC: _SIGNERS_ONLY,
    Feature.RECIPIENTS_BY_PROVIDER: No("an agreement is made with its signers"),
    Feature.GROUP: No("every eSignTools recipient is one person who signs"),
    Feature.EMAIL_OTP: No("eSignTools confirms a signature by a code by SMS or not at all"),
    Feature.SMS_OTP: YES,
    Feature.PROVIDER_AUTHENTICATION: No("eSignTools has no methods of its own to choose from"),
    Feature.DELIVERY_BY_LINK: No("eSignTools mails every signer as soon as the agreement is made"),
    Feature.RECTANGLE: YES,
    Feature.ANCHOR: YES,
    Feature.FORM_FIELD: YES,
    Feature.ZONE: YES,
    Feature.DEFAULT_PLACE: YES,
    Feature.INITIALS: No("an eSignTools field is always a signature"),
    Feature.APPROVAL_FIELD: No("an eSignTools field is always a signature"),
    Feature.MESSAGE: _TEXTS,
    Feature.RECIPIENT_MESSAGE: _TEXTS,
    Feature.LANGUAGE: No("its call has no language; mails are written in that of their template"),
    Feature.REDIRECT_URL: No("its call has no address to return to"),
    Feature.EXPIRY: No("an agreement expires when eSignTools says so; its call has no date"),
    Feature.EXTEND_EXPIRY: No("it has no call for it"),
    Feature.AUTOMATIC_REMINDERS: YES,
    Feature.REMIND: YES,
    Feature.SKIP_SIGNERS: No("it has no call for it; delete the package and send it without them"),
    Feature.SIGNING_URL: No("its answers hold no link that is known to be a signer's"),
    Feature.LIST: No("it has no call that lists agreements"),
    Feature.WITHDRAW: YES,
    Feature.DECLINE_REASON: No("an agreement shows who refused, not why"),
    Feature.SIGNING_TIME: No("an agreement shows who signed, not when; the proof does"),
    Feature.REASSIGNMENT: No("its document knows no signer who hands over to another"),
    Feature.AUDIT_TRAIL: YES,
    Feature.CALLBACK: YES,
    Feature.RECOVER_LOST_SEND: No("it has neither a search nor a reference of ours: a person has to look"),
}  # fmt: skip


def declared() -> Capabilities:
    """The same for every account. Whether a signature also seals the PDF its document does not say, so that is not
    expected unless an account says otherwise (`expectSignatures`). `puts_away`: what an expired package left open."""
    return Capabilities(NAME, FEATURES, frozenset(EXTENSIONS), puts_away=True)
