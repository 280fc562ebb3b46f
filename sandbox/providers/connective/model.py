"""The rows of the vendor's database: packages, documents, stakeholders, actors. No rules, no HTTP, no bytes.

Statuses are kept in one spelling (v3's, plus Waiting); the views translate. Times are UTC. Lengths are PDF points from
the top left corner of the page as displayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.providers.connective.errors import Refusal


@dataclass(slots=True)
class Location:
    """A place for one signature; `page` counts from 1; `field` is the name of an existing signature field."""

    id: str
    label: str
    page: int
    left: float
    top: float
    width: float
    height: float
    field: str | None = None
    used_signing_type: str | None = None
    signed_by: str | None = None
    signed_at: datetime | None = None


@dataclass(slots=True)
class Document:
    """`content` and `representation` are keys of the state's byte store; `content` moves on with every signature."""

    id: str
    name: str
    language: str
    media_type: str
    created: datetime
    content: str
    representation: str | None = None
    external_reference: str | None = None
    correlation_id: str | None = None
    target_type: str = "Pdf"
    locations: list[Location] = field(default_factory=list)


@dataclass(slots=True)
class Member:
    """One human being of a stakeholder."""

    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = "en"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


@dataclass(slots=True)
class Actor:
    """One step of a stakeholder. `links` is e-mail to the secret part of that member's action URL."""

    id: str
    type: str
    order: int
    location_ids: list[str] = field(default_factory=list)
    signing_types: list[str] = field(default_factory=list)
    notify: bool = False
    redirect_url: str | None = None
    status: str = "Draft"
    links: dict[str, str] = field(default_factory=dict)
    linked_at: datetime | None = None
    completed_by: str | None = None
    completed_at: datetime | None = None
    reason: str | None = None
    shown_as: str | None = None  # a status that the test wants shown


@dataclass(slots=True)
class Stakeholder:
    """`type` is Person, PersonGroup or ContactGroup."""

    id: str
    type: str
    members: list[Member]
    group_name: str | None = None
    group_code: str | None = None
    external_reference: str | None = None
    actors: list[Actor] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proof:
    """An external proof, as it was posted."""

    location_id: str
    name: str
    type: str
    content: str
    description: str
    ip_address: str


@dataclass(slots=True)
class Package:
    """`api` is the version that made it (v3 or v4)."""

    environment: str
    api: str
    id: str
    name: str
    initiator: str
    created: datetime
    base_url: str
    status: str = "Draft"
    expiry: datetime | None = None
    external_reference: str | None = None
    callback_url: str | None = None
    notification_callback_url: str | None = None
    correlation_id: str | None = None
    f2f_redirect_url: str | None = None
    reassign_enabled: bool = False
    action_url_days: int | None = None
    must_be_archived: bool = False
    documents: list[Document] = field(default_factory=list)
    stakeholders: list[Stakeholder] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    started: datetime | None = None
    finished: datetime | None = None
    shown_as: str | None = None  # a status that the test wants shown
    old_api: bool = False  # "made with an old version of the api": 409 on status and locations

    def actors(self) -> Iterator[tuple[Stakeholder, Actor]]:
        return ((stakeholder, actor) for stakeholder in self.stakeholders for actor in stakeholder.actors)

    def locations(self) -> Iterator[tuple[Document, Location]]:
        return ((document, location) for document in self.documents for location in document.locations)

    def document(self, document_id: str) -> Document:
        for document in self.documents:
            if document.id == document_id:
                return document
        raise Refusal(404, f"Document.NotFound:{document_id}")
