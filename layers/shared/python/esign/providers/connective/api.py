"""What the adapter needs from any version of Connective's API. v3 and v4 differ behind this and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol

from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.ports import Absent, Found, ProviderIdentity, Unknown
from esign.providers.connective.plan import Plan, PlannedDocument
from esign.providers.connective.wire import PackageView


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A document at Connective: its id there, and the location id of each of our field labels (v3)."""

    id: str
    locations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An audit file to fetch."""

    name: str
    content_type: str
    fetch: Callable[[IO[bytes]], object]


Uploads = Mapping[DocumentId, Uploaded]


class Api(Protocol):
    """Ids are Connective's, except where a type says otherwise."""

    def identify(self) -> ProviderIdentity: ...

    def create(self, plan: Plan, callback_url: str | None) -> str:
        """A draft, which nobody can sign."""
        ...

    def uploads(self, draft: str, plan: Plan) -> dict[DocumentId, Uploaded]:
        """What an interrupted submission has left in the draft and can be used; what cannot is removed."""
        ...

    def upload(
        self, draft: str, document: PlannedDocument, file: BinaryIO, representation: BinaryIO | None
    ) -> Uploaded: ...

    def seat(self, draft: str, plan: Plan, uploads: Uploads) -> None:
        """Tell who does what, where and in which order. Doing it again changes nothing."""
        ...

    def start(self, draft: str) -> None:
        """Out for signature: the one step that cannot be taken back."""
        ...

    def look(self, package: str) -> PackageView: ...

    def search(self, package: Package) -> Found | Absent | Unknown:
        """By our reference, when the reply that held Connective's id was lost."""
        ...

    def revoke(self, package: str) -> None: ...

    def delete(self, package: str) -> None: ...

    def fetch_document(self, package: str, document: str, content_type: str, into: IO[bytes]) -> None: ...

    def fetch_package(self, package: str, into: IO[bytes]) -> None: ...

    def evidence(self, package: str) -> Iterator[Evidence]: ...
