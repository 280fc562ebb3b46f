"""A package as GoSign will be told it, in no dialect's words yet: settings, options and places brought together.

`build.py` makes one, `rules.py` judges it, a writer for each dialect says it (`write_rest.py`, `write_oauth.py`, and
SOAP's). Times are UTC; coordinates are points from the lower left of the sheet (seeds/004 §3.5.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.ids import DocumentId, RecipientId
from esign.providers.gosign.options import Protocol
from esign.providers.gosign.settings import CertType, NewUserStrategy, SignatureType, TrustLevel
from esign.providers.gosign.words import ActionType, CompassPosition, Corner, SendingMode, TaskKind


@dataclass(frozen=True, slots=True)
class Compass:
    """A dial of the page; `page` -1 last, -2 all, -3 first and last."""

    page: int
    position: CompassPosition


@dataclass(frozen=True, slots=True)
class Coordinates:
    page: int
    llx: float
    lly: float
    urx: float
    ury: float


@dataclass(frozen=True, slots=True)
class Tag:
    """A text that GoSign looks up."""

    start: str
    end: str | None = None
    x_offset: float = 0.0
    y_offset: float = 0.0
    corner: Corner = Corner.SBL


@dataclass(frozen=True, slots=True)
class BlankField:
    """An empty signature field of the PDF."""

    name: str


Appearance = Compass | Coordinates | Tag | BlankField
Conf = Mapping[str, str | bool]  # a confString before it is JSON


@dataclass(frozen=True, slots=True)
class Action:
    """One act in one document. `pointer`: to what asked for it in the package."""

    document: DocumentId
    type: ActionType
    appearance: Appearance
    mandatory: bool = True
    conf: Conf = field(default_factory=dict)
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class MailRecipient:
    """`kind` is TO or CC."""

    kind: str
    user: str | None
    email: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str | None
    body: str | None
    recipients: tuple[MailRecipient, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One step: who (`actors` is an actorExpr: `{user}U` and `{role}R` joined by a pipe), what, and when.

    `signature_type` is GoSign 5's, `cert_type` everybody else's. `recipient` and `index` name ours, None for a mail.
    """

    order: int
    kind: TaskKind
    actors: str = field(repr=False)
    how_many: int = 1
    actions: tuple[Action, ...] = ()
    conf: Conf = field(default_factory=dict)
    cert_type: CertType | None = None
    signature_type: SignatureType | None = None
    mail: Mail | None = None
    recipient: RecipientId | None = None
    index: int = -1


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who is made with the envelope, or found by `strategy` (§6.2). The last six are GoSign 5's or OAuth2's."""

    username: str = field(repr=False)
    name: str = field(repr=False)
    surname: str = field(repr=False)
    email: str = field(repr=False)
    external_id: str = field(repr=False)
    strategy: NewUserStrategy
    role: str
    phone: str | None = field(default=None, repr=False)
    language: str | None = None
    fiscal_code: str | None = field(default=None, repr=False)
    company: str | None = None
    organization_unit: str | None = None
    title: str | None = None
    enabled: bool | None = None
    country_code: str | None = None
    serial_type: str | None = None
    ad_domain: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class CopyUser:
    """Who gets a copy; `always`: by mail at the end, whoever it is (§6.4, EMAIL_ALWAYS)."""

    external_id: str | None = field(repr=False)
    email: str | None = field(repr=False)
    name: str = field(repr=False)
    surname: str = field(repr=False)
    always: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A document; its `id` is its externalId at GoSign, and names the bytes."""

    id: DocumentId
    title: str
    mime_type: str
    file_name: str
    ooxml_sign_strategy: str | None = None
    private: bool | None = None
    protocols: tuple[Protocol, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassValue:
    """One of three; `date` in milliseconds since 1970."""

    name: str
    id: int | None = None
    text: str | None = None
    number: float | None = None
    date: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentClass:
    name: str
    id: str | None
    values: tuple[ClassValue, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A process template: there are then no tasks (§6.5)."""

    code: str
    revision: int


@dataclass(frozen=True, slots=True)
class UserMessage:
    user: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """`external_id` is our package id. `trust_level` None: GoSign 5, where each task has its signature type (§9.7).

    `loader` None: taken from the token (§9). Reminders in days.
    """

    external_id: str
    subject: str
    message_subject: str
    message_text: str
    documents: tuple[Part, ...]
    tasks: tuple[Task, ...] = ()
    new_users: tuple[NewUser, ...] = ()
    copies: tuple[CopyUser, ...] = ()
    policy: Policy | None = None
    document_class: DocumentClass | None = None
    trust_level: TrustLevel | None = None
    sending_mode: SendingMode = SendingMode.IMMEDIATE
    use_type: str = "PUBLIC"
    sys_generator: str = "EXT"
    starred: bool = False
    loader: str | None = None
    expires_at: datetime | None = None
    first_reminder: int | None = None
    following_reminder: int | None = None
    note: str | None = None
    tag: str | None = None
    join_documents: tuple[str, ...] = ()
    user_messages: tuple[UserMessage, ...] = ()


def milliseconds(moment: datetime) -> int:
    """Since midnight of January 1, 1970, UTC (§4.1, expireAt)."""
    return round(moment.timestamp() * 1000)
