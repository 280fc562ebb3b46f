"""Bytes: staged documents, raw callbacks, evidence, and what can be seen in a signed file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from esign.domain.document import SignatureObservation, Upload
from esign.domain.ids import AccountId, PackageId


@dataclass(frozen=True, slots=True)
class StagedObject:
    """What lies in the document store under a key: size in bytes, hex SHA-256, and the first bytes."""

    size: int
    sha256: str | None
    first_bytes: bytes


class DocumentStore(Protocol):
    """Staged documents at `<account>/<package>/…`, until retention ends."""

    def put(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> None: ...
    def presign_upload(self, key: str, *, size: int, sha256: str, content_type: str, now: datetime) -> Upload: ...
    def inspect(self, key: str) -> StagedObject | None: ...
    def fetch(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A seekable file on local disk. Raises NotFound."""
        ...

    def remove(self, keys: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class KeptCallback:
    """A call of a provider that was kept: where, and when it came (UTC)."""

    key: str
    at: datetime


class RawCallbacks(Protocol):
    """What providers called with, for 30 days: allowed headers, a hash, the first 32 KB of the body."""

    def keep(
        self,
        provider: str,
        account: AccountId,
        package: PackageId | None,
        *,
        headers: Mapping[str, str],
        body: bytes,
        at: datetime,
    ) -> str:
        """Where it lies."""
        ...

    def kept(
        self, provider: str, account: AccountId, package: PackageId, *, since: datetime | None = None
    ) -> tuple[KeptCallback, ...]:
        """Those of one package from `since` on, oldest first, without their contents."""
        ...


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What the evidence store says of a file that it keeps."""

    key: str
    version: str
    size: int
    sha256: str


class EvidenceStore(Protocol):
    """Write-once files: signed documents, audit trails, manifests."""

    def keep(self, key: str, body: BinaryIO, *, size: int, sha256: str, content_type: str) -> KeptFile:
        """Idempotent: the same key again answers what is there. Raises ContractBroken when other bytes are there."""
        ...

    def retain(self, key: str, version: str, *, until: datetime, mode: str) -> datetime:
        """Lock it for so long and so strictly at least, and answer when the lock ends. One that holds already becomes no
        shorter and no weaker."""
        ...

    def fetch(self, key: str, version: str) -> AbstractContextManager[BinaryIO]: ...
    def remove(self, key: str, version: str) -> None:
        """For good. One that is gone is no error. Raises WrongState (evidence_locked) while its lock lasts."""
        ...

    def presign_download(self, key: str, version: str, *, name: str, content_type: str, seconds: int) -> str: ...


class SignatureInspector(Protocol):
    """Sees what signatures a PDF holds. Calls nobody."""

    def inspect(self, body: BinaryIO) -> SignatureObservation:
        """Of a seekable file. Never raises for what the file holds."""
        ...


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document fetched from a source URL, on local disk."""

    body: BinaryIO
    size: int
    sha256: str
    content_type: str | None


class DocumentFetcher(Protocol):
    """Fetches `sourceUrl` documents behind the SSRF guard."""

    def fetch(self, url: str, *, hosts: tuple[str, ...], max_bytes: int) -> AbstractContextManager[FetchedDocument]:
        """Raises UnsafeAddress, Unprocessable (not there, not readable), TooLarge."""
        ...
