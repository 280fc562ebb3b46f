"""getSignedDocuments: the signed files and their evidence, once the package is COMPLETE; never "not yet" then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.domain.document import MAX_INLINE, EvidenceFile
from esign.domain.errors import NotFound, TooLarge
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds
from esign.operations.packages import load, require
from esign.ports import Clock, EvidenceStore, PackageStore


class FileDelivery(StrEnum):
    AUTO = "auto"  # inline while all fits, else links
    INLINE = "inline"
    URL = "url"


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A file with either its bytes or a link that ends at `expires_at` (UTC)."""

    file: EvidenceFile
    id: str
    content: bytes | None = None
    url: str | None = None
    expires_at: datetime | None = None


def get_signed_documents(
    account: AccountId,
    package_id: str,
    *,
    delivery: FileDelivery,
    packages: PackageStore,
    evidence: EvidenceStore,
    clock: Clock,
    timing: Timing,
) -> tuple[SignedDocument, ...]:
    """Raises NotFound, WrongState before COMPLETE, TooLarge when `inline` is asked for more than 4 MiB."""
    package = load(packages, account, package_id)
    require(package, PackageStatus.COMPLETE, to="get the signed documents")
    fits = sum(f.size for f in package.files) <= MAX_INLINE
    if delivery is FileDelivery.INLINE and not fits:
        raise TooLarge("The signed documents are larger than 4 MiB in all. Ask with delivery=url.")
    inline = fits and delivery is not FileDelivery.URL
    return tuple(_delivered(package, f, evidence, clock, timing, inline=inline) for f in package.files)


def signed_document_link(
    account: AccountId,
    package_id: str,
    file_id: str,
    *,
    packages: PackageStore,
    evidence: EvidenceStore,
    timing: Timing,
) -> str:
    """A short-lived download link of one file. Raises NotFound, WrongState."""
    package = load(packages, account, package_id)
    require(package, PackageStatus.COMPLETE, to="get the signed documents")
    file = next((f for f in package.files if file_id in {_id(package, f), f.document}), None)
    if file is None:
        raise NotFound("The package has no such signed document.", code="document_not_found")
    return _link(file, evidence, timing)


def _delivered(
    package: Package, file: EvidenceFile, evidence: EvidenceStore, clock: Clock, timing: Timing, *, inline: bool
) -> SignedDocument:
    identifier = _id(package, file)
    if not inline:
        until = clock.now() + seconds(timing.download_link)
        return SignedDocument(file, identifier, url=_link(file, evidence, timing), expires_at=until)
    with evidence.fetch(file.key, file.version) as body:
        return SignedDocument(file, identifier, content=body.read())


def _link(file: EvidenceFile, evidence: EvidenceStore, timing: Timing) -> str:
    return evidence.presign_download(
        file.key, file.version, name=file.name, content_type=file.content_type, seconds=int(timing.download_link)
    )


def _id(package: Package, file: EvidenceFile) -> str:
    return f"{package.id}_f{file.number:02d}"
