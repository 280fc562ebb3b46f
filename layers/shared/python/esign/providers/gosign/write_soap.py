"""An envelope in the words of SOAP (seeds/004 §5.1), and those words fitted to the WSDL that an account has.

The vendor's document names some elements in several ways, and its WSDL is not public: what we say is written once, in the
names of the document's own request, and then laid over the shape of the loaded WSDL. What has no place there is refused,
never left out. Knows no zeep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from esign.domain.errors import ProviderRefused
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
from esign.providers.gosign.options import Protocol as DocumentProtocol
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
from esign.providers.gosign.write_rest import Json, conf_string, copy_user, present

_SOAP = Dialect.SOAP

# contracts/gosign.md §1.11, 1 to 4, and the seed's own "documentFiled": each of one thing, ours first.
SYNONYMS = (
    ("procDef", "processDef"),
    ("addUsersInCC", "AddUsersInCC", "addUsersInCCRequest", "usersInCC"),
    ("commonMessage", "commonMessages"),
    ("documentField", "documentFiled"),
    ("newUsers", "newUser"),
)


class Shape(Protocol):
    """What a WSDL allows in one place (esign.http.soap)."""

    @property
    def kind(self) -> str: ...
    @property
    def repeated(self) -> bool: ...
    @property
    def inside(self) -> Mapping[str, Any]: ...


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
    return present(
        username=user.username,
        name=user.name,
        surname=user.surname,
        phoneNumber=user.phone,
        email=user.email,
        emailLanguage=user.language,
        externalId=user.external_id,
        newUserStrategy=user.strategy,
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


def _protocol(protocol: DocumentProtocol) -> Json:
    registry = {"protocolRegistry": {"code": protocol.registry_code}} if protocol.registry_code else None
    return present(code=protocol.code, createdAt=protocol.created_at, registry=registry)


def fitted(values: Json, shape: Shape, where: str = "") -> Json:
    """The same, in the names and forms of a WSDL. Raises ProviderRefused for what it has no place for."""
    return dict(_fitted(values, shape, where))


def _fitted(values: Json, shape: Shape, where: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        there = next((known for known in _names(name) if known in shape.inside), None)
        if there is None:
            detail = f"The account's WSDL has no place for {where}{name}; nothing was sent."
            raise ProviderRefused(detail, code="invalid_package")
        yield there, _form(value, shape.inside[there], f"{where}{there}/")


def _names(name: str) -> tuple[str, ...]:
    same = next((names for names in SYNONYMS if name in names), ())
    return (name, *same)


def _form(value: Any, shape: Shape, where: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return _list(value, shape, where)
    if isinstance(value, dict):
        if shape.inside:
            return fitted(value, shape, where)
        if "authority" in value:
            return value["authority"]  # §5.1 prints userAuthorities as a plain text
        raise ProviderRefused(f"The account's WSDL takes a plain text as {where.rstrip('/')}.", code="invalid_package")
    return _leaf(value, shape.kind)


def _list(values: list[Any], shape: Shape, where: str) -> Any:  # noqa: ANN401 - JSON
    """Repeated in its place, inside the one element that is repeated there (newUsers/insertUser), or the only one."""
    if not shape.repeated:
        wrapped = next(
            (name for name, inner in shape.inside.items() if inner.repeated and len(shape.inside) == 1), None
        )
        if wrapped:
            return {wrapped: [_form(value, shape.inside[wrapped], where) for value in values]}
        if len(values) == 1:
            return _form(values[0], shape, where)
        detail = f"The account's WSDL has a place for one {where.rstrip('/')} only; nothing was sent."
        raise ProviderRefused(detail, code="invalid_package")
    return [_form(value, shape, where) for value in values]


def _leaf(value: Any, kind: str) -> Any:  # noqa: ANN401 - JSON
    """Milliseconds where the WSDL says a date (contracts/gosign.md §1.10: the type of dates is not known)."""
    if kind in {"DateTime", "Date"} and isinstance(value, int):
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return moment if kind == "DateTime" else moment.date()
    if kind == "String" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
