"""An envelope in the words of REST v1, which LegalBus takes too (seeds/004 §4.1, §11): plain functions to dictionaries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from esign.domain.ids import DocumentId
from esign.http.jsonstream import Base64File
from esign.providers.gosign.envelope import (
    Action,
    Appearance,
    BlankField,
    ClassValue,
    Compass,
    Conf,
    Coordinates,
    CopyUser,
    DocumentClass,
    Envelope,
    Mail,
    NewUser,
    Part,
    Tag,
    Task,
    milliseconds,
)
from esign.providers.gosign.words import (
    ACTIONS,
    COMPASS,
    CORNERS,
    EMAIL_ALWAYS,
    SENDING_MODES,
    TASK_ACTIONS,
    TASK_TYPES,
    USE_TYPES,
    USER_ROLES,
    Dialect,
)

Json = dict[str, Any]
Files = Mapping[DocumentId, BinaryIO]

_REST = Dialect.REST


def insert_request(envelope: Envelope, files: Files, *, customer_code: str, external_system_code: str) -> Json:
    """The body of InsertEnvelope and InsertEnvelope2; `files` are read while it is sent."""
    return present(
        customerCode=customer_code,
        externalSystemCode=external_system_code,
        addUsersInCC=[copy_user(copy) for copy in envelope.copies] or None,
        envelope=_envelope(envelope, files),
    )


def _envelope(envelope: Envelope, files: Files) -> Json:
    """Small fields first: a reader that stops at a megabyte has seen who and what."""
    return present(
        externalId=envelope.external_id,
        subject=envelope.subject,
        starred=envelope.starred,
        sendingMode=SENDING_MODES[envelope.sending_mode][_REST],
        loadedByExtId=envelope.loader,
        tag=envelope.tag,
        expireAt=milliseconds(envelope.expires_at) if envelope.expires_at else None,
        note=envelope.note,
        corporateUseType=USE_TYPES[envelope.use_type][_REST],
        expirationFirstReminder=envelope.first_reminder,
        expirationFollowingReminder=envelope.following_reminder,
        trustLevelCode=envelope.trust_level,
        sysGenerator=envelope.sys_generator,
        commonMessage={"subject": envelope.message_subject, "text": envelope.message_text},
        docClass=document_class(envelope.document_class),
        procDef=_process(envelope),
        documents=[_part(part, files) for part in envelope.documents],
    )


def _process(envelope: Envelope) -> Json:
    users = [_new_user(user) for user in envelope.new_users] or None
    if envelope.policy:  # its revision is a string in the seed's own example (§6.5)
        return present(code=envelope.policy.code, revision=str(envelope.policy.revision), newUsers=users)
    return present(tasks=[_task(task) for task in envelope.tasks], newUsers=users)


def _task(task: Task) -> Json:
    return present(
        type=TASK_TYPES[task.kind][_REST],
        order=task.order,
        actorExpr=task.actors or None,
        action=TASK_ACTIONS[task.kind][_REST],
        howMany=task.how_many,
        certType=task.cert_type,
        confString=conf_string(task.conf),
        actionDefs=[_action(action) for action in task.actions],
        sendMailMessage=mail(task.mail),
    )


def _action(action: Action) -> Json:
    return present(
        docExternalId=action.document,
        type=ACTIONS[action.type][_REST],
        mandatory=action.mandatory,
        appearance=appearance(action.appearance, _REST),
        confString=conf_string(action.conf),
    )


def appearance(place: Appearance, dialect: Dialect) -> Json:
    """Nested, as REST v1 and OAuth2 both have it; the offsets' names are lower case (§6.1)."""
    match place:
        case Coordinates(page, llx, lly, urx, ury):
            corners = {"llx": llx, "lly": lly, "urx": urx, "ury": ury}
            if dialect is _REST:  # §4.1 has integers there
                corners = {name: round(edge) for name, edge in corners.items()}
            return {"coordAppearance": {"page": page} | corners}
        case Compass(page, position):
            word = COMPASS[position][dialect]
            dial = int(word) if dialect is _REST else word
            return {"compassAppearance": {"page": page, "position": dial}}
        case BlankField(name):
            return {"blankSignatureFieldName": name}
        case Tag(start, end, x, y, corner):
            tag = present(startTagPattern=start, endTagPattern=end, cornerType=CORNERS[corner][dialect])
            return {"tagAppearance": tag | {"xoffset": x, "yoffset": y}}


def conf_string(conf: Conf) -> str | None:
    """JSON in a string, properly escaped: the seed's own prints are not (contracts/gosign.md §1.11, 12)."""
    return json.dumps(dict(conf), ensure_ascii=False, separators=(",", ":")) if conf else None


def mail(message: Mail | None) -> Json | None:
    if message is None:
        return None
    people = [present(userExternalId=r.user, email=r.email, typeRecipient=r.kind) for r in message.recipients]
    return present(subject=message.subject, bodyMail=message.body, sendMailRecipientList=people)


def _new_user(user: NewUser) -> Json:
    role = USER_ROLES[user.role][_REST]
    return present(
        username=user.username,
        name=user.name,
        surname=user.surname,
        phoneNumber=user.phone,
        email=user.email,
        externalId=user.external_id,
        newUserStrategy=user.strategy,
        userAuthorities=[{"username": user.username, "authority": role}],
    )


def copy_user(copy: CopyUser) -> Json:
    """§6.4."""
    return present(
        externalId=copy.external_id,
        email=copy.email,
        surname=copy.surname,
        name=copy.name,
        addUsersInCCStrategy=EMAIL_ALWAYS if copy.always else None,
    )


def document_class(told: DocumentClass | None) -> Json | None:
    if told is None:
        return None
    return present(id=told.id, name=told.name, fields=[_value(value) for value in told.values] or None)


def _value(value: ClassValue) -> Json:
    return present(name=value.name, textValue=value.text, numericValue=value.number, dateValue=value.date)


def _part(part: Part, files: Files) -> Json:
    return present(
        externalId=part.id,
        title=part.title,
        mimeType=part.mime_type,
        originalFname=part.file_name,
        ooxmlSignStrategy=part.ooxml_sign_strategy,
        privateDoc=part.private,
        bytes=Base64File(files[part.id]),
    )


def present(**fields: Any) -> Json:  # noqa: ANN401 - JSON
    """What is not None."""
    return {name: value for name, value in fields.items() if value is not None}
