"""An envelope as each dialect shows it: REST v1's full structure (§4.1), OAuth2's simple one (§9.3). Pure."""

from __future__ import annotations

import base64
from typing import Any

from sandbox.providers.gosign import papers, steps
from sandbox.providers.gosign.model import Document, Envelope
from sandbox.providers.gosign.people import Directory
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.vocabulary import SENDING_MODES, STATUSES, TRUST_LEVEL_IDS, USE_TYPES

Json = dict[str, Any]
ms = steps.milliseconds


def full(envelope: Envelope, people: Directory, *, with_bytes: bool, future: bool = True) -> Json:
    """§4.1, GetEnvelope. `future`: people whose step has not begun are in liveStatus."""
    status = envelope.shown_as or envelope.status
    number = sum(papers.pages(document.content) for document in envelope.papers)
    return {
        "externalId": envelope.ext_id,
        "code": envelope.code,
        "subject": envelope.subject,
        "status": status,
        "previousStatus": envelope.previous,
        "starred": envelope.starred,
        "createdAt": ms(envelope.created),
        "completedAt": ms(envelope.completed),
        "loadedByExtId": envelope.loaded_by,
        "notifiedStatus": {"WKD": "Y", "REJ": "R", "STP": "C"}.get(envelope.status, "X"),
        "notifiedAt": None,
        "loadingMethod": "W",
        "process": _process(envelope, people, future=future),
        "type": "STD",
        "tag": envelope.tag,
        "nDocs": len(envelope.papers),
        "nPages": number,
        "size": sum(len(document.content) for document in envelope.documents),
        "expireAt": ms(envelope.expire_at),
        "expireAtTimezoneID": "Europe/Rome" if envelope.expire_at else None,
        "note": envelope.note,
        "corporateUseType": envelope.use_type,
        "sendingMode": envelope.sending_mode,
        "documents": [_document(document, with_bytes=with_bytes) for document in envelope.documents],
        "details": _details(envelope),
        "commonMessage": _message(envelope),
        "messages": [],
        "usersInCC": [{k: v for k, v in copy.items() if k != "user"} for copy in envelope.copies],
        "expirationFirstReminder": envelope.first_reminder,
        "expirationFollowingReminder": envelope.following_reminder,
        "storedAt": ms(envelope.stored),
        "deletedAt": ms(envelope.deleted),
        "sysGenerator": envelope.sys_generator,
        "actionsResume": steps.total(envelope),
        "cSostState": "EXC",
        "dmsState": "EXC",
        "trustLevelId": TRUST_LEVEL_IDS.get(envelope.trust_level or ""),
        "trustLevelCode": envelope.trust_level,
        "notes": envelope.notes,
        "hasProcessInstance": envelope.started is not None,
        "hasProcessDef": bool(envelope.tasks),
        "npages": number,
        "ndocs": len(envelope.papers),
        **_flags(status),
    }


def _flags(status: str) -> dict[str, bool]:
    """§4.1 repeats the status in booleans."""
    names = {
        "deleted": "DEL", "stored": "STO", "draft": "DRF", "inProgress": "PGS", "cancel": "STP", "toReject": "TRJ",
        "rejected": "REJ", "worked": "WKD", "expired": "EXP", "temp": "TMP",
    }  # fmt: skip
    return {name: status == code for name, code in names.items()} | {"availableToWork": status in {"PGS", "TRJ"}}


def _process(envelope: Envelope, people: Directory, *, future: bool) -> Json | None:
    if envelope.started is None:
        return None
    live = steps.live(envelope, people, ms, resume_key="actionsResume", short=False, future=future)
    state = envelope.process_status
    ended = envelope.completed or envelope.deleted
    return {
        "startedByUserExtId": envelope.loaded_by,
        "status": state,
        "ended": state != "O",
        "startedAt": ms(envelope.started),
        "finishedAt": ms(ended),
        "steps": [_step(envelope, number) for number in range(len(envelope.tasks))],
        "liveStatus": list(live),
        "open": state == "O",
        "closed": state == "C",
        "cancelled": state == "X",
        "endedStepsCount": sum(task.status == "D" for task in envelope.tasks),
    }


def _step(envelope: Envelope, number: int) -> Json:
    task = envelope.tasks[number]
    return {
        "stepNum": number,
        "startedAt": ms(task.started),
        "finishedAt": ms(task.finished),
        "status": task.status,
        "howMany": task.done(),  # §4.1: "number of managers who processed the document at this step"
        "ended": task.status in {"D", "C"},
        "first": number == 0,
    }


def _document(document: Document, *, with_bytes: bool) -> Json:
    return {
        "size": len(document.content),
        "exported": False,
        "encrypted": False,
        "bytes": base64.b64encode(document.content).decode() if with_bytes else None,
        "title": document.title,
        "createdAt": ms(document.created),
        "docStatus": "N",
        "nPages": papers.pages(document.content),
        "mimeType": document.mime_type,
        "originalFname": document.file_name,
        "docType": document.type,
        "externalId": document.ext_id,
        "loadingMethod": "W",
        "originalDocSize": document.was,
        "docOrder": document.order,
        "template": False,
        "cloudService": "LOC",
    }


def _details(envelope: Envelope) -> list[Json]:
    return [
        {
            "status": event.status if event.status in {"NEW", "TCF", "WKD"} else "NEW",
            "action": task.action,
            "workedAt": ms(event.ended) if event.status == "WKD" else None,
            "statusWorked": event.status == "WKD",
            "statusToConfirm": event.status == "TCF",
            "statusNew": event.status == "NEW",
        }
        for task, event in envelope.events()
    ]


def _message(envelope: Envelope) -> Json | None:
    return {**envelope.message, "allEnveUsers": True, "commonMessage": True} if envelope.message else None


def simple(envelope: Envelope, customer: Customer, *, with_bytes: bool) -> Json:
    """§9.3: no status, nobody's state, no docType; what is not set is left out."""
    shown = envelope.documents if customer.switches.oauth_report else envelope.papers
    found: Json = {
        "type": "TYPE_STANDARD",
        "useType": {code: word for word, code in USE_TYPES.items()}.get(envelope.use_type, "PUBLIC"),
        "externalId": envelope.ext_id,
        "subject": envelope.subject,
        "sysGenerator": envelope.sys_generator,
        "sendingMode": {code: word for word, code in SENDING_MODES.items()}[envelope.sending_mode],
        "trustLevel": envelope.trust_level,
        "starred": envelope.starred,
        "documents": [_simple_document(document, with_bytes=with_bytes) for document in shown],
        "commonMessages": {"text": envelope.message["text"]} if envelope.message else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _simple_document(document: Document, *, with_bytes: bool) -> Json:
    found = {
        "externalId": document.ext_id,
        "title": document.title,
        "mimeType": document.mime_type,
        "originalFname": document.file_name,
    }
    return found | ({"bytes": base64.b64encode(document.content).decode()} if with_bytes else {})


def status_word(envelope: Envelope) -> str:
    """§9.6. A test's own word is shown as it is."""
    shown = envelope.shown_as or envelope.status
    return STATUSES.get(shown, shown)
