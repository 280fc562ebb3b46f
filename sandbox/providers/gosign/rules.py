"""The rules between the fields of an insertion (§2, §4.1, §5.1, §6.3, §6.5, §6.6, §9.7), in REST v1's words.

Pure: reads the translated request (translate.py) and the customer's configuration; raises Refusal. People are people.py's,
bytes are papers.py's.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.providers.gosign import vocabulary as words
from sandbox.providers.gosign.errors import (
    DOCUMENT_CLASS_ERROR,
    Refusal,
    illegal,
    process_error,
    same_document_id,
)
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.vocabulary import Dialect

Json = dict[str, Any]
ACTOR = re.compile(r"^(?P<id>.+)(?P<kind>[UR])$")
PLACES = ("compassAppearance", "coordAppearance", "tagAppearance", "tagPattern")


def check(dialect: Dialect, envelope: Json, customer: Customer) -> None:
    """Everything that needs neither people nor bytes."""
    _check_levels(dialect, envelope, customer)
    _check_documents(envelope)
    process = envelope.get("procDef", {})
    if "code" in process:
        _check_policy(envelope, customer)
    elif envelope.get("sendingMode", "DRF") == "IMD" and not process.get("tasks"):
        # §5.1; only a policy "contains all the characteristics necessary to define the signature actions" (§6.5).
        raise process_error("A process definition is required with sendingMode IMD")
    tasks = process.get("tasks", [])
    known = {document["externalId"] for document in envelope["documents"]}
    for task in tasks:
        _check_task(task, known, envelope.get("trustLevelCode"))
    _check_mail_tasks(tasks, customer)
    if dialect == "gs5":
        _check_fea(tasks, process.get("newUsers", []))


def conf(text: str | None) -> Json:
    """A confString: a JSON map as text (§4.1). Row 12: a broken one is ILLEGAL_ARGUMENT."""
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise illegal(f"confString is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise illegal("confString is not a JSON map")
    return found


def actors(expression: str) -> list[tuple[str, str]]:
    """(id, "U" or "R") of each alternative: "id1R|id2U" (§4.1)."""
    found = [ACTOR.match(part.strip()) for part in expression.split("|")]
    if not all(found):
        raise process_error(f"Wrong actorExpr: {expression}")
    return [(match["id"], match["kind"]) for match in found if match]


def _check_levels(dialect: Dialect, envelope: Json, customer: Customer) -> None:
    """§4.1: "in the event of an incompatible trust level, GoSign will refuse to insert"; §9.7: one or the other."""
    trust, tasks = envelope.get("trustLevelCode"), envelope.get("procDef", {}).get("tasks", [])
    types = [task["signatureType"] for task in tasks if "signatureType" in task]
    if trust and trust not in customer.trust_levels:
        raise illegal(f"trust level not enabled: {trust}")
    if dialect != "gs5":
        if types:
            raise illegal("signatureType: from software version 5 only")
        return
    if trust and customer.switches.gs5_trust_level == "refuse":
        raise illegal("trustLevel: no longer in use in GoSign 5")
    for wanted in types:
        if wanted not in customer.signature_types:
            raise Refusal("SIGNATURE_NOT_ENABLED_EXCEPTION", f"Signature type not enabled: {wanted}")
    signing = [task for task in tasks if task["type"] == "T" and any(a["type"] == "S" for a in task["actionDefs"])]
    if not trust and any("signatureType" not in task for task in signing):
        raise illegal("signatureType: must be filled in if the trustLevel is null")


def _check_documents(envelope: Json) -> None:
    seen: set[str] = set()
    for document in envelope["documents"]:
        if document["externalId"] in seen:
            raise same_document_id(document["externalId"])
        seen.add(document["externalId"])


def _check_policy(envelope: Json, customer: Customer) -> None:
    """§6.5: with a policy "the tasks section is no longer necessary"; docClass name and id are mandatory, as are the
    class's mandatory fields."""
    process, given = envelope["procDef"], envelope.get("docClass", {})
    if process["code"] not in customer.policies:
        raise process_error(f"Policy not found: {process['code']}")
    known = customer.doc_classes.get(str(given.get("id")))
    if known is None or known["name"] != given.get("name"):
        raise Refusal(DOCUMENT_CLASS_ERROR, "docClass name and id are mandatory with a policy")
    names = {field["name"] for field in given.get("fields", [])}
    missing = [name for name in known.get("mandatory", ()) if name not in names]
    if missing:
        raise Refusal(DOCUMENT_CLASS_ERROR, f"docClass fields missing: {', '.join(missing)}")


def _check_task(task: Json, documents: set[str], trust: str | None) -> None:
    conf(task.get("confString"))
    if task["type"] == "A":
        return
    if not task.get("actorExpr"):
        raise process_error("actorExpr is mandatory")
    if not task.get("actionDefs"):
        raise process_error("A task needs at least one action")
    actors(task["actorExpr"])
    for action in task["actionDefs"]:
        _check_action(action, documents, trust)


def _check_action(action: Json, documents: set[str], trust: str | None) -> None:
    kind, settings = action["type"], conf(action.get("confString"))
    if action["docExternalId"] not in documents:  # §4.3.2 prints such a request; row 9: it is refused
        raise process_error(f"Document not found: docExternalId = {action['docExternalId']}")
    if not action["mandatory"] and kind != "G":
        raise illegal("mandatory: the only admissible value is true")
    if kind == "G" and trust not in {None, "GRAPHO_FEA"}:
        raise process_error("A graphometric action needs trust level GRAPHO_FEA")  # §6.6
    _check_visibility(kind, settings.get("visibilityStatus", "V"))
    _check_place(kind, action.get("appearance", {}))


def _check_visibility(kind: str, shown: str) -> None:
    """§4.1. N on a signature is wrong by the text and in the sample of §5.1: accepted (contracts/gosign.md §1.13)."""
    allowed = {"S": "VHN", "A": "VN", "V": "VN", "I": "V"}.get(kind, "VHN")
    if shown not in tuple(allowed):
        raise illegal(f"visibilityStatus {shown} is not valid for an action {kind}")


def _check_place(kind: str, appearance: Json) -> None:
    """§5.1: "one and only one property … is to be compiled and required"; §6.6 has a field's name alone."""
    places = [name for name in PLACES if name in appearance]
    if len(places) > 1:
        raise illegal(f"appearance: only one of {', '.join(places)}")
    free = "blankSignatureFieldName" in appearance or appearance.get("invisible") or kind not in {"S", "I", "G"}
    if not places and not free:
        raise illegal("appearance: one of compassAppearance, coordAppearance and tagAppearance is required")
    tag = appearance.get("tagAppearance", {})
    if tag.get("cornerType", "SBL") != "SBL" and "endTagPattern" not in tag:
        raise illegal("endTagPattern: a rectangle has two tags")


def _check_mail_tasks(tasks: list[Json], customer: Customer) -> None:
    """§6.3: one, the last, to somebody, with the customer's permission."""
    mails = [task for task in tasks if task["action"] == "SDM"]
    if not mails:
        return
    if not customer.send_mail:
        raise process_error("The customer is not enabled to use Send Mail actions")
    others = [task["order"] for task in tasks if task["action"] != "SDM"]
    if len(mails) > 1 or mails[0]["order"] <= max(others, default=-1):
        raise process_error("Only one Send Mail task is allowed, and it must be the last one")
    recipients = mails[0].get("sendMailMessage", {}).get("sendMailRecipientList", [])
    if not any(one["typeRecipient"] == "TO" for one in recipients):
        raise process_error("A Send Mail task needs at least one recipient TO")
    if not all(one.get("userExternalId") or one.get("email") for one in recipients):
        raise process_error("A recipient needs userExternalId or email")


def _check_fea(tasks: list[Json], new_users: list[Json]) -> None:
    """§9.7.1 to §9.7.3."""
    types = {task.get("signatureType") for task in tasks}
    if "QUICKSTART_FEA" in types and len(tasks) != 1:
        raise process_error("QUICKSTART_FEA: insert only one task, parallel tasks are not allowed")
    known = {user["externalId"]: user for user in new_users}
    for task in tasks:
        if task.get("signatureType") == "FEA_OTP":
            for ext_id, _ in actors(task["actorExpr"]):
                _check_otp_user(known.get(ext_id))


def _check_otp_user(user: Json | None) -> None:
    """Of users that come with the insertion; what GoSign asks of older ones is not said."""
    missing = [name for name in words.FEA_OTP_FIELDS if user is not None and not user.get(name)]
    if missing:
        raise illegal(f"newUsers: {', '.join(missing)} mandatory for FEA_OTP")
    if user and not user["phoneNumber"].startswith(("+", "00")):
        raise illegal("phoneNumber: the country code must be included")
