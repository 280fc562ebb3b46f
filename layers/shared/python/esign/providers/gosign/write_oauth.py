"""An envelope in the words of OAuth2 v2 and GoSign 5 (seeds/004 §9.2, §9.7): plain functions to dictionaries.

At GoSign 5 each task has a signature type and the envelope no trust level; its own user fields must not be sent to
GoSign 4 (§9.7.2).
"""

from __future__ import annotations

from esign.http.jsonstream import Base64File
from esign.providers.gosign.envelope import Action, Envelope, NewUser, Part, Task, milliseconds
from esign.providers.gosign.words import (
    ACTIONS,
    SENDING_MODES,
    TASK_ACTIONS,
    TASK_TYPES,
    USE_TYPES,
    USER_ROLES,
    Dialect,
)
from esign.providers.gosign.write_rest import (
    Files,
    Json,
    appearance,
    conf_string,
    copy_user,
    document_class,
    mail,
    present,
)


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
            tasks=[_task(task, dialect) for task in envelope.tasks],
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


def _task(task: Task, dialect: Dialect) -> Json:
    return present(
        type=TASK_TYPES[task.kind][dialect],
        order=task.order,
        actorExpr=task.actors or None,
        action=TASK_ACTIONS[task.kind][dialect],
        howMany=task.how_many,
        signatureType=task.signature_type,
        confString=conf_string(task.conf),
        actionDefs=[_action(action, dialect) for action in task.actions],
        sendMailMessage=mail(task.mail),
    )


def _action(action: Action, dialect: Dialect) -> Json:
    return present(
        docExternalId=action.document,
        type=ACTIONS[action.type][dialect],
        mandatory=action.mandatory,
        appearance=appearance(action.appearance, dialect),
        confString=conf_string(action.conf),
    )


def _new_user(user: NewUser, dialect: Dialect) -> Json:
    told = present(
        username=user.username,
        name=user.name,
        surname=user.surname,
        phoneNumber=user.phone,
        email=user.email,
        externalId=user.external_id,
        newUserStrategy=user.strategy,
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
