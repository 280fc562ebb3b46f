"""The rows of the vendor's database: envelopes, documents, tasks, actions, people. No rules, no HTTP.

Words and codes are REST v1's (§2, §4.1). Times are UTC. Lengths are PDF points, origin at the lower left of the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class User:
    """`type` is corporate or stranger; `made_here` is the strategy of the insert that made them (§6.2)."""

    ext_id: str
    username: str
    name: str
    surname: str
    email: str
    type: str = "stranger"
    authorities: set[str] = field(default_factory=set)
    password: str = ""
    phone: str | None = None
    enabled: bool = True
    made_here: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """ "Surname Name", as in the placeholder #nnss# (§4.1)."""
        return f"{self.surname} {self.name}".strip()


@dataclass(slots=True)
class Document:
    """`type` is D (document), R (report) or A (attachment), §4.1; `ext_id` is None for a report [I]."""

    ext_id: str | None
    title: str
    mime_type: str
    file_name: str
    content: bytes
    order: int
    created: datetime
    type: str = "D"
    private: bool = False
    was: int = 0  # bytes when it was loaded


@dataclass(frozen=True, slots=True)
class Appearance:
    """One of three places (§4.1), or an empty field. `page`: from 1, or -1 last, -2 all, -3 first and last."""

    kind: str = ""  # compass, coord, tag or ""
    page: int = 1
    quadrant: str = ""  # a compass name (placement.QUADRANTS)
    box: tuple[float, float, float, float] = (0, 0, 0, 0)
    start_tag: str = ""
    end_tag: str = ""
    offset: tuple[float, float] = (0, 0)
    corner: str = "SBL"
    field: str | None = None
    invisible: bool = False


@dataclass(slots=True)
class Action:
    """A DocumentAction: `type` S, A, V, I, P, G, R or an OAuth2 name; `status` NEW, TCF or WKD per actor."""

    document: str
    type: str
    appearance: Appearance | None
    conf: dict[str, Any] = field(default_factory=dict)
    mandatory: bool = True


@dataclass(slots=True)
class Event:
    """A ProcessStepEvent: one actor in one step (§4.1, liveStatus). `original` was replaced by `actor` (§7.1)."""

    actor: str
    status: str = "NEW"
    started: datetime | None = None
    ended: datetime | None = None
    original: str | None = None
    shown_as: str | None = None  # a status that the test wants shown


@dataclass(slots=True)
class Task:
    """A ProcessTaskDef and its step. `type` T or A; `status` N, W, D, C or X (§4.1, steps)."""

    order: int
    type: str
    action: str
    how_many: int = 1
    actors: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    conf: dict[str, Any] = field(default_factory=dict)
    signature_type: str | None = None
    mail: dict[str, Any] | None = None
    status: str = "N"
    started: datetime | None = None
    finished: datetime | None = None
    events: list[Event] = field(default_factory=list)

    def done(self) -> int:
        return sum(event.status == "WKD" for event in self.events)


@dataclass(slots=True)
class Envelope:
    """`door` is the dialect that made it; `status` is REST v1's code."""

    customer: str
    door: str
    ext_id: str
    code: str
    subject: str
    loaded_by: str
    created: datetime
    sending_mode: str = "DRF"
    use_type: str = "P"
    trust_level: str | None = None
    sys_generator: str = "UNK"
    starred: bool = False
    tag: str | None = None
    note: str | None = None
    expire_at: datetime | None = None
    first_reminder: int | None = None
    following_reminder: int | None = None
    message: dict[str, Any] | None = None
    doc_class: dict[str, Any] | None = None
    copies: list[dict[str, Any]] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    status: str = "DRF"
    previous: str | None = None
    started: datetime | None = None
    completed: datetime | None = None
    deleted: datetime | None = None
    stored: datetime | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    rejection: str | None = None  # §7.1, §8.3.1: the note of whoever refused; `note` is the envelope's own (§4.1)
    locked: bool = False  # by a user (§5.2)
    shown_as: str | None = None  # a status that the test wants shown
    number: int = 0  # GoSign's own id

    @property
    def process_status(self) -> str:
        """§4.1: "O" (open), "C" (closed), "X" (cancelled); ERJ and PCD are of a process that was cancelled. Archiving
        (§8.3.2, STO) leaves it as it was."""
        ended = self.previous if self.status == "STO" else self.status
        return {"PGS": "O", "TRJ": "O", "WKD": "C"}.get(ended or "", "X")

    @property
    def papers(self) -> list[Document]:
        """Without reports."""
        return [document for document in self.documents if document.type == "D"]

    def events(self) -> Iterator[tuple[Task, Event]]:
        return ((task, event) for task in self.tasks for event in task.events)

    def move(self, status: str) -> None:
        self.previous, self.status = self.status, status
