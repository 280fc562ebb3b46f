"""A signing service behind the injector: every step of a submission is a call of its own, and people act there.

It keeps its promise of the port: unless an outcome is unknown, a failed submission leaves nothing that can be signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from esign.domain.errors import OutcomeUnknown, ProviderConflict, ProviderError, ProviderUnavailable
from esign.domain.ids import PackageId
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import Absent, DocumentSource, Found, RecipientSnapshot, SignedFile, Snapshot, Unknown
from tests.fakes.provider import Envelope, FakeProvider
from tests.reliability.injector import Injector

T = TypeVar("T")

ENDS = {
    PackageStatus.SIGNED: "Finished",
    PackageStatus.DECLINED: "Rejected",
    PackageStatus.EXPIRED: "Expired",
    PackageStatus.CANCELLED: "Revoked",
}


@dataclass
class Made(Envelope):
    reference: str = ""


class Service(FakeProvider):
    """Port `SignatureProvider`. `made` holds every envelope that ever was, in order."""

    def __init__(self, injector: Injector) -> None:
        super().__init__()
        self._injector = injector
        self.made: list[Made] = []

    def _write(self, name: str, work: Callable[[], T]) -> T:
        down, lost = ProviderUnavailable("not reached"), OutcomeUnknown("no reply")
        # A write is never repeated by the client: then only the caller could know.
        return self._injector.call(f"provider.{name}", work, refused=down, lost=lost, guarded=True)

    def _read(self, name: str, work: Callable[[], T]) -> T:
        return self._injector.call(f"provider.{name}", work, refused=ProviderUnavailable("not reached"))

    # The port

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,
        checkpoint: Callable[[Progress], None],
        callback_url: str | None,
    ) -> ProviderReference:
        reference = progress.get("id")
        try:
            if reference is None:
                reference = self._write("create", lambda: self._made(package, callback_url))
                checkpoint({"id": reference})
            if not progress.get("uploaded"):
                for document in package.documents:
                    with documents.open(document.id) as body:
                        self._write("upload", body.read)
                checkpoint({"id": reference, "uploaded": True})
            self._write("start", lambda: self._started(str(reference)))
        except OutcomeUnknown:
            raise
        except ProviderError:
            if reference is not None:
                with suppress(ProviderError):
                    self._write("discard", lambda: self._discarded(str(reference)))
            raise
        return (reference,)

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        return self._read("find", lambda: self._found(package))

    def read(self, package: Package) -> Snapshot:
        self.calls.append("read")
        return self._read("read", lambda: FakeProvider.read(self, package))

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        offered = self._read("files", lambda: list(FakeProvider.signed_files(self, package)))
        for item in offered:
            yield replace(item, open=partial(self._opened, item))

    def withdraw(self, package: Package, reason: str | None) -> None:
        self._write("withdraw", lambda: FakeProvider.withdraw(self, package, reason))

    def remind(self, package: Package) -> None:
        self._write("remind", lambda: None)

    # Inside

    def _made(self, package: Package, callback_url: str | None) -> str:
        reference = f"env-{len(self.made) + 1}"
        envelope = Made(package, callback_url, reference=reference, files_ready=False)
        self.envelopes[reference] = envelope
        self.made.append(envelope)
        return reference

    def _started(self, reference: str) -> None:
        envelope = self.envelopes.get(reference)
        if envelope is None:
            raise ProviderConflict("There is no such draft.")
        envelope.started = True

    def _discarded(self, reference: str) -> None:
        envelope = self.envelopes.get(reference)
        if envelope is not None and not envelope.started:
            del self.envelopes[reference]

    def _found(self, package: Package) -> Found | Absent | Unknown:
        if not self.findable:
            return Unknown("the service has no list")
        mine = [(r, e) for r, e in self.envelopes.items() if e.package.id == package.id]
        for reference, envelope in sorted(mine, key=lambda one: not one[1].started):
            return Found((reference,), envelope.started, {"id": reference})
        return Absent()

    def _opened(self, item: SignedFile) -> AbstractContextManager[Iterator[bytes]]:
        opened: AbstractContextManager[Iterator[bytes]] = self._read("file", item.open)
        return opened

    # What people do there

    def out(self, package: PackageId) -> Envelope | None:
        """The envelope that people can sign now."""
        mine = (e for e in self.envelopes.values() if e.package.id == package and e.started)
        return next((e for e in mine if e.status is PackageStatus.IN_PROCESS), None)

    def end(self, package: PackageId, status: PackageStatus, *, at: datetime, files: bool = True) -> bool:
        """Everybody acts, so that the envelope ends like this. False: there is none out."""
        envelope = self.out(package)
        if envelope is None:
            return False
        done = {PackageStatus.SIGNED: RecipientStatus.SIGNED, PackageStatus.DECLINED: RecipientStatus.DECLINED}
        if status in done:
            for recipient in envelope.package.recipients:
                envelope.people[recipient.id] = RecipientSnapshot(recipient.id, done[status], signed_at=at)
        envelope.status, envelope.vendor_status, envelope.files_ready = status, ENDS[status], files
        return True
