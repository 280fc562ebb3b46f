"""An insertion in the words of its dialect, checked, becomes one in REST v1's. Knows no rules and no HTTP."""

from __future__ import annotations

from typing import Any

from sandbox.providers.gosign import schemas, vocabulary
from sandbox.providers.gosign.errors import illegal
from sandbox.providers.gosign.settings import Switches
from sandbox.providers.gosign.spellings import one_spelling
from sandbox.providers.gosign.vocabulary import Dialect

Json = dict[str, Any]


def insertion(dialect: Dialect, request: object, switches: Switches) -> Json:
    """{customerCode, externalSystemCode?, addUsersInCC, responseWithEnvelope?, envelope} in REST v1's words.

    A compass position becomes a quadrant (vocabulary.COMPASS), signatureType and the users' attributes stay as they are.
    Raises Refusal.
    """
    if not isinstance(request, dict):
        raise illegal("request: an object is needed")
    if "insertEnvelopeRequest" in request and not switches.wrapped_rest_json:
        raise illegal("insertEnvelopeRequest: unknown field")
    spelled = one_spelling(request)
    schemas.check(dialect, spelled, ignore_unknown=switches.unknown_fields == "ignore")
    envelope = spelled["envelope"] if dialect in {"rest", "soap"} else _envelope(spelled["envelope"])
    for task in envelope.get("procDef", {}).get("tasks", []):
        task["type"] = "T" if task["type"] == "H" else task["type"]
        for action in task.get("actionDefs", []):
            _quadrant(dialect, action.get("appearance", {}))
    for user in envelope.get("procDef", {}).get("newUsers", []):
        user["userAuthorities"] = _authorities(user)
    return {**spelled, "addUsersInCC": spelled.get("addUsersInCC", []), "envelope": envelope}


def _quadrant(dialect: Dialect, appearance: Json) -> None:
    tables: dict[str, dict[Any, str]] = {"rest": vocabulary.REST_COMPASS, "soap": vocabulary.SOAP_COMPASS}
    compass = appearance.get("compassAppearance")
    if compass:
        # The position is optional (§4.1); [I] then the first one.
        compass["position"] = (
            tables.get(dialect, vocabulary.COMPASS)[compass["position"]] if "position" in compass else "LT"
        )


def _authorities(user: Json) -> list[str]:
    if "roles" in user:
        return [vocabulary.ROLES[role] for role in user.pop("roles")]
    given = user["userAuthorities"]
    return [
        one if isinstance(one, str) else one["authority"] for one in (given if isinstance(given, list) else [given])
    ]


def _envelope(given: Json) -> Json:
    """§9.2 in the words of §4.1."""
    found = dict(given)
    if "sendingMode" in found:
        found["sendingMode"] = vocabulary.SENDING_MODES[found["sendingMode"]]
    if "useType" in found:
        found["corporateUseType"] = vocabulary.USE_TYPES[found.pop("useType")]
    found["trustLevelCode"] = found.pop("trustLevel", None)
    process = found.get("procDef", {})
    if "tasks" in process:
        found["procDef"] = {**process, "tasks": [_task(task) for task in process["tasks"]]}
    return found


def _task(given: Json) -> Json:
    return {
        **given,
        "type": vocabulary.TASK_TYPES[given["type"]],
        "action": vocabulary.TASK_ACTIONS[given["action"]],
        "actionDefs": [_action(action) for action in given.get("actionDefs", [])],
    }


def _action(given: Json) -> Json:
    found = {**given, "type": vocabulary.ACTION_TYPES[given["type"]]}
    tag = found.get("appearance", {}).get("tagAppearance")
    if tag and "cornerType" in tag:
        tag["cornerType"] = vocabulary.CORNERS[tag["cornerType"]]
    return found
