"""apply_retention: remove of an ended package what its account wants gone by now, and note when something goes next.

Each step is written down when it is done, so a run that breaks off is taken up by the next one. Nothing personal goes
before Coupa was told of the package's end, and nothing at the provider that we do not keep ourselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from esign.domain.account import Account
from esign.domain.errors import ProviderConflict, ProviderNotFound, WrongState
from esign.domain.events import EntryKind, TimelineEntry, entry
from esign.domain.forgetting import forgotten, traceless, unlinked, untitled
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package
from esign.domain.retention import copy_until, evidence_until, next_date, personal_until
from esign.domain.timing import Timing, seconds
from esign.domain.wording import many
from esign.operations.packages import Change, change
from esign.operations.provider_access import ProviderAccess
from esign.ports import Clock, DocumentStore, EvidenceStore, PackageStore, RemovesCopy

PATIENCE = 30  # looks that are left out before another one at what could not be removed
Decide = Callable[[Package, datetime], Package]


@dataclass(frozen=True, slots=True)
class Retention:
    packages: PackageStore
    access: ProviderAccess
    documents: DocumentStore
    evidence: EvidenceStore
    clock: Clock
    timing: Timing

    def apply(self, account: AccountId, package_id: PackageId) -> datetime | None:
        """When something goes next (UTC), as it is now scheduled. Raises ProviderError, StoreUnavailable: come again."""
        package, record = self.packages.get(account, package_id), self.access.accounts.get(account)
        if package is None:
            return None
        if record is None:  # removed, and what it archived left behind: nobody's rules hold any more
            self.packages.schedule_retention(account, package_id, at=None)
            return None
        again = next_date(package, record, timing=self.timing)
        if again is not None and again <= self.clock.now():
            again = self._remove(package, record)
        self.packages.schedule_retention(account, package_id, at=again)
        return again

    def _remove(self, package: Package, record: Account) -> datetime | None:
        now = self.clock.now()
        told = self.packages.told(package.account, package.id)
        if told.waiting:
            return now + seconds(self.timing.retention_look)
        if _is_due(copy_until(package, record), now) and not told.dead_letters:
            package = self._remove_copy(package)
        if _is_due(personal_until(package, record, self.timing), now):
            package = self.forget(package)
        if _is_due(evidence_until(package, record), now):
            package = self._remove_evidence(package)
        again = next_date(package, record, timing=self.timing)
        return again if again is None or again > now else now + PATIENCE * seconds(self.timing.retention_look)

    def forget(self, package: Package) -> Package:
        """Staged documents, the reasons in the outbox, and what is personal in the table: in this order, since the last
        one says that all is done."""
        self.documents.remove([document.key for document in package.documents if document.key])
        self.packages.forget_reasons(package.account, package.id)
        package = self._became(package, untitled)
        text = "What was personal in the table, and the staged documents, are removed."
        return self._note(package, forgotten, text, code="forgotten")

    def _remove_copy(self, package: Package) -> Package:
        """A provider that cannot, or will not yet, is asked again with the next look."""
        with self.access.open(package.account, calls=2) as provider:
            if not isinstance(provider, RemovesCopy):
                return package
            try:
                provider.remove_copy(package)
            except ProviderNotFound:
                pass
            except ProviderConflict as kept:
                told = self._told("The provider keeps its copy for the moment.", code=kept.kind)
                self.packages.append_timeline(package.account, package.id, (told,))
                return package
        text = "The provider's own copy is removed."
        return self._note(
            package, lambda current, now: replace(current, copy_removed_at=now), text, code="copy_removed"
        )

    def _remove_evidence(self, package: Package) -> Package:
        try:
            for file in package.files:
                self.evidence.remove(file.key, file.version)
        except WrongState as locked:
            told = self._told("A file is locked for longer than we had noted.", code=locked.kind)
            self.packages.append_timeline(package.account, package.id, (told,))
            return package
        package = self._became(package, unlinked)
        text = f"{many(len(package.files), 'file')} of evidence removed, since the lock has ended."
        return self._note(package, lambda current, _now: traceless(current), text, code="evidence_removed")

    def _note(self, package: Package, decide: Decide, text: str, *, code: str) -> Package:
        def decided(current: Package) -> Change:
            return Change(decide(current, self.clock.now()), timeline=(self._told(text, code=code),))

        return change(self.packages, package, decided)

    def _became(self, package: Package, become: Callable[[Package], Package]) -> Package:
        """A part of what is noted afterwards: together they could be more than one transaction takes."""

        def decided(current: Package) -> Change | None:
            after = become(current)
            return Change(after) if after != current else None

        return change(self.packages, package, decided)

    def _told(self, text: str, *, code: str) -> TimelineEntry:
        return entry(self.clock.now(), EntryKind.DECISION, text, code=code)


def _is_due(date: datetime | None, now: datetime) -> bool:
    return date is not None and date <= now
