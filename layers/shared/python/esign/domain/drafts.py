"""What Coupa asks to be made: the same things before they have an id, a state or a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from esign.domain.package import Message, Reminders
from esign.domain.recipient import (
    Authentication,
    Delivery,
    FieldType,
    Group,
    Place,
    ProviderAuthentication,
    Role,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackage:
    """`body_hash` is the SHA-256 (hex) of the canonical request: the same externalId with another one is a clash."""

    name: str
    body_hash: str
    external_id: str | None = None
    description: str | None = None
    message: Message = Message()
    language: str | None = None
    sequential_signing: bool = False
    expires_at: datetime | None = None
    reminders: Reminders = Reminders()
    options: Mapping[str, Any] = field(default_factory=dict)  # provider.options
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InlineContent:
    """Decoded bytes, at most 4 MiB in the sum of one request."""

    body: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class SourceUrl:
    url: str


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """The caller will PUT `size` bytes with this hex SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Template:
    id: str


Source = InlineContent | SourceUrl | UploadRequest | Template


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    name: str
    source: Source
    content_type: str | None = None  # None: told from the bytes
    external_id: str | None = None
    order: int | None = None


@dataclass(frozen=True, slots=True)
class NewField:
    """`document` is our id or the external id of a document that the package has already."""

    document: str
    place: Place
    type: FieldType = FieldType.SIGNATURE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecipient:
    first_name: str
    last_name: str
    email: str | None = None
    external_id: str | None = None
    role: Role = Role.SIGNER
    signing_order: int | None = None  # None: the place in the list where the package signs sequentially, else 1
    phone: str | None = None  # E.164
    language: str | None = None
    message: str | None = None
    redirect_url: str | None = None
    group: Group | None = None
    authentication: Authentication | ProviderAuthentication = Authentication.NONE
    delivery: Delivery = Delivery.EMAIL
    fields: tuple[NewField, ...] = ()
