"""An envelope in the words of REST v1, which LegalBus takes too (seeds/004 §4.1, §11): plain functions to dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from esign.domain.ids import DocumentId
from esign.http.jsonstream import Base64File
from esign.providers.gosign.envelope import (
    Action,
    Appearance,
    BlankField,
    ClassValue,
    Compass,
    Coordinates,
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
    SENDING_MODES,
    TASK_ACTIONS,
    TASK_TYPES,
    USE_TYPES,
    USER_ROLES,
    Dialect,
)
from esign.providers.gosign.write_alike import Json, conf_string, copy_user, new_user, present

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
    return present(tasks=[task(one, _REST) for one in envelope.tasks], newUsers=users)


def task(told: Task, dialect: Dialect) -> Json:
    """As REST v1 and the OAuth2 doors have it: the one names a certificate, the others a kind of signature."""
    own = {"certType": told.cert_type} if dialect is _REST else {"signatureType": told.signature_type}
    return present(
        type=TASK_TYPES[told.kind][dialect],
        order=told.order,
        actorExpr=told.actors or None,
        action=TASK_ACTIONS[told.kind][dialect],
        howMany=told.how_many,
        confString=conf_string(told.conf),
        actionDefs=[_action(action, dialect) for action in told.actions],
        sendMailMessage=_mail(told.mail),
        **own,
    )


def _action(action: Action, dialect: Dialect) -> Json:
    return present(
        docExternalId=action.document,
        type=ACTIONS[action.type][dialect],
        mandatory=action.mandatory,
        appearance=appearance(action.appearance, dialect),
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


def _mail(message: Mail | None) -> Json | None:
    if message is None:
        return None
    people = [present(userExternalId=r.user, email=r.email, typeRecipient=r.kind) for r in message.recipients]
    return present(subject=message.subject, bodyMail=message.body, sendMailRecipientList=people)


def _new_user(user: NewUser) -> Json:
    authority = {"username": user.username, "authority": USER_ROLES[user.role][_REST]}
    return new_user(user) | {"userAuthorities": [authority]}


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
