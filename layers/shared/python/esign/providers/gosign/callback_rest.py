"""GoSign's REST calls to us and our answers, in its own retry language (seeds/004 §8). Pure functions.

Whatever is not 2xx, or no JSON, GoSign repeats for ever: so what will not change is `failed_please_discard`, and our own
trouble `failed_please_retry`. Both notification formats come to one path; the extended one has no `notificationType`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic_core import from_json

from esign.http.jsontext import mended
from esign.providers.gosign.callback_notice import (
    REJECTED,
    Notice,
    Unreadable,
    kind_of_status,
    known_kind,
    noted,
    rejection,
)

Outcome = Literal["succeeded", "failed_please_retry", "failed_please_discard"]
Answer = dict[str, Any]

SERVICES = ("getStatus", "send")  # as §8.2 names them
_DEEPEST = 32  # levels; the deepest that §8.3 prints is 5
WITHDRAWN = "The sender has withdrawn this contract."


def parse(body: bytes, *, whole: bool) -> Notice:
    """A notification in either format. Raises Unreadable. Of a body that was cut, as much as came."""
    try:
        said = from_json(mended(body), allow_partial=not whole)
    except ValueError:
        raise Unreadable("The body is not JSON.") from None
    if not isinstance(said, dict):
        raise Unreadable("The body is no JSON object.")
    if _is_deeper(said, _DEEPEST):
        raise Unreadable("The body is nested too deeply.")
    if "notificationType" in said:
        return _work_notification(said)
    if "status" in said or not whole:
        return _extended(said)
    raise Unreadable("The body is in neither of the two notification formats.")


def _is_deeper(said: object, levels: int) -> bool:
    inner = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    return not levels or any(_is_deeper(one, levels - 1) for one in inner)


def _work_notification(said: Mapping[str, Any]) -> Notice:
    """§8.3.1."""
    kind = known_kind(said["notificationType"])
    note = rejection(kind, said.get("note"))
    return Notice(_text(said.get("envelopeExternalId")), kind, note, _objects(said.get("liveStatus")))


def _extended(said: Mapping[str, Any]) -> Notice:
    """§8.3.2. Its `note` is the envelope's own (§4.1), which its sender wrote; why somebody refused may be among `notes`."""
    process = said.get("process")
    events = _objects(process.get("liveStatus") if isinstance(process, Mapping) else None)
    kind = kind_of_status(said.get("status"), said.get("previousStatus"))
    why = noted(events, _objects(said.get("notes"))) if kind == REJECTED else None
    return Notice(_text(said.get("externalId")), kind, rejection(kind, why), events)


def _objects(told: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in told if isinstance(one, Mapping)) if isinstance(told, list) else ()


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""


def outcome(result: Outcome, message: str | None = None) -> Answer:
    """The answer to a notification (§8.3.1)."""
    return _json(200, {"outcome": result} | ({"message": message} if message else {}))


def online() -> Answer:
    """§8.2: all services are available."""
    return _json(200, {"online": True})


def unavailable() -> Answer:
    """§8.2: all services are there, and none at the moment."""
    return _json(200, {"online": True, "services": {name: {"online": True, "available": False} for name in SERVICES}})


def workable() -> Answer:
    """§8.4."""
    return _json(200, {"workable": True})


def withdrawn() -> Answer:
    """Coupa withdrew it. Never DELETE: the withdrawal deletes by GoSign's own call, and by nobody's question."""
    return _json(200, {"workable": False, "reason": WITHDRAWN, "action": "NOP"})


def undecided() -> Answer:
    """Whether Coupa withdrew it cannot be told now: §8.4 has a word for neither, so this is no 2xx."""
    return _json(503, {"message": "The connector cannot tell at the moment."})


def unauthorized(why: str) -> Answer:
    """§12.4: 401 with the first check that failed."""
    return _json(401, {"message": why})


def _json(status: int, content: Mapping[str, Any]) -> Answer:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(content)}
