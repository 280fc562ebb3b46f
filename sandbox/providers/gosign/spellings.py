"""The document's own contradictions, made one spelling (contracts/gosign.md §1.11, column "accept"). Knows no rules.

Also unfolds the levels that XML has and JSON has not (tasks/taskDef, flat appearances): §6.6 prints REST JSON that way.
"""

from __future__ import annotations

import json
from typing import Any

TOP = {  # row 3: four names of the people in CC
    "AddUsersInCC": "addUsersInCC",
    "addUsersInCCRequest": "addUsersInCC",
    "usersInCC": "addUsersInCC",
}
ENVELOPE = {
    "processDef": "procDef",  # row 1
    "commonMessages": "commonMessage",  # row 2
    "expiresAt": "expireAt",  # row 16
}
LEVELS = {
    "tasks": ("taskDef",),
    "actionDefs": ("actionDef",),
    "documents": ("document",),
    "newUsers": ("insertUser",),  # row 4
    "fields": ("documentField", "documentFiled"),
    "sendMailRecipientList": ("sendMailRecipient",),
    "sendMailDocumentList": ("sendMailDocument",),
    "protocols": ("protocol",),
}
FLAT = {
    "compassAppearance": {"compassPage": "page", "compassPosition": "position"},
    "coordAppearance": {name: name for name in ("page", "llx", "lly", "urx", "ury")},
    "tagAppearance": {
        "startTagPattern": "startTagPattern",
        "endTagPattern": "endTagPattern",
        "tagXOffset": "xoffset",
        "tagYOffset": "yoffset",
        "tagCornerType": "cornerType",
    },
}
NUMBERS = frozenset({
    "order", "howMany", "page", "position", "llx", "lly", "urx", "ury", "xoffset", "yoffset", "expireAt", "dateValue",
})  # fmt: skip


def one_spelling(request: dict[str, Any]) -> dict[str, Any]:
    """A copy of an insertion in JSON: nulls are absent fields, alternates and levels are gone."""
    request = pruned(request)
    wrapped = "insertEnvelopeRequest" in request
    inner = request.get("insertEnvelopeRequest", request)
    top = {TOP.get(key, key): value for key, value in inner.items()}
    if isinstance(top.get("envelope"), dict):
        top["envelope"] = envelope(unfolded(top["envelope"], typed=wrapped))
    return top


def envelope(given: dict[str, Any]) -> dict[str, Any]:
    found = {ENVELOPE.get(key, key): value for key, value in given.items()}
    process = found.get("procDef")
    if isinstance(process, dict):
        found["procDef"] = _users_of_tasks(process)
    return found


def pruned(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without nulls: §9.2's samples write what they do not say as null."""
    if isinstance(value, dict):
        return {key: pruned(item) for key, item in value.items() if item is not None}
    return [pruned(item) for item in value] if isinstance(value, list) else value


def unfolded(value: Any, *, typed: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """JSON's levels from XML's. `typed`: everything is text, as in §6.6, and becomes numbers, booleans and strings."""
    if isinstance(value, list):
        return [unfolded(item, typed=typed) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _level(key, item, typed=typed) for key, item in value.items()}
    if isinstance(found.get("appearance"), dict):
        found["appearance"] = _appearance(found["appearance"])
    return {key: _typed(key, item) for key, item in found.items()} if typed else found


def _level(key: str, value: Any, *, typed: bool) -> Any:  # noqa: ANN401
    for name in LEVELS.get(key, ()):
        if isinstance(value, dict) and set(value) <= {name}:
            value = value.get(name, [])
        elif (
            isinstance(value, list) and value and all(isinstance(item, dict) and set(item) == {name} for item in value)
        ):
            value = [user for item in value for user in _listed(item[name])]
    return unfolded(_listed(value) if key in LEVELS and isinstance(value, dict) else value, typed=typed)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


def _appearance(given: dict[str, Any]) -> dict[str, Any]:
    """SOAP's flat appearance, nested as in JSON; a nested one stays as it is."""
    found = {key: value for key, value in given.items() if not any(key in names for names in FLAT.values())}
    for kind, names in FLAT.items():
        part = {names[key]: value for key, value in given.items() if key in names}
        if part:
            found[kind] = {key: _typed(key, value) for key, value in part.items()}
    return found


def _typed(key: str, value: Any) -> Any:  # noqa: ANN401
    if key == "confString" and isinstance(value, dict):
        return json.dumps(value)
    if value in ("true", "false"):
        return value == "true"
    if key in NUMBERS and isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value
    return value


def _users_of_tasks(process: dict[str, Any]) -> dict[str, Any]:
    """Row 4: §10 puts newUsers into a task; they belong to the process."""
    tasks = process.get("tasks")
    if not isinstance(tasks, list):
        return process
    lent = [user for task in tasks if isinstance(task, dict) for user in _listed(task.get("newUsers", []))]
    bare = [{k: v for k, v in task.items() if k != "newUsers"} if isinstance(task, dict) else task for task in tasks]
    users = [*_listed(process.get("newUsers", [])), *lent]
    return {**process, "tasks": bare, **({"newUsers": users} if users else {})}
