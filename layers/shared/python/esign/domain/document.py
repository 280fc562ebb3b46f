"""What is signed, and the files that come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.domain.ids import DocumentId
from esign.domain.status import DocumentStatus

MAX_INLINE = 4 * 1024 * 1024  # bytes decoded, the sum of one request and of one inline answer
MAX_UPLOAD = 50 * 1024 * 1024  # bytes of one document by upload link or source URL
MAX_PACKAGE = 100 * 1024 * 1024  # bytes of all documents of a package
MAX_DOCUMENTS = 30
MAX_RECIPIENTS = 50
MAX_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A document as Coupa gave it. `size` in bytes; `key` is its place in the document store (None for templates)."""

    id: DocumentId
    external_id: str | None
    name: str
    content_type: str
    order: int
    status: DocumentStatus
    size: int | None = None
    sha256: str | None = None  # hex
    pages: int | None = None
    key: str | None = None
    template: str | None = None
    comes_back: bool = True  # False: it goes along, but nobody signs it (it shows another one to the signers)


class FileKind(StrEnum):
    SIGNED_DOCUMENT = "SIGNED_DOCUMENT"
    AUDIT_TRAIL = "AUDIT_TRAIL"
    MANIFEST = "MANIFEST"


@dataclass(frozen=True, slots=True)
class SignatureObservation:
    """What was seen in a PDF's signatures: counts and flags, an observation and no verdict. Nobody is named.

    `intact`: how many have bytes and key that agree; `sound`: those of them that also cover what they signed, with
    nothing added later but what signatures allow. `modification_level` is the worst that any of them shows (NONE,
    LTA_UPDATES, FORM_FILLING, ANNOTATIONS, OTHER). `readable` False: the file could not be looked at.
    """

    readable: bool
    signatures: int = 0
    intact: int = 0
    sound: int = 0
    time_stamps: int = 0
    covers_whole_file: bool = False
    modification_level: str | None = None
    digest_algorithms: tuple[str, ...] = ()
    tool: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that came back and is kept: place and version in the evidence store, and what identifies its bytes."""

    number: int
    kind: FileKind
    name: str
    content_type: str
    size: int
    sha256: str  # hex
    key: str
    version: str
    document: DocumentId | None = None
    collected_at: datetime | None = None
    observed: SignatureObservation | None = None  # of PDFs
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A presigned upload: how to PUT the bytes, until when (UTC)."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime
