"""The few things that only some signature providers can do; whoever wants one asks by isinstance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package, ProviderReference
from esign.domain.status import PackageStatus


@runtime_checkable
class Reminds(Protocol):
    def remind(self, package: Package) -> None:
        """Send those who have not signed another notification."""
        ...


@runtime_checkable
class ExtendsExpiry(Protocol):
    def extend_expiry(self, package: Package, until: datetime) -> None: ...


@runtime_checkable
class SkipsSigners(Protocol):
    def skip_signers(self, package: Package) -> None:
        """Skip everybody who has not signed yet; the package then finishes."""
        ...


@runtime_checkable
class SignsByLink(Protocol):
    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        """Where the recipient signs; several for a group, one per member. Empty: none at the moment."""
        ...


@runtime_checkable
class LeavesUnsigned(Protocol):
    def unsigned_documents(self, package: Package) -> frozenset[DocumentId]:
        """Documents that go along but do not come back signed, such as the PDF that shows an XML document."""
        ...


@runtime_checkable
class BringsPeople(Protocol):
    def brings_people(self, package: Package) -> bool:
        """Whether a process of the provider's own, which this package names, says who acts: reads then show them."""
        ...


@runtime_checkable
class RemovesCopy(Protocol):
    def remove_copy(self, package: Package) -> None:
        """Remove the provider's own copy of what has ended there; one that is gone is no error. ProviderConflict: the
        provider keeps it in its present state."""
        ...


@runtime_checkable
class PutsAway(Protocol):
    def put_away(self, package: Package) -> None:
        """Coupa archived a package that has ended: do at the provider what the account asks for. Doing it again, or of
        one that is gone, is no error."""
        ...


@dataclass(frozen=True, slots=True)
class ListedEnvelope:
    """One line of the provider's own list."""

    reference: ProviderReference
    external_reference: str | None
    vendor_status: str
    status: PackageStatus | None


@runtime_checkable
class Lists(Protocol):
    def list_envelopes(
        self, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[ListedEnvelope, ...], str | None]:
        """The provider's own envelopes, oldest first, and the cursor of the next page (None: the end)."""
        ...
