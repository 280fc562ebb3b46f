"""An envelope in the words of SOAP, in the names of the vendor's document (seeds/004 §5.1): plain functions to dictionaries.

Written once; `fit_soap` lays it over the WSDL that an account has.
"""

from __future__ import annotations

from collections.abc import Mapping

from esign.domain.ids import DocumentId
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
from esign.providers.gosign.options import Protocol
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

_SOAP = Dialect.SOAP


def insert_request(envelope: Envelope, places: Mapping[DocumentId, str], *, customer_code: str) -> Json:
    """insertEnvelopeRequest; `places` stand for the documents' base64."""
    return present(
        customerCode=customer_code,
        addUsersInCC=[copy_user(copy) for copy in envelope.copies] or None,
        envelope=_envelope(envelope, places),
    )


def _envelope(envelope: Envelope, places: Mapping[DocumentId, str]) -> Json:
    return present(
        externalId=envelope.external_id,
        subject=envelope.subject,
        starred=envelope.starred,
        loadedByExtId=envelope.loader,
        sysGenerator=envelope.sys_generator,
        corporateUseType=USE_TYPES[envelope.use_type][_SOAP],
        sendingMode=SENDING_MODES[envelope.sending_mode][_SOAP],
        expireAt=milliseconds(envelope.expires_at) if envelope.expires_at else None,
        note=envelope.note,
        tag=envelope.tag,
        joinDocuments=" ".join(envelope.join_documents) or None,
        trustLevelCode=envelope.trust_level,
        commonMessage={"subject": envelope.message_subject, "text": envelope.message_text},
        docClass=_document_class(envelope.document_class),
        procDef=_process(envelope),
        documents={"document": [_part(part, places) for part in envelope.documents]},
    )


def _process(envelope: Envelope) -> Json:
    users = [_new_user(user) for user in envelope.new_users] or None
    if envelope.policy:
        return present(code=envelope.policy.code, revision=str(envelope.policy.revision), newUsers=users)
    return present(tasks={"taskDef": [_task(task) for task in envelope.tasks]}, newUsers=users)


def _task(task: Task) -> Json:
    return present(
        order=task.order,
        type=TASK_TYPES[task.kind][_SOAP],
        actorExpr=task.actors or None,
        action=TASK_ACTIONS[task.kind][_SOAP],
        certType=task.cert_type,
        howMany=task.how_many,
        actionDefs={"actionDef": [_action(action) for action in task.actions]},
        confString=conf_string(task.conf),
        sendMailMessage=_mail(task.mail),
    )


def _action(action: Action) -> Json:
    return present(
        docExternalId=action.document,
        mandatory=action.mandatory,
        type=ACTIONS[action.type][_SOAP],
        appearance=_appearance(action.appearance),
        confString=conf_string(action.conf),
    )


def _appearance(place: Appearance) -> Json:
    """Flat, with names of its own (§5.1)."""
    match place:
        case Coordinates(page, llx, lly, urx, ury):
            return {"page": page, "llx": llx, "lly": lly, "urx": urx, "ury": ury}
        case Compass(page, position):
            return {"compassPage": page, "compassPosition": int(COMPASS[position][_SOAP])}
        case BlankField(name):
            return {"blankSignatureFieldName": name}
        case Tag(start, end, x, y, corner):
            tag = present(startTagPattern=start, endTagPattern=end, tagCornerType=CORNERS[corner][_SOAP])
            return tag | {"tagXOffset": x, "tagYOffset": y}


def _mail(message: Mail | None) -> Json | None:
    """§6.3."""
    if message is None:
        return None
    people = [present(typeRecipient=r.kind, userExternalId=r.user, email=r.email) for r in message.recipients]
    listed = {"sendMailRecipient": people}
    return present(subject=message.subject, bodyMail=message.body, sendMailRecipientList=listed)


def _new_user(user: NewUser) -> Json:
    return new_user(user) | present(
        emailLanguage=user.language,
        userAuthorities=[{"username": user.username, "authority": USER_ROLES[user.role][_SOAP]}],
        fiscalCode=user.fiscal_code,
    )


def _document_class(told: DocumentClass | None) -> Json | None:
    if told is None:
        return None
    fields = {"documentField": [_value(value) for value in told.values]} if told.values else None
    return present(id=told.id, name=told.name, fields=fields)


def _value(value: ClassValue) -> Json:
    return present(id=value.id, name=value.name, dateValue=value.date, numericValue=value.number, textValue=value.text)


def _part(part: Part, places: Mapping[DocumentId, str]) -> Json:
    protocols = {"protocol": [_protocol(one) for one in part.protocols]} if part.protocols else None
    return present(
        title=part.title,
        mimeType=part.mime_type,
        originalFname=part.file_name,
        externalId=part.id,
        bytes=places[part.id],
        ooxmlSignStrategy=part.ooxml_sign_strategy,
        privateDoc=part.private,
        protocols=protocols,
    )


def _protocol(protocol: Protocol) -> Json:
    registry = {"protocolRegistry": {"code": protocol.registry_code}} if protocol.registry_code else None
    return present(code=protocol.code, createdAt=protocol.created_at, registry=registry)
