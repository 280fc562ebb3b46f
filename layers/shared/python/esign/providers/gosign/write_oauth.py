"""An envelope in the words of OAuth2 v2 and GoSign 5 (seeds/004 §9.2, §9.7): plain functions to dictionaries.

At GoSign 5 each task has a signature type and the envelope no trust level; its own user fields must not be sent to
GoSign 4 (§9.7.2).
"""

from __future__ import annotations

from esign.http.jsonstream import Base64File
from esign.providers.gosign.envelope import Envelope, NewUser, Part, milliseconds
from esign.providers.gosign.words import SENDING_MODES, USE_TYPES, USER_ROLES, Dialect
from esign.providers.gosign.write_alike import Json, copy_user, new_user, present
from esign.providers.gosign.write_rest import Files, document_class, task


def insert_request(envelope: Envelope, files: Files, dialect: Dialect) -> Json:
    """The body of InsertEnvelope; the plain result code is asked for, not the envelope."""
    return present(
        usersInCC=[copy_user(copy) for copy in envelope.copies] or None,
        responseWithEnvelope=False,
        envelope=_envelope(envelope, files, dialect),
    )


def _envelope(envelope: Envelope, files: Files, dialect: Dialect) -> Json:
    return present(
        externalId=envelope.external_id,
        subject=envelope.subject,
        starred=envelope.starred,
        sendingMode=SENDING_MODES[envelope.sending_mode][dialect],
        useType=USE_TYPES[envelope.use_type][dialect],
        trustLevel=envelope.trust_level,
        sysGenerator=envelope.sys_generator,
        expireAt=milliseconds(envelope.expires_at) if envelope.expires_at else None,
        commonMessages=_messages(envelope),
        docClass=document_class(envelope.document_class),
        procDef=present(
            tasks=[task(one, dialect) for one in envelope.tasks],
            newUsers=[_new_user(user, dialect) for user in envelope.new_users] or None,
        ),
        documents=[_part(part, files) for part in envelope.documents],
    )


def _messages(envelope: Envelope) -> Json:
    """There is no subject here (§9.2): it becomes the first line where it says something of its own."""
    subject, text = envelope.message_subject, envelope.message_text
    own = subject not in {envelope.subject, text}
    people = [{"text": message.text, "userExtId": message.user} for message in envelope.user_messages]
    return present(text=f"{subject}\n\n{text}" if own else text, userMessages=people or None)


def _new_user(user: NewUser, dialect: Dialect) -> Json:
    told = new_user(user) | present(
        roles=[USER_ROLES[user.role][dialect]],
        company=user.company,
        organizationUnit=user.organization_unit,
        fiscalCode=user.fiscal_code,
        title=user.title,
        enabled=user.enabled,
    )
    return told | (_of_version_5(user) if dialect is Dialect.GOSIGN5 else {})


def _of_version_5(user: NewUser) -> Json:
    return present(
        emailLanguage=user.language,
        adDomain=user.ad_domain,
        timezone=user.timezone,
        countryCode=user.country_code,
        serialType=user.serial_type,
    )


def _part(part: Part, files: Files) -> Json:
    return {
        "externalId": part.id,
        "title": part.title,
        "mimeType": part.mime_type,
        "originalFname": part.file_name,
        "bytes": Base64File(files[part.id]),
    }
