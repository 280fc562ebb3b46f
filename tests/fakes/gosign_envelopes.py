"""Insertions for the GoSign simulator, written from the vendor's tables (seeds/004, §4.1, §5.1, §9.2)."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

from sandbox.providers.gosign.notices import in_soap
from sandbox.providers.gosign.settings import Customer
from tests.fakes.papers import a_pdf

CODE = Customer().code
DATA = Path(__file__).parents[1] / "data/gosign"
PDF = a_pdf(
    2, texts={(1, 72, 400): "##FIRMA##", (2, 72, 300): "sign here"}, signature_fields={"Buyer": (2, 100, 300, 150, 50)}
)
COORDINATES = {"coordAppearance": {"page": 1, "llx": 50.0, "lly": 50.0, "urx": 200.0, "ury": 100.0}}


def b64(content: bytes = PDF) -> str:
    return base64.b64encode(content).decode()


def document(ext_id: str = "doc1", content: bytes = PDF, **changes: Any) -> dict[str, Any]:
    known = {"title": "test", "mimeType": "application/pdf", "originalFname": f"{ext_id}.pdf", "externalId": ext_id}
    return {**known, "bytes": b64(content), **changes}


def action(doc: str | int = "doc1", kind: str = "S", **changes: Any) -> dict[str, Any]:
    return {"docExternalId": doc, "type": kind, "mandatory": True, "appearance": COORDINATES, **changes}


def task(actor: str = "mgrU", order: int = 1, **changes: Any) -> dict[str, Any]:
    known = {"type": "T", "order": order, "actorExpr": actor, "action": "WRK", "howMany": 1, "certType": "I"}
    return {**known, "actionDefs": [action()], **changes}


def stranger(email: str = "anna@supplier.example", **changes: Any) -> dict[str, Any]:
    known = {"username": email, "name": "Anna", "surname": "Peeters", "email": email, "externalId": email}
    authority = {"username": email, "authority": "ROLE_STRANGER"}
    return {**known, "newUserStrategy": "EMAIL_BASED", "userAuthorities": [authority], **changes}


def rest(
    ext_id: str = "E1", *, process: dict[str, Any] | None = None, top: dict[str, Any] | None = None, **changes: Any
):
    """§4.1: one document, one action, one recipient unless told otherwise; `changes` are of the envelope."""
    envelope = {
        "externalId": ext_id,
        "subject": "Contract",
        "loadedByExtId": "segr",
        "sendingMode": "IMD",
        "trustLevelCode": "INTERNAL_PDF",
        "documents": [document()],
        "commonMessage": {"subject": "Hello", "text": "Please sign"},
        "procDef": {"tasks": [task()]} if process is None else process,
        **changes,
    }
    return {"customerCode": CODE, "externalSystemCode": "COUPA", "envelope": envelope, **(top or {})}


def oauth(ext_id: str = "E1", *, tasks: list[Any] | None = None, users: list[Any] | None = None, **changes: Any):
    """§9.2."""
    process: dict[str, Any] = {"tasks": [oauth_task()] if tasks is None else tasks}
    envelope = {
        "externalId": ext_id,
        "subject": "Contract",
        "sendingMode": "IMMEDIATE",
        "trustLevel": "INTERNAL_PDF",
        "documents": [document()],
        "commonMessages": {"text": "Please sign"},
        "procDef": process | ({"newUsers": users} if users else {}),
        **changes,
    }
    return {"envelope": envelope, "usersInCC": None}


def oauth_task(actor: str = "mgrU", order: int = 1, **changes: Any) -> dict[str, Any]:
    known = {"type": "HUMAN", "order": order, "actorExpr": actor, "action": "WORK", "howMany": 1}
    return {**known, "actionDefs": [action(kind="SIGN")], **changes}


def gs5(ext_id: str = "E1", *, kind: str = "SIMPLE", tasks: list[Any] | None = None, users: list[Any] | None = None):
    """§9.7: no trust level, a signature type per task."""
    made = [oauth_task(signatureType=kind)] if tasks is None else tasks
    return oauth(ext_id, tasks=made, users=users, trustLevel=None)


def oauth_stranger(email: str = "anna@supplier.example", **changes: Any) -> dict[str, Any]:
    known = {"username": email, "name": "Anna", "surname": "Peeters", "email": email, "externalId": email}
    return {**known, "newUserStrategy": "EMAIL_BASED", "roles": ["STRANGER"], **changes}


def example(name: str) -> Any:
    """A JSON example of the document, corrected where its print is no JSON."""
    corrected = DATA / "json" / f"{name}.corrected.json"
    return json.loads((corrected if corrected.exists() else DATA / "json" / f"{name}.txt").read_text())


def soap_example(name: str) -> str:
    corrected = DATA / "soap" / f"{name}.corrected.xml"
    return (corrected if corrected.exists() else DATA / "soap" / f"{name}.xml").read_text()


def with_papers(request: dict[str, Any], content: bytes = PDF) -> dict[str, Any]:
    """An example with a real document in place of `JVBERi0xLjY…`."""
    made = copy.deepcopy(request)
    inner = made.get("insertEnvelopeRequest", made)
    documents = inner["envelope"]["documents"]
    for one in documents if isinstance(documents, list) else [documents["document"]]:
        one["bytes"] = b64(content)
    return made


def in_envelope(xml: str) -> bytes:
    from lxml import etree

    return in_soap(etree.fromstring(xml.encode()))
