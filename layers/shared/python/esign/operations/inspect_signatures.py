"""inspect_signatures: look at each signed PDF and note what is seen, for the gate and for the manifest.

A step and a function of its own, since only this one carries the PDF library: what that makes of a hostile file stays
here. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from esign.domain.content import PDF
from esign.domain.document import EvidenceFile, FileKind, SignatureObservation
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.domain.wording import many
from esign.operations.packages import Change, change, load
from esign.operations.refresh import Next, Step
from esign.ports import Clock, EvidenceStore, PackageStore, SignatureInspector

Seen = Mapping[int, SignatureObservation]  # by the file's number


def inspect_signatures(
    account: AccountId,
    package_id: PackageId,
    *,
    packages: PackageStore,
    evidence: EvidenceStore,
    inspector: SignatureInspector,
    clock: Clock,
) -> Step:
    """COMPLETE, also when a file could not be read: the gate decides what that means. Files seen before stay."""
    package = load(packages, account, package_id)
    if package.status is not PackageStatus.SIGNED or package.awaits_a_person:
        return Step(Next.DONE)
    seen = {file.number: _look(file, evidence, inspector) for file in package.files if _is_worth_a_look(file)}
    if seen:
        change(packages, package, lambda current: _with_observations(current, package, seen, clock))
    return Step(Next.COMPLETE)


def _is_worth_a_look(file: EvidenceFile) -> bool:
    return file.kind is FileKind.SIGNED_DOCUMENT and file.content_type == PDF and file.observed is None


def _look(file: EvidenceFile, evidence: EvidenceStore, inspector: SignatureInspector) -> SignatureObservation:
    with evidence.fetch(file.key, file.version) as body:
        return inspector.inspect(body)


def _with_observations(package: Package, looked_at: Package, seen: Seen, clock: Clock) -> Change | None:
    """None where the files were collected anew meanwhile: whoever did that looks at those."""
    if package.status is not PackageStatus.SIGNED or package.files != looked_at.files:
        return None
    files = tuple(replace(file, observed=seen.get(file.number, file.observed)) for file in package.files)
    found = sum(one.signatures for one in seen.values())
    unreadable = sum(not one.readable for one in seen.values())
    text = f"{many(found, 'signature')} seen in {many(len(seen), 'signed PDF')}; {unreadable} could not be read."
    told = entry(clock.now(), EntryKind.DECISION, text)
    return Change(replace(package, files=files, updated_at=clock.now()), timeline=(told,))
