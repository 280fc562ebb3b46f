"""Who signs, approves, views or gets a copy, and where in which document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.status import RECIPIENT_DONE, RecipientStatus


class Role(StrEnum):
    SIGNER = "SIGNER"
    APPROVER = "APPROVER"
    VIEWER = "VIEWER"
    CC = "CC"


class Delivery(StrEnum):
    EMAIL = "EMAIL"
    LINK = "LINK"


class FieldType(StrEnum):
    SIGNATURE = "SIGNATURE"
    INITIALS = "INITIALS"
    APPROVAL = "APPROVAL"


class Zone(StrEnum):
    TOP_LEFT = "TOP_LEFT"
    TOP_CENTER = "TOP_CENTER"
    TOP_RIGHT = "TOP_RIGHT"
    MIDDLE_LEFT = "MIDDLE_LEFT"
    MIDDLE_CENTER = "MIDDLE_CENTER"
    MIDDLE_RIGHT = "MIDDLE_RIGHT"
    BOTTOM_LEFT = "BOTTOM_LEFT"
    BOTTOM_CENTER = "BOTTOM_CENTER"
    BOTTOM_RIGHT = "BOTTOM_RIGHT"


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Points (1/72 inch), origin at the lower left of the unrotated page; page 1 is the first, -1 the last."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """At the first occurrence of `text`; offsets and size in points."""

    text: str
    dx: float = 0.0
    dy: float = 0.0
    width: float | None = None
    height: float | None = None

    @property
    def moved(self) -> bool:
        """Beside its text, or in a size of its own."""
        return bool(self.dx or self.dy or self.width or self.height)


@dataclass(frozen=True, slots=True)
class FormField:
    """A signature field that the PDF already has."""

    name: str


@dataclass(frozen=True, slots=True)
class ZonePosition:
    page: int
    position: Zone


Place = Rectangle | Anchor | FormField | ZonePosition


@dataclass(frozen=True, slots=True)
class Field:
    """Where a recipient acts in a document."""

    document: DocumentId
    place: Place
    type: FieldType = FieldType.SIGNATURE


class Authentication(StrEnum):
    NONE = "NONE"
    EMAIL_OTP = "EMAIL_OTP"
    SMS_OTP = "SMS_OTP"


@dataclass(frozen=True, slots=True)
class ProviderAuthentication:
    """A provider's own method, e.g. {provider: connective, method: BeId}."""

    provider: str
    method: str


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group, any of whom may act."""

    first_name: str
    last_name: str
    email: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`members` empty: a group that the provider already knows by `name`."""

    name: str
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person (or group) and what became of them. Times are UTC; `phone` is E.164.

    `met`: nobody named them to us; the provider's own process brought them, and a read showed them. Their `external_id` is
    then the provider's.
    """

    id: RecipientId
    external_id: str | None
    first_name: str
    last_name: str
    email: str | None
    role: Role = Role.SIGNER
    signing_order: int = 1
    phone: str | None = None
    language: str | None = None
    message: str | None = None
    redirect_url: str | None = None
    group: Group | None = None
    authentication: Authentication | ProviderAuthentication = Authentication.NONE
    delivery: Delivery = Delivery.EMAIL
    fields: tuple[Field, ...] = ()
    status: RecipientStatus = RecipientStatus.CREATED
    signed_at: datetime | None = None
    signed_with: str | None = None
    acted_by: str | None = None
    decline_reason: str | None = None
    ip_address: str | None = None
    subjects: tuple[str, ...] = ()  # hashes of the addresses that were theirs, as long as evidence may name them
    met: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def signs(self) -> bool:
        """Whether this recipient counts as a signer: a signature of theirs is expected."""
        return self.role is Role.SIGNER

    @property
    def acts(self) -> bool:
        """Whether the package waits for this recipient."""
        return self.role in {Role.SIGNER, Role.APPROVER}

    @property
    def done(self) -> bool:
        return self.status in RECIPIENT_DONE


def split_name(full_name: str) -> tuple[str, str]:
    """First and last name of one `fullName`: Coupa knows a signer by one name, most providers want two.

    The last word is the last name, so "Anna Maria van den Berg" loses nothing but the border; a single word is both,
    since providers refuse an empty part.
    """
    words = full_name.split()
    if len(words) < 2:
        return full_name.strip(), full_name.strip()
    return " ".join(words[:-1]), words[-1]
