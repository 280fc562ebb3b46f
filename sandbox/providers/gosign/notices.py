"""The notifications as GoSign writes them: WorkNotification (§8.3.1), the extended format (§8.3.2), SOAP (§7.1, §11).

Pure but for the envelope that they read. Times are ISO 8601 in the first and third, milliseconds in the second.
"""

from __future__ import annotations

import base64
from typing import Any

from lxml import etree

from sandbox.providers.gosign import steps
from sandbox.providers.gosign.model import Document, Envelope
from sandbox.providers.gosign.people import Directory
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.vocabulary import TRUST_LEVEL_IDS

ENDS_WELL = frozenset(
    {"SIGN_PROCESS_ENDED", "SIGN_PROCESS_ENDED_WSUPPL", "VA_PROCESS_ENDED"}
)  # §7.1: "only available for"
WKNOTIF = "http://www.infocert.it/smartsign/schema/wknotif"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
Json = dict[str, Any]


def work_notification(envelope: Envelope, kind: str, customer: Customer, people: Directory) -> Json:
    """§8.3.1: "the note field contains the rejection note in case of ENVELOPE_REJECTED"."""
    key = customer.switches.resume_key
    body: Json = {"envelopeExternalId": envelope.ext_id, "notificationType": kind}
    if kind == "ENVELOPE_REJECTED" and envelope.rejection:
        body["note"] = envelope.rejection
    if kind in ENDS_WELL and customer.habits.documents:
        body["documents"] = [_with_content(document) for document in envelope.papers]
    events = steps.live(envelope, people, steps.iso, resume_key=key, short=True)
    body["liveStatus"] = [{name: value for name, value in event.items() if value is not None} for event in events]
    return body


def _with_content(document: Document) -> Json:
    data = base64.b64encode(document.content).decode()
    return {"docExternalId": document.ext_id, "content": {"mimeType": document.mime_type, "data": data}}


def extended(envelope: Envelope, customer: Customer, people: Directory) -> Json:
    """§8.3.2: no notificationType; `expiresAt`, not `expireAt`. "Of course, not all fields will always be present."

    `note` has "already been described": §4.1, "Note on the envelope". Where a rejection's is, nothing says: nowhere here.
    """
    ms = steps.milliseconds
    body: Json = {
        "externalId": envelope.ext_id,
        "code": envelope.code,
        "subject": envelope.subject,
        "status": envelope.status,
        "previousStatus": envelope.previous,
        "starred": envelope.starred,
        "createdAt": ms(envelope.created),
        "completedAt": ms(envelope.completed),
        "loadedByExtId": envelope.loaded_by,
        "loadedByName": _loader(people, envelope.loaded_by),
        "process": {
            "status": envelope.process_status,
            "startedAt": ms(envelope.started),
            "finishedAt": ms(envelope.completed),
            "liveStatus": list(steps.live(envelope, people, ms, resume_key="actionsResume", short=False)),
        },
        "type": "STD",
        "expiresAt": ms(envelope.expire_at),
        "expiresAtTimezoneID": "Europe/Rome" if envelope.expire_at else None,
        "note": envelope.note,
        "corporateUseType": envelope.use_type,
        "sendingMode": envelope.sending_mode,
        "documents": [_extended_document(document, customer, envelope) for document in envelope.documents],
        "commonMessage": envelope.message,
        "messages": [],
        "usersInCC": [
            {k: v for k, v in c.items() if k not in {"user", "addUsersInCCStrategy"}} for c in envelope.copies
        ],
        "sysGenerator": envelope.sys_generator,
        "trustLevelId": TRUST_LEVEL_IDS.get(envelope.trust_level or ""),
        "notes": envelope.notes,
    }
    return body | ({"docClass": envelope.doc_class} if envelope.doc_class else {})


def _loader(people: Directory, ext_id: str) -> Json:
    user = people[ext_id]
    empty = dict.fromkeys(("organizationUnit", "title", "company"))
    known = {"surname": user.surname, "name": user.name, "email": user.email, "externalId": ext_id}
    return {**empty, **known, "timezone": "Europe/Rome"}


def _extended_document(document: Document, customer: Customer, envelope: Envelope) -> Json:
    shown = customer.habits.documents and envelope.status in {"WKD", "STO"}
    return {
        **({"bytes": base64.b64encode(document.content).decode()} if shown else {}),
        "title": document.title,
        "createdAt": steps.milliseconds(document.created),
        "mimeType": document.mime_type,
        "originalFname": document.file_name,
        "externalId": document.ext_id,
        "docType": document.type,
        "docOrder": document.order,
    }


def soap_notification(envelope: Envelope, kind: str, customer: Customer, people: Directory) -> bytes:
    """§7.1: a prefixed root and unqualified children, as in the sample of §7.2; `mime-type`, not mimeType."""
    told = work_notification(envelope, kind, customer, people)
    root = etree.Element(f"{{{WKNOTIF}}}{customer.switches.soap_root}", nsmap={"ns2": WKNOTIF})
    inner = root if customer.switches.soap_root == "workNotification" else etree.SubElement(root, "workNotification")
    for name in ("envelopeExternalId", "notificationType", "note"):
        _texts(inner, {name: told.get(name)})
    if "documents" in told:
        documents = etree.SubElement(inner, "documents")
        for document in told["documents"]:
            one = etree.SubElement(documents, "document")
            _texts(one, {"docExternalId": document["docExternalId"]})
            content = document["content"]
            _texts(etree.SubElement(one, "content"), {"mime-type": content["mimeType"], "data": content["data"]})
    live = etree.SubElement(inner, "liveStatus")
    for event in told["liveStatus"]:
        step = etree.SubElement(live, "stepEvent")
        counts = event.pop(customer.switches.resume_key)
        _texts(step, event)
        _texts(etree.SubElement(step, "actionsResume"), counts)
    return in_soap(root)


def workable_question(user: str, envelopes: list[tuple[str, str | None]]) -> bytes:
    """§7.2: (envelope, the user who was replaced)."""
    root = etree.Element(f"{{{WKNOTIF}}}getEnvelopeExternalStatusRequest", nsmap={"ns2": WKNOTIF})
    _texts(root, {"userExtId": user})
    for ext_id, original in envelopes:
        one = etree.SubElement(root, "envelopeExtIdList", {"fromUserExtId": original} if original else {})
        one.text = ext_id
    return in_soap(root)


def operation_done(receipt: str, ext_id: str, code: str, message: str, namespace: str) -> bytes:
    """§11: OperationDoneEvent; "details: … blank in insertEnvelope"."""
    root = etree.Element(f"{{{namespace}}}OperationDoneEvent", nsmap={"ns2": namespace})
    _texts(root, {"ID": receipt, "command": "insertEnvelope", "extId": ext_id, "details": ""})
    _texts(etree.SubElement(root, "returnStatus"), {"code": code, "message": message})
    return in_soap(root)


def in_soap(content: Any) -> bytes:  # noqa: ANN401 - lxml's elements
    """A SOAP 1.1 envelope around one element (§5, §7.2)."""
    root = etree.Element(f"{{{SOAP11}}}Envelope", nsmap={"soap": SOAP11})
    etree.SubElement(root, f"{{{SOAP11}}}Body").append(content)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _texts(parent: Any, values: Json) -> None:  # noqa: ANN401
    for name, value in values.items():
        if value is not None:
            etree.SubElement(parent, name).text = str(value)
