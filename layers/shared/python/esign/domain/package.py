"""A package: the container that Coupa fills, sends and asks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from esign.domain.document import Document, EvidenceFile
from esign.domain.ids import AccountId, DocumentId, PackageId, RecipientId
from esign.domain.recipient import Recipient, Role
from esign.domain.status import Attention, PackageStatus, RecipientStatus


@dataclass(frozen=True, slots=True)
class Message:
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Reminders:
    first_after_days: int | None = None
    every_days: int | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """Where Coupa wants to hear of events; `events` empty means all. Credentials are the account's, never here: its own
    callback has the name of theirs (`domain/callback_credentials.py`; None: there are none)."""

    url: str
    events: tuple[str, ...] = ()
    disabled_at: datetime | None = None
    reason: str | None = None
    credentials: str | None = None


@dataclass(frozen=True, slots=True)
class AttentionNote:
    """What a person should look at, since when (UTC), and what to do next."""

    code: Attention
    since: datetime
    next_step: str


ProviderReference = tuple[
    str, ...
]  # the ids that the provider gave; what each means is known in the vendor's folder only
Progress = Mapping[str, Any]  # JSON, at most 8 KB: how far a submission got at the provider


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What we know of the package at its provider. `status` is the vendor's own word, last read at `read_at` (UTC)."""

    name: str
    reference: ProviderReference = ()
    status: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=dict)
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A Send that its provider has taken in charge, since when (UTC): a Verdict says later whether there is an envelope.

    `receipt` names the request in that verdict; None: the provider gave it no name, or its reply was lost.
    """

    since: datetime
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Collecting:
    """A run that fetches the signed files, and when it must have ended (UTC)."""

    run: str
    until: datetime


class VerdictKind(StrEnum):
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    EXISTS = "EXISTS"  # there is an envelope of this name already; only a read tells whether it is ours


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a provider says at last of a Send that it took in charge. `code` is its own word."""

    kind: VerdictKind
    reference: ProviderReference
    receipt: str | None = None
    code: str | None = None

    def answers(self, charge: Charge) -> bool:
        """Receipts are compared where both have one."""
        return None in {self.receipt, charge.receipt} or self.receipt == charge.receipt


@dataclass(frozen=True, slots=True)
class Counts:
    """Signers only: those who signed, are still expected, were skipped, and all."""

    signed: int = 0
    pending: int = 0
    skipped: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageHead:
    """Everything of a package that is one item: enough for a summary, a list, a sweep."""

    id: PackageId
    account: AccountId
    name: str
    status: PackageStatus
    created_at: datetime
    updated_at: datetime
    provider: ProviderState
    external_id: str | None = None
    revision: int = 1
    create_hash: str = ""  # SHA-256 of the creating body: the same externalId with another body is a clash
    description: str | None = None
    message: Message = Message()
    language: str | None = None
    status_reason: str | None = None
    attention: AttentionNote | None = None
    sequential_signing: bool = False
    expires_at: datetime | None = None
    reminders: Reminders = Reminders()
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    archived: bool = False
    callback: Callback | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    counts: Counts = Counts()
    version: int = 0
    sequence: int = 0  # of the last event
    send_attempt: str | None = None
    send_deadline: datetime | None = None
    send_tries: int = 0  # submissions of this Send that have begun
    collecting: Collecting | None = None  # while SIGNED
    charge: Charge | None = None  # while SENDING: the provider will say what became of it
    verdicts: tuple[Verdict, ...] = ()  # while SENDING: said before `charge` was known, or EXISTS and to be looked at
    withdraw_requested: str | None = None  # the reason; "" when none was given
    skip_requested: bool = False
    evidence_accepted: bool = False  # a person decided that what was collected is enough
    callback_key: str | None = None  # id of the key that signed this package's callback address
    last_callback_at: datetime | None = None
    told_reason: str | None = None  # of a refusal, by a notification: believed once a read shows the refusal
    ended_at: datetime | None = None  # since when nobody can sign any more
    hold: bool = False  # nothing of it may be removed
    forgotten_at: datetime | None = None  # since when nothing personal is in the table
    copy_removed_at: datetime | None = None  # since when the provider has no copy

    @property
    def withdrawing(self) -> bool:
        return self.withdraw_requested is not None

    @property
    def awaits_a_person(self) -> bool:
        """Before it may go on. That Coupa cannot be told (410 of its endpoint) keeps no contract from its end."""
        return self.attention is not None and self.attention.code is not Attention.DELIVERY_DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(PackageHead):
    """The whole package. Change it with `dataclasses.replace`; the store works out what to write."""

    documents: tuple[Document, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    files: tuple[EvidenceFile, ...] = ()

    def document(self, identifier: str) -> Document | None:
        """By our id, or by the external id that Coupa gave it."""
        return next((d for d in self.documents if identifier in {d.id, d.external_id}), None)

    @property
    def unnamed(self) -> bool:
        """Whether Coupa named nobody but receivers of copies: if anybody acts, the provider's own process says who."""
        return all(r.met or r.role is Role.CC for r in self.recipients)

    def recipient(self, identifier: str) -> Recipient | None:
        return next((r for r in self.recipients if identifier in {r.id, r.external_id}), None)


def count(recipients: tuple[Recipient, ...]) -> Counts:
    """The counts of the summary: signers only, skipped ones leave the expected count."""
    signers = [r for r in recipients if r.signs]
    signed = sum(r.done for r in signers)
    skipped = sum(r.status is RecipientStatus.SKIPPED for r in signers)
    return Counts(signed=signed, skipped=skipped, pending=len(signers) - signed - skipped, total=len(signers))


__all__ = [
    "AccountId",
    "AttentionNote",
    "Callback",
    "Charge",
    "Counts",
    "DocumentId",
    "Message",
    "Package",
    "PackageHead",
    "PackageId",
    "Progress",
    "ProviderReference",
    "ProviderState",
    "RecipientId",
    "Reminders",
    "Verdict",
    "VerdictKind",
    "count",
]
