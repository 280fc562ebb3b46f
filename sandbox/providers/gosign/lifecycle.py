"""Who may act when, and what becomes of the envelope: §2, §4.1, §5.2, §6.3, §7.1. Pure: changes what it is given."""

from __future__ import annotations

from datetime import datetime

from sandbox.providers.gosign.errors import Refusal, envelope_not_found, illegal
from sandbox.providers.gosign.model import Envelope, Event, Task

OPEN = frozenset({"PGS", "TRJ"})  # §4.1: availableToWork is "in progress" or "to reject"
TURN = frozenset({"NEW", "TCF"})


def start(envelope: Envelope, now: datetime) -> None:
    """DRF to PGS; the first steps open. Every actor gets an event, future ones hidden (§4.1, liveStatus)."""
    envelope.move("PGS")
    envelope.started = now
    for task in envelope.tasks:
        # §4.1, actionInTCF: "the action is inserted already approved awaiting confirmation".
        ready = bool(task.actions) and all(str(a.conf.get("actionInTCF")).lower() == "true" for a in task.actions)
        task.events = [Event(actor, "TCF" if ready else "NEW") for actor in task.actors]
    open_next(envelope, now)


def open_next(envelope: Envelope, now: datetime) -> None:
    """Equal orders are parallel, increasing ones a series (§4.1). Automatic tasks are done at once; at the end WKD."""
    undone = [task for task in envelope.tasks if task.status in {"N", "W"}]
    if not undone:
        finish(envelope, now)
        return
    turn = min(task.order for task in undone)
    for task in (task for task in undone if task.order == turn and task.status == "N"):
        task.status, task.started = "W", now
        for event in task.events:
            event.started = now
        if task.type == "A":
            task.status, task.finished = "D", now
    if all(task.status == "D" for task in envelope.tasks if task.order == turn):
        open_next(envelope, now)


def finish(envelope: Envelope, now: datetime) -> None:
    envelope.move("WKD")
    envelope.completed = now


def confirm(envelope: Envelope, task: Task, event: Event, now: datetime) -> bool:
    """The actor worked all actions and confirmed; True if that closed the step (§4.1: `howMany` actors are needed)."""
    event.status, event.ended = "WKD", now
    if task.done() < task.how_many:
        return False
    task.status, task.finished = "D", now
    open_next(envelope, now)
    return True


def reject(envelope: Envelope, event: Event, note: str, now: datetime) -> None:
    """§7.1, ENVELOPE_REJECTED: "the field Note contains the note of rejection"; §4.1: ERJ is "process cancelled, rejected
    envelope"."""
    event.status, event.ended = "ERJ", now
    envelope.rejection = note or None
    _close(envelope, "REJ", "PCD")


def cancel(envelope: Envelope) -> None:
    """§7.1, PROCESS_CANCELLED, by the secretary: STP."""
    require_open(envelope)
    _close(envelope, "STP", "PCD")


def expire_if_due(envelope: Envelope, now: datetime) -> bool:
    if envelope.status not in OPEN or not envelope.expire_at or envelope.expire_at > now:
        return False
    _close(envelope, "EXP", "PCD")
    return True


def delete(envelope: Envelope, now: datetime) -> None:
    """§5.3: logically. [I] any status; a second time it is not found."""
    if envelope.status == "DEL":
        raise envelope_not_found(envelope.ext_id)
    was_open = envelope.status in OPEN
    envelope.deleted = now
    if was_open:
        _close(envelope, "DEL", "PCD")
    else:
        envelope.move("DEL")


def store(envelope: Envelope, now: datetime) -> None:
    """§8.3.2: "archived"; previousStatus tells how it ended."""
    if envelope.status not in {"WKD", "REJ", "STP"}:
        raise illegal(f"Envelope is {envelope.status}")
    envelope.move("STO")
    envelope.stored = now


def replace_actor(task: Task, event: Event, substitute: str) -> None:
    """§7.1: a replacement; `fromMgrExternalId` shows the original."""
    event.original, event.actor = event.original or event.actor, substitute
    task.actors = [one.actor for one in task.events]


def erase(envelope: Envelope, matching: list[str]) -> None:
    """§5.2's conditions, for documents that were found; raises Refusal with the reason."""
    where = f"[enveId={envelope.number}, enveExtId={envelope.ext_id}]"
    if envelope.locked:
        raise Refusal("NO", f"Envelope is locked by a user {where}")
    if envelope.status not in {"DRF", "PGS"}:
        raise Refusal("NO", f"Envelope status is {envelope.status} {where}")
    for task in envelope.tasks:
        kept = [action for action in task.actions if action.document not in matching]
        if task.type == "T" and len(kept) < len(task.actions) and (task.done() or not kept):
            reason = "Document already worked" if task.done() else "A task would have no action"
            raise Refusal("NO", f"{reason} {where}")
    if not [document for document in envelope.papers if document.ext_id not in matching]:
        raise Refusal("NO", f"An envelope needs a document {where}")
    for task in envelope.tasks:
        task.actions = [action for action in task.actions if action.document not in matching]
    envelope.documents = [document for document in envelope.documents if document.ext_id not in matching]


def require_open(envelope: Envelope) -> None:
    if envelope.status not in OPEN:
        raise illegal(f"Envelope is {envelope.status}")


def whose_turn(envelope: Envelope, actors: set[str]) -> tuple[Task, Event]:
    """The open step of one of these people. Raises Refusal."""
    require_open(envelope)
    for task, event in envelope.events():
        if event.actor in actors and task.status == "W" and event.status in TURN:
            return task, event
    raise illegal("It is not this person's turn")


def _close(envelope: Envelope, status: str, events: str) -> None:
    envelope.move(status)
    for task in envelope.tasks:
        task.status = "X" if task.status in {"N", "W"} else task.status
    for _, event in envelope.events():
        event.status = events if event.status in TURN else event.status
