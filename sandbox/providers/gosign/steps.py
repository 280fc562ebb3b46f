"""Counts and statuses of steps as GoSign shows them (§4.1 actionsResume and liveStatus, §7.1). Pure.

`clock` turns a moment into what the channel writes: milliseconds (§4.1) or ISO 8601 (§7.1, §8.3.1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sandbox.providers.gosign.model import Envelope, Event, Task
from sandbox.providers.gosign.people import Directory

Clock = Callable[[datetime | None], Any]
# §7.1: the twelve counters that every notification has; GetEnvelope has five more (§4.1).
NOTIFIED = (
    "actions", "signActions", "approveActions", "viewActions", "viewedActions", "approvedActions", "initialsActions",
    "initialedActions", "signedActions", "confirmedActions", "graphometricActions", "filledGraphometricActions",
)  # fmt: skip
COUNTED = {
    "S": ("signActions", "signedActions"),
    "A": ("approveActions", "approvedActions"),
    "V": ("viewActions", "viewedActions"),
    "I": ("initialsActions", "initialedActions"),
    "P": ("registerActions", "registeredActions"),
    "FREE_TEXT": ("freeTextActions", "filledFreeTextActions"),
}
FURTHER = ("batchSignedActions", *COUNTED["P"], *COUNTED["FREE_TEXT"])


def milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def iso(moment: datetime | None) -> str | None:
    """As in §8.3.1: 2019-09-06T11:04:48.141Z."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def resume(task: Task, event: Event, *, short: bool) -> dict[str, int]:
    """§4.1: the first of each pair counts NEW actions, the second those in TCF or WKD; graphometric ones count all."""
    done = event.status in {"TCF", "WKD"}
    counts: Counter[str] = Counter()
    for action in task.actions:
        if action.type == "G":
            counts["graphometricActions"] += 1
            counts["filledGraphometricActions"] += done
        else:
            counts[COUNTED.get(action.type, COUNTED["S"])[done]] += 1
    counts["actions"] = len(task.actions)
    counts["confirmedActions"] = len(task.actions) if done else 0
    return {name: counts[name] for name in (NOTIFIED if short else (*NOTIFIED, *FURTHER))}


def total(envelope: Envelope) -> dict[str, int]:
    counts: Counter[str] = Counter(dict.fromkeys((*NOTIFIED, *FURTHER), 0))
    for task, event in envelope.events():
        counts.update(resume(task, event, short=False))
    return dict(counts)


def live(
    envelope: Envelope, people: Directory, clock: Clock, *, resume_key: str, short: bool, future: bool = True
) -> Iterator[dict[str, Any]]:
    """liveStatus. §4.1 glosses NEW four times: under way, processed, a future hidden step; it stays NEW for them all.

    A step that has not begun has no start; the notifications' `startedAt` is mandatory (§7.1), so those leave it out, as
    does whoever shows no `future` steps.
    """
    orders = sorted({task.order for task in envelope.tasks})
    for task, event in envelope.events():
        if (short or not future) and event.started is None:
            continue
        user, original = people[event.actor], people.get(event.original or "")
        yield {
            "mgrExternalId": event.actor,
            "fromMgrExternalId": original.ext_id if original else None,
            "mgrName": user.name,
            "mgrSurname": user.surname,
            "status": event.shown_as or event.status,
            "startedAt": clock(event.started),
            "endedAt": clock(event.ended),
            "assignedTo": f"{user.full_name} ({user.ext_id})",
            "stepNumber": orders.index(task.order),
            resume_key: resume(task, event, short=short),
        }
