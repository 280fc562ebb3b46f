"""complete_package: the signed-file gate, retention, the manifest, and only then COMPLETE.

Design: state-and-delivery, Evidence. Whatever fails here leaves the package in SIGNED with `attention`: Coupa is told
"complete" only of what is stored, looked at and locked.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from esign.domain.account import Account, EvidencePolicy
from esign.domain.content import HEAD, is_what_it_says
from esign.domain.document import EvidenceFile, FileKind, SignatureObservation
from esign.domain.events import EntryKind, EventType, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import AttentionNote, Package
from esign.domain.status import Attention, PackageStatus
from esign.domain.transitions import event_of, moved
from esign.domain.wording import many
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Next, Step
from esign.operations.signature_gate import promised, unsigned
from esign.ports import Bell, Clock, EvidenceStore, PackageStore

MANIFEST_NUMBER = 99


def complete_package(
    account: AccountId,
    package_id: PackageId,
    *,
    packages: PackageStore,
    access: ProviderAccess,
    evidence: EvidenceStore,
    bell: Bell,
    clock: Clock,
    retention: tuple[str, int],
) -> Step:
    """`retention`: the stage's (mode, days), for accounts that name none. Doing it twice completes once."""
    package = load(packages, account, package_id)
    if package.status is not PackageStatus.SIGNED or package.awaits_a_person:
        return Step(Next.DONE)
    record = access.account(account)
    objection = objections(package, record, evidence)
    if objection is None and promised(record, access.providers.capabilities(record)):
        objection = unsigned(package)
    if objection and not package.evidence_accepted:
        change(packages, package, lambda current: _reject(current, objection, clock))
        return Step(Next.DONE, alarm=Attention.EVIDENCE_REJECTED.value)
    now = clock.now()
    mode, until = _retention(record, retention, now)
    locked = tuple(
        replace(file, locked_until=evidence.retain(file.key, file.version, until=until, mode=mode))
        for file in (*package.files, _keep_manifest(package, evidence, now))
    )
    change(packages, package, lambda current: _complete(current, package, locked, now))
    bell.ring(account, package.id)
    return Step(Next.DONE)


def objections(package: Package, account: Account, evidence: EvidenceStore) -> str | None:
    """Why the collected files are not enough for COMPLETE, as a sentence; None when they are."""
    signed = {f.document for f in package.files if f.kind is FileKind.SIGNED_DOCUMENT}
    missing = [d.id for d in package.documents if d.comes_back and d.id not in signed]
    if missing:
        return f"The signed file is missing of {many(len(missing), 'document')}: {', '.join(missing)}."
    trail = any(f.kind is FileKind.AUDIT_TRAIL for f in package.files)
    if account.evidence is EvidencePolicy.REQUIRED and not trail:
        return "The account asks for the provider's audit trail, and there is none."
    for file in package.files:
        with evidence.fetch(file.key, file.version) as body:
            if not is_what_it_says(file.content_type, body.read(HEAD)):
                return f"File {file.number} is not the {file.content_type} that it says it is."
    return None


def _reject(package: Package, objection: str, clock: Clock) -> Change | None:
    if package.status is not PackageStatus.SIGNED:
        return None
    now = clock.now()
    step = f"{objection} Look at the provider, then say `esign packages accept` or `esign packages recollect`."
    note = AttentionNote(Attention.EVIDENCE_REJECTED, now, step)
    told = entry(now, EntryKind.DECISION, f"The evidence was not accepted: {objection}", code="evidence_rejected")
    after = replace(package, attention=note, collecting=None, updated_at=now)
    return Change(after, timeline=(told,), forget_refresh=True)


def _retention(account: Account, stage: tuple[str, int], now: datetime) -> tuple[str, datetime]:
    mode, days = stage
    return account.retention_mode or mode, now + timedelta(days=account.retention_days or days)


def _keep_manifest(package: Package, evidence: EvidenceStore, now: datetime) -> EvidenceFile:
    """The manifest is a function of the stored files alone, so a repeated completion finds its own."""
    body = json.dumps(manifest_of(package), indent=1, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()
    key = f"{package.account}/{package.id}/evidence/manifest-{digest[:16]}.json"
    kept = evidence.keep(key, io.BytesIO(body), size=len(body), sha256=digest, content_type="application/json")
    return EvidenceFile(
        number=MANIFEST_NUMBER,
        kind=FileKind.MANIFEST,
        name="manifest.json",
        content_type="application/json",
        size=kept.size,
        sha256=kept.sha256,
        key=kept.key,
        version=kept.version,
        collected_at=now,
    )


def manifest_of(package: Package) -> dict[str, Any]:
    """What is kept, by digest and version: no names, no addresses. All that was seen is an observation, not a verdict."""
    return {
        "schema": 1,
        "package": package.id,
        "revision": package.revision,
        "provider": package.provider.name,
        "reference": list(package.provider.reference),
        "providerStatus": package.provider.status,
        "documents": [
            {"id": d.id, "sha256": d.sha256, "size": d.size, "template": d.template} for d in package.documents
        ],
        "signatures": [
            {"recipient": r.id, "status": r.status.value, "at": r.signed_at.isoformat() if r.signed_at else None}
            for r in package.recipients
            if r.acts
        ],
        "files": [_manifest_line(f) for f in package.files],
    }


def _manifest_line(file: EvidenceFile) -> dict[str, Any]:
    return {
        "number": file.number,
        "kind": file.kind.value,
        "document": file.document,
        "contentType": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "key": file.key,
        "version": file.version,
        "collectedAt": file.collected_at.isoformat() if file.collected_at else None,
        "observed": _observation(file.observed) if file.observed else None,
    }


def _observation(seen: SignatureObservation) -> dict[str, Any]:
    """Counts and flags; no signer's name is in them."""
    return {
        "tool": seen.tool,
        "readable": seen.readable,
        "signatures": seen.signatures,
        "intact": seen.intact,
        "sound": seen.sound,
        "timeStamps": seen.time_stamps,
        "coversWholeFile": seen.covers_whole_file,
        "modificationLevel": seen.modification_level,
        "digestAlgorithms": list(seen.digest_algorithms),
    }


def _complete(package: Package, judged: Package, locked: tuple[EvidenceFile, ...], now: datetime) -> Change | None:
    """COMPLETE, if the files are still those that were judged and locked."""
    if package.status is not PackageStatus.SIGNED or package.files != judged.files:
        return None
    done = replace(
        moved(package, PackageStatus.COMPLETE, now),
        files=locked,
        completed_at=now,
        archived=package.archived or package.withdrawing,
        status_reason=None,
        withdraw_requested=None,
        collecting=None,
    )
    done, event = event_of(done, EventType.PACKAGE_COMPLETED, previous=package.status, now=now)
    told = entry(now, EntryKind.DECISION, "The signed files and their evidence are stored and locked: COMPLETE.")
    return Change(done, events=(event,), timeline=(told,), forget_refresh=True)
