"""The rows of the vendor's database: agreements, recipients, zones. No rules, no HTTP. Times are UTC."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.signing.pdf import Rectangle


@dataclass(frozen=True, slots=True)
class Zone:
    """A signature field: `page` from 1; `field` is the name of the PDF's own form field, where it is one."""

    page: int
    rectangle: Rectangle
    field: str | None = None


@dataclass(slots=True)
class Recipient:
    """`status` is WAITING, SIGNED or REFUSED (RecipientStatusDTO)."""

    id: int
    email: str
    firstname: str
    lastname: str
    phone: str | None
    position: int
    step: int
    can_renew: bool
    zones: list[Zone] = field(default_factory=list)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)  # of the link in their e-mail [I]
    status: str = "WAITING"
    invited_at: datetime | None = None
    reminded: int = 0
    decided_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.firstname} {self.lastname}"


@dataclass(slots=True)
class Agreement:
    """`status` is OPEN, CLOSED, ABORTED, DELETED or ABANDONED (AgreementDTO); `content` the PDF as it is now."""

    id: int
    owner: str
    name: str
    content: bytes
    pages: int
    created: datetime
    secret: str
    recipients: list[Recipient]
    callback_url: str | None = None
    reminder_minutes: int | None = None
    template: str = "default"
    status: str = "OPEN"
    step: int = 1
    shown_as: str | None = None  # a status that a test wants shown

    def waiting(self) -> list[Recipient]:
        """Whose turn it is. [C] CreateRecipientDTO, step: "eSignTools will wait A to sign before sending it to B"."""
        if self.status != "OPEN":
            return []
        return [r for r in self.recipients if r.status == "WAITING" and r.step == self.step]

    def undecided(self) -> Iterator[Recipient]:
        return (recipient for recipient in self.recipients if recipient.status == "WAITING")
