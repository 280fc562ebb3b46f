"""Every parameter and returned field of eSignTools' document (seeds/003), and what it is in this connector. A table.

A test compares it with the document's own lists, so a field cannot be forgotten, nor one invented. What a `where` names is
checked too: options and settings must exist in options.py, credentials in credentials.py.
"""

from __future__ import annotations

from esign.providers.uses import Use, Uses, credential, neutral, ours, unused
from esign.providers.uses import option as chosen


def option(where: str) -> Use:
    """Else the account's setting of the same name."""
    return chosen(where, also=where)


_ID = ours("package.provider.reference: one agreement per document")
_ZONE = "recipient.fields[] of any kind that eSignTools does not find itself, or the default spot"

# The operations' own parameters, by heading, and the schemas, by name.
FIELDS: dict[str, Uses] = {
    "Authenticate": {"body": ours("schema Credentials")},
    "Create a new agreement": {
        "pdf": neutral("document.content"),
        "agreement": ours("schema CreateAgreementDTO"),
    },
    "Re-send the mail to the recipient": {"agreementId": _ID},
    "Agreements settings": {"id": _ID},
    "Delete an agreement": {"id": _ID},
    "Download the document": {"id": _ID},
    "Downloads the proof PDF": {"id": _ID},
    "Credentials": {
        "username": credential("username"),
        "password": credential("password"),
        "rememberMe": unused("a token that lives for weeks would be one more secret; a fresh one costs one call"),
    },
    "JWTToken": {
        "id_token": ours("the bearer of every call, kept in the process until a minute before its exp"),
        "authorities": unused("the roles of the API user decide nothing here"),
    },
    "CreateAgreementDTO": {
        "callbackUrl": ours("the package's callback address"),
        "defaultFieldHeight": option("defaultFieldHeight"),
        "defaultFieldWidth": option("defaultFieldWidth"),
        "name": neutral("package.name, with number and name of the document where there are several"),
        "recipients": ours("schema CreateRecipientDTO"),
        "reminderDelay": neutral("package.reminders", "reminderDelay"),
        "textTemplateName": option("textTemplateName"),
    },
    "CreateRecipientDTO": {
        "canRenew": option("canRenew"),
        "email": neutral("recipient.email"),
        "fields": ours("schema CreateSignatureZoneDTO"),
        "firstname": neutral("recipient.firstName"),
        "lastname": neutral("recipient.lastName"),
        "phone": neutral("recipient.phone, with authentication SMS_OTP only"),
        "position": ours("the number in the recipient's form fields and tags, else the first free one"),
        "step": neutral("recipient.signingOrder, counted without gaps"),
    },
    "CreateSignatureZoneDTO": dict.fromkeys(("height", "page", "width", "x", "y"), neutral(_ZONE)),
    "AgreementDTO": {
        "currentStep": neutral("recipient.status: WAITING or SENT"),
        "estClientUrlAccess": unused("what it opens is not documented; it may be a way in, so it is never kept"),
        "id": _ID,
        "name": unused("it is the name that we gave"),
        "pages": unused("pages are counted where they are needed"),
        "recipients": ours("schema RecipientStatusDTO"),
        "renewedDate": unused("what is renewed, and by whom, is not documented"),
        "status": neutral("package.status"),
    },
    "RecipientStatusDTO": {
        "canRenew": unused("it is what we gave"),
        "email": ours("finds the recipient"),
        "firstname": ours("finds the recipient among those with the same e-mail address"),
        "id": unused("no call takes it"),
        "lastname": ours("finds the recipient among those with the same e-mail address"),
        "status": neutral("recipient.status"),
        "step": ours("compared with currentStep, and finds the recipient among their like"),
    },
}  # fmt: skip
