"""A signing service in memory, with bad luck on demand: what the operations' unit tests send to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import FileKind
from esign.domain.errors import Problem, ProviderConflict, ProviderError, ProviderNotFound
from esign.domain.ids import AccountId, DocumentId, RecipientId
from esign.domain.newcomers import same_person
from esign.domain.package import Package, Progress, ProviderReference
from esign.domain.recipient import Recipient
from esign.domain.status import PackageStatus, RecipientStatus
from esign.http.redaction import Exchange
from esign.ports import (
    Absent,
    DocumentSource,
    Found,
    ProviderCall,
    ProviderIdentity,
    RecipientSnapshot,
    SignedFile,
    Snapshot,
    TakenInCharge,
    Unknown,
)

PDF = b"%PDF-1.7 a signed contract"
TRAIL = b"<audit/>"
_LOOKS = frozenset({"verify", "find", "read", "files", "url"})


@dataclass
class Envelope:
    """What the service knows of one package."""

    package: Package
    callback_url: str | None
    started: bool = False
    status: PackageStatus | None = PackageStatus.IN_PROCESS
    vendor_status: str = "Pending"
    reason: str | None = None
    people: dict[RecipientId, RecipientSnapshot] = field(default_factory=dict)
    files_ready: bool = True
    trail: bool = True
    brought: list[Recipient] = field(default_factory=list)  # by its own process, as they are now


class FakeProvider:
    """Port `SignatureProvider` and all optional ones. `fail` maps a step to the errors that its next calls raise.

    Steps: verify, create (before anything), created (done, reply lost), start, started, find, read, files, withdraw.
    """

    def __init__(self) -> None:
        self.capabilities = Capabilities("fake", dict.fromkeys(Feature))
        self.envelopes: dict[str, Envelope] = {}
        self.fail: dict[str, list[BaseException]] = {}
        self.calls: list[str] = []
        self.problems: tuple[Problem, ...] = ()
        self.findable = True
        self.has_process = False  # that says who acts
        self.takes_charge: tuple[str | None, ...] = ()  # receipts of the next Sends that it only takes in charge
        self.unsigned: frozenset[DocumentId] = frozenset()
        self.during: dict[str, Callable[[], object]] = {}
        self.observe: Callable[[ProviderCall], None] | None = None

    def _step(self, name: str) -> None:
        self.calls.append(name)
        if name in self.during:
            self.during.pop(name)()
        failure = self.fail[name].pop(0) if self.fail.get(name) else None
        if self.observe:
            method = "GET" if name in _LOOKS else "POST"
            self.observe(Exchange(method, "fake.example", f"/{name}", 503 if failure else 200, 7))
        if failure:
            raise failure

    def preflight(self, package: Package, documents: DocumentSource) -> tuple[Problem, ...]:
        return self.problems

    def unsigned_documents(self, package: Package) -> frozenset[DocumentId]:
        return self.unsigned

    def verify(self) -> ProviderIdentity:
        self._step("verify")
        return ProviderIdentity("Fake service")

    def send(
        self,
        package: Package,
        documents: DocumentSource,
        *,
        progress: Progress,
        checkpoint: Callable[[Progress], None],
        callback_url: str | None,
    ) -> ProviderReference | TakenInCharge:
        if self.takes_charge:
            receipt, *rest = self.takes_charge
            self.takes_charge = tuple(rest)
            self._step("charge")
            return TakenInCharge(receipt)
        reference = progress.get("id") or self._create(package, callback_url)
        checkpoint({"id": reference})
        self._step("start")
        self.envelopes[reference].started = True
        self._step("started")
        return (reference,)

    def _create(self, package: Package, callback_url: str | None) -> str:
        self._step("create")
        reference = f"env-{len(self.envelopes) + 1}"
        self.envelopes[reference] = Envelope(package, callback_url)
        self._step("created")
        return reference

    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        self._step("find")
        if not self.findable:
            return Unknown("the service has no list")
        for reference, envelope in self.envelopes.items():
            if envelope.package.id == package.id:
                return Found((reference,), envelope.started, {"id": reference})
        return Absent()

    def _envelope(self, package: Package) -> Envelope:
        reference = next(iter(package.provider.reference), package.provider.progress.get("id"))
        found = self.envelopes.get(reference) if reference else None
        if found is None:
            raise ProviderNotFound("no such envelope")
        return found

    def read(self, package: Package) -> Snapshot:
        self._step("read")
        envelope = self._envelope(package)
        people, newcomers = tuple(envelope.people.values()), []
        for person in envelope.brought:
            met = next((r for r in package.recipients if r.met and same_person(r, person)), None)
            if met is None:
                newcomers.append(person)
            else:
                people += (RecipientSnapshot(met.id, person.status, signed_at=person.signed_at),)
        return Snapshot(envelope.status, envelope.vendor_status, people, envelope.reason, newcomers=tuple(newcomers))

    def brings_people(self, package: Package) -> bool:
        return self.has_process

    def signed_files(self, package: Package) -> Iterator[SignedFile]:
        self._step("files")
        envelope = self._envelope(package)
        if not envelope.files_ready:
            raise ProviderConflict("not ready")
        for document in (d for d in package.documents if d.id not in self.unsigned):
            yield SignedFile(FileKind.SIGNED_DOCUMENT, document.name, "application/pdf", chunks(PDF), document.id)
        yield SignedFile(FileKind.AUDIT_TRAIL, "audit.xml", "application/xml", self._trail(envelope), optional=True)

    def _trail(self, envelope: Envelope) -> Callable[[], Any]:
        if envelope.trail:
            return chunks(TRAIL)

        @contextmanager
        def missing() -> Iterator[Iterator[bytes]]:
            raise ProviderNotFound("no audit trail")
            yield iter(())

        return missing

    def withdraw(self, package: Package, reason: str | None) -> None:
        self._step("withdraw")
        envelope = self._envelope(package)
        if envelope.status is PackageStatus.CANCELLED:
            return
        if envelope.status is not PackageStatus.IN_PROCESS:
            raise ProviderConflict("must not be withdrawn")
        envelope.status, envelope.vendor_status = PackageStatus.CANCELLED, "Revoked"

    def remove_copy(self, package: Package) -> None:
        self._step("remove")
        self._envelope(package)
        del self.envelopes[package.provider.reference[0]]

    def put_away(self, package: Package) -> None:
        self._step("put_away")

    def remind(self, package: Package) -> None:
        self._step("remind")

    def extend_expiry(self, package: Package, until: datetime) -> None:
        self._step("extend")

    def skip_signers(self, package: Package) -> None:
        self._step("skip")
        envelope = self._envelope(package)
        for recipient in package.recipients:
            if not recipient.done:
                envelope.people[recipient.id] = RecipientSnapshot(recipient.id, RecipientStatus.SKIPPED)
        envelope.status, envelope.vendor_status = PackageStatus.SIGNED, "Finished"

    def signing_urls(self, package: Package, recipient: RecipientId) -> tuple[str, ...]:
        self._step("url")
        return (f"https://sign.example/{recipient}",)

    # What people do there.

    def only(self) -> Envelope:
        (envelope,) = self.envelopes.values()
        return envelope

    def sign(self, recipient: RecipientId, *, at: datetime, last: bool = False) -> None:
        envelope = self.only()
        envelope.people[recipient] = RecipientSnapshot(recipient, RecipientStatus.SIGNED, signed_at=at)
        if last:
            envelope.status, envelope.vendor_status = PackageStatus.SIGNED, "Finished"

    def decline(self, recipient: RecipientId, reason: str) -> None:
        envelope = self.only()
        declined = RecipientSnapshot(recipient, RecipientStatus.DECLINED, decline_reason=reason)
        envelope.people[recipient] = declined
        envelope.status, envelope.vendor_status, envelope.reason = PackageStatus.DECLINED, "Rejected", reason


def chunks(body: bytes) -> Callable[[], Any]:
    @contextmanager
    def opened() -> Iterator[Iterator[bytes]]:
        yield iter((body[:5], body[5:]))

    return opened


class FakeProviders:
    """Port `Providers`: every account has the same fake service."""

    def __init__(self, provider: FakeProvider) -> None:
        self.provider = provider
        self.bad_options: tuple[Problem, ...] = ()
        self.ends: dict[AccountId, datetime] = {}

    def open(self, account: Account, *, observe: Callable[[ProviderCall], None] | None = None) -> FakeProvider:
        self.provider.observe = observe
        return self.provider

    def capabilities(self, account: Account) -> Capabilities:
        return self.provider.capabilities

    def credentials_end(self, account: Account) -> datetime | None:
        return self.ends.get(account.id)

    def check_options(self, provider: str, options: Mapping[str, Any]) -> tuple[Problem, ...]:
        return self.bad_options if options else ()


__all__ = ["Envelope", "FakeProvider", "FakeProviders", "ProviderError"]
