"""forget_subject: remove what may go of one person, and say what stays, why, and until when.

The receipt names the person by the hash of the address only, so it may be kept. Packages are found by the pointers of
their people; an open contract keeps its signers, and locked evidence keeps what it is locked for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.events import EntryKind, entry
from esign.domain.forgetting import is_forgotten, subject_hash, subjects_of, without_subject
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.retention import is_held
from esign.domain.status import CLOSED, PackageStatus
from esign.operations.packages import Change, change
from esign.operations.provider_access import ProviderAccess
from esign.ports import Clock, DocumentStore, PackageStore


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that still names the person, by its digest; `locked_until` (UTC) None: by the account's rule, no lock."""

    sha256: str
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Touched:
    """What became of one package. `kept_because`: open, hold, undelivered; None where the person is gone from it."""

    package: PackageId
    status: PackageStatus
    kept_because: str | None
    recipients: int = 0
    staged_documents: int = 0
    evidence: tuple[Kept, ...] = ()
    at_provider: bool = False  # the provider has a copy of its own


@dataclass(frozen=True, slots=True)
class Receipt:
    """`subject` is the SHA-256 of the address. `digest` is that of the rest, so that a copy can be checked."""

    account: AccountId
    subject: str
    at: datetime
    packages: tuple[Touched, ...]

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(json.dumps(asdict(self), default=_text, sort_keys=True))
        return told | {"digest": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    packages: PackageStore
    documents: DocumentStore
    access: ProviderAccess
    clock: Clock

    def forget(self, account: AccountId, email: str) -> Receipt:
        """Doing it again removes nothing more, and tells what is still kept. Raises NotFound for an unknown account."""
        record, subject = self.access.account(account), subject_hash(email)
        found = (self.packages.get(account, package) for package in self.packages.subjects(account, subject))
        named = [package for package in found if package and subject in subjects_of(package)]
        touched = tuple(self._forget(package, subject, record) for package in named)
        return Receipt(account, subject, self.clock.now(), touched)

    def _forget(self, package: Package, subject: str, record: Account) -> Touched:
        why = self._why_not(package, record)
        if why:
            return _told(package, package, why)
        staged = [document.key for document in package.documents if document.key]
        self.documents.remove(staged)
        self.packages.forget_reasons(package.account, package.id)
        after = change(self.packages, package, lambda current: self._without(current, subject))
        return _told(package, after, None)

    def _why_not(self, package: Package, record: Account) -> str | None:
        if package.status not in CLOSED:
            return "open"
        if is_held(package, record):
            return "hold"
        return "undelivered" if self.packages.told(package.account, package.id).waiting else None

    def _without(self, package: Package, subject: str) -> Change | None:
        after = without_subject(package, subject)
        if after == package:
            return None
        text = "A person asked to be forgotten: what may go of them is removed."
        return Change(after, timeline=(entry(self.clock.now(), EntryKind.DECISION, text, code="subject_forgotten"),))


def _told(before: Package, after: Package, why: str | None) -> Touched:
    changed = sum(
        is_forgotten(now) and not is_forgotten(was)
        for was, now in zip(before.recipients, after.recipients, strict=True)
    )
    return Touched(
        package=after.id,
        status=after.status,
        kept_because=why,
        recipients=changed,
        staged_documents=0 if why else sum(document.key is not None for document in before.documents),
        evidence=tuple(Kept(file.sha256, file.locked_until) for file in after.files),
        at_provider=bool(after.provider.reference) and after.copy_removed_at is None,
    )


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
