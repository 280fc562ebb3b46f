"""collect_evidence: bring signed files and audit trails from the provider into the evidence store, one at a time.

Streaming: a file passes through local disk and is hashed on the way, so memory does not grow with its size. Keys name
the content: collecting again, or twice at once, stores nothing twice and overwrites nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from esign.domain.content import PDF, XML
from esign.domain.document import EvidenceFile
from esign.domain.errors import ContractBroken, ProviderConflict, ProviderError, ProviderNotFound
from esign.domain.events import EntryKind, TimelineEntry, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.poll_plan import next_poll
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing
from esign.domain.wording import many
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Next, Step
from esign.operations.story import Story
from esign.ports import Clock, EvidenceStore, PackageStore, SignedFile

SUFFIXES = {PDF: ".pdf", XML: ".xml", "application/pkcs7-mime": ".p7m", "application/json": ".json"}


@dataclass(frozen=True, slots=True)
class Collected:
    files: tuple[EvidenceFile, ...]
    remarks: tuple[TimelineEntry, ...]


def collect_evidence(
    account: AccountId,
    package_id: PackageId,
    *,
    packages: PackageStore,
    access: ProviderAccess,
    evidence: EvidenceStore,
    clock: Clock,
    timing: Timing,
) -> Step:
    """COMPLETE when there is something for the gate to look at; DONE when the provider has no files yet (the sweep
    comes back). Raises ProviderError for the workflow's retry."""
    package = load(packages, account, package_id)
    if package.status is not PackageStatus.SIGNED:
        return Step(Next.DONE)
    story = Story(packages, account, package.id, clock)
    with access.open(account, calls=2 + len(package.documents), story=story) as provider:
        try:
            collected = _collect(package, provider.signed_files(package), evidence, clock)
        except ProviderConflict as not_yet:
            story.lines.clear()  # asked every minute: one line for each time is enough
            story.tell("The signed files are not ready yet.", kind=EntryKind.PROVIDER_CALL, code=not_yet.kind)
            change(packages, package, partial(_later, clock=clock, timing=timing), story=story)
            return Step(Next.DONE)
        except ProviderError:
            change(packages, package, partial(_later, clock=clock, timing=timing), story=story)
            raise
        change(packages, package, lambda current: _with_files(current, collected, clock), story=story)
    return Step(Next.COMPLETE)


def _collect(package: Package, offered: Iterator[SignedFile], evidence: EvidenceStore, clock: Clock) -> Collected:
    files: list[EvidenceFile] = []
    remarks: list[TimelineEntry] = []
    for item in offered:
        try:
            files.append(_keep(package, item, len(files) + 1, evidence, clock))
        except (ProviderConflict, ProviderNotFound) as missing:
            if not item.optional:
                raise
            text = f"The provider offers no {item.kind.value} for this package; the account allows that."
            remarks.append(entry(clock.now(), EntryKind.PROVIDER_CALL, text, code=missing.kind))
    return Collected(tuple(files), tuple(remarks))


def _keep(package: Package, item: SignedFile, number: int, evidence: EvidenceStore, clock: Clock) -> EvidenceFile:
    with tempfile.TemporaryFile() as body:
        with item.open() as chunks:
            size, digest = _spool(chunks, body)
        _check_digest(item, body)
        if size == 0:
            raise ContractBroken(f"The provider answered an empty file as {item.kind.value}.")
        body.seek(0)
        key = f"{package.account}/{package.id}/evidence/{number:02d}-{digest[:16]}{SUFFIXES.get(item.content_type, '')}"
        kept = evidence.keep(key, body, size=size, sha256=digest, content_type=item.content_type)
    return EvidenceFile(
        number=number,
        kind=item.kind,
        name=_name(package, item),
        content_type=item.content_type,
        size=size,
        sha256=digest,
        key=kept.key,
        version=kept.version,
        document=item.document,
        collected_at=clock.now(),
    )


def _name(package: Package, item: SignedFile) -> str:
    """A signed document keeps the name that Coupa gave it, whatever the provider made of that."""
    document = package.document(item.document) if item.document else None
    name = document.name if document else item.name
    suffix = SUFFIXES.get(item.content_type, "")
    return name if name.lower().endswith(suffix) else name + suffix


def _spool(chunks: Iterator[bytes], body: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        body.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _check_digest(item: SignedFile, body: BinaryIO) -> None:
    """Where the provider gives a digest, the bytes must be those it speaks of."""
    if item.digest is None:
        return
    algorithm, expected = item.digest
    body.seek(0)
    digest = hashlib.new(algorithm)
    while piece := body.read(1 << 20):
        digest.update(piece)
    if digest.hexdigest() != expected.lower():
        raise ContractBroken(f"A {item.kind.value} arrived with another digest than the provider gave.")


def _later(package: Package, clock: Clock, timing: Timing) -> Change | None:
    """Due by the plan again, not when collecting would have had to end."""
    if package.status is not PackageStatus.SIGNED:
        return None
    due = next_poll(package, now=clock.now(), timing=timing) or clock.now()
    return Change(replace(package, collecting=None), refresh_at=due)


def _with_files(package: Package, collected: Collected, clock: Clock) -> Change | None:
    if package.status is not PackageStatus.SIGNED:
        return None
    text = f"{many(len(collected.files), 'file')} stored: signed documents and audit trails."
    told = (*collected.remarks, entry(clock.now(), EntryKind.DECISION, text))
    files = tuple(_known(package, file) for file in collected.files)
    return Change(replace(package, files=files, updated_at=clock.now()), timeline=told)


def _known(package: Package, file: EvidenceFile) -> EvidenceFile:
    """The same bytes that another run collected: what was seen in them meanwhile stays."""
    return next((known for known in package.files if (known.key, known.version) == (file.key, file.version)), file)
