"""The whole connector in memory: the real operations over fakes of their ports, and the state machine's loop in Python."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from esign.domain.account import Account
from esign.domain.drafts import InlineContent, NewDocument, NewPackage, NewRecipient
from esign.domain.events import DeadLetter
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Callback, Package, Verdict, VerdictKind
from esign.domain.timing import Timing
from esign.operations.add_documents import AddedDocument, AddedDocuments, add_documents
from esign.operations.add_recipients import AddedRecipients, add_recipients
from esign.operations.apply_retention import Retention
from esign.operations.collect_evidence import collect_evidence
from esign.operations.complete_package import complete_package
from esign.operations.create_package import CreatedPackage, create_package
from esign.operations.delete_package import delete_package
from esign.operations.deliver_notifications import NotificationDelivery
from esign.operations.find_due import Sweep, Swept
from esign.operations.forget_subject import SubjectRequest
from esign.operations.inspect_signatures import inspect_signatures
from esign.operations.provider_access import ProviderAccess
from esign.operations.receive_callback import receive_callback
from esign.operations.refresh import Next, Refresh, Step
from esign.operations.send_package import send_package
from esign.operations.settle_submission import settle_submission
from esign.operations.submission import Submission
from esign.operations.submit_package import submit_package
from tests.fakes.accounts import MemoryAccounts, MemoryBudget
from tests.fakes.clock import FixedClock
from tests.fakes.effects import RecordingBell, RecordingWorkflows
from tests.fakes.factories import ACME, an_account
from tests.fakes.files import FakeInspector, MemoryDocuments, MemoryEvidence
from tests.fakes.packages import MemoryPackages
from tests.fakes.provider import FakeProvider, FakeProviders
from tests.fakes.world import FakeAddresses, FakeFetcher, RecordingNotifier

CONTRACT = b"%PDF-1.7 a contract"


@dataclass
class Connector:
    """Every port, and the operations with the ports filled in; `owner` names the running execution."""

    timing: Timing = field(default_factory=Timing)
    clock: FixedClock = field(default_factory=FixedClock)
    provider: FakeProvider = field(default_factory=FakeProvider)
    account: AccountId = ACME

    def __post_init__(self) -> None:
        self.packages = MemoryPackages(timing=self.timing)
        self.accounts = MemoryAccounts()
        self.documents = MemoryDocuments()
        self.evidence = MemoryEvidence(self.clock.now)
        self.inspector = FakeInspector()
        self.bell, self.workflows, self.budget = RecordingBell(), RecordingWorkflows(), MemoryBudget()
        self.notifier, self.fetcher, self.addresses = RecordingNotifier(), FakeFetcher(), FakeAddresses()
        self.providers = self._providers()
        self.alarms: list[DeadLetter] = []
        self.tries: list[tuple[float, int]] = []  # to tell Coupa: the event's age in seconds, failures in a row
        self.access = ProviderAccess(self.accounts, self.providers, self.budget, self.clock)
        self.refresh = Refresh(self.packages, self.access, self.bell, self.clock, self.timing)
        self.retention = Retention(self.packages, self.access, self.documents, self.evidence, self.clock, self.timing)
        self.subject_request = SubjectRequest(self.packages, self.documents, self.access, self.clock)
        self.submission = Submission(self.packages, self.addresses, self.bell, self.clock, self.timing)
        self.add_account(id=self.account, callback=Callback("https://coupa.example/hook"))

    def _providers(self) -> FakeProviders:
        return FakeProviders(self.provider)

    def add_account(self, **changes: Any) -> Account:
        account = an_account(**changes)
        self.accounts.add(account, {"username": "u", "password": "p"})
        return account

    # Coupa's calls

    def create(self, *, account: AccountId | None = None, **fields: Any) -> CreatedPackage:
        new = NewPackage(**{"name": "Frame contract", "body_hash": "h"} | fields)
        return create_package(
            new,
            account=account or self.account,
            provider="fake",
            providers=self.providers,
            packages=self.packages,
            clock=self.clock,
        )

    def add_document(self, package: PackageId, body: bytes = CONTRACT, **fields: Any) -> AddedDocument:
        source = fields.pop("source", None) or InlineContent(io.BytesIO(body), len(body))
        known: dict[str, Any] = {"name": "contract.pdf", "source": source}
        new = NewDocument(**known | fields)
        return self.add_documents(package, new).documents[0]

    def add_documents(self, package: PackageId, *new: NewDocument) -> AddedDocuments:
        return add_documents(
            self.account,
            package,
            new,
            packages=self.packages,
            documents=self.documents,
            fetcher=self.fetcher,
            accounts=self.accounts,
            access=self.access,
            clock=self.clock,
        )

    def add_recipient(self, package: PackageId, **fields: Any) -> Any:
        known = {"first_name": "Anna", "last_name": "Berg", "email": "anna@example.com"}
        return self.add_recipients(package, NewRecipient(**known | fields)).recipients[0]

    def add_recipients(self, package: PackageId, *new: NewRecipient) -> AddedRecipients:
        return add_recipients(self.account, package, new, packages=self.packages, access=self.access, clock=self.clock)

    def ready(self, *, signers: int = 1, **fields: Any) -> Package:
        """A draft with one document and some signers in order."""
        package = self.create(sequential_signing=True, **fields).package
        self.add_document(package.id)
        for number in range(1, signers + 1):
            self.add_recipient(package.id, email=f"signer{number}@example.com", external_id=f"s{number}")
        return self.now(package.id)

    def send(self, package: PackageId) -> Package:
        return send_package(
            self.account,
            package,
            packages=self.packages,
            documents=self.documents,
            access=self.access,
            addresses=self.addresses,
            workflows=self.workflows,
            bell=self.bell,
            clock=self.clock,
            timing=self.timing,
        )

    def sent(self, *, signers: int = 1, **fields: Any) -> Package:
        return self.send(self.ready(signers=signers, **fields).id)

    def delete(self, package: PackageId, reason: str | None = None) -> Package:
        return delete_package(
            self.account,
            package,
            reason,
            packages=self.packages,
            documents=self.documents,
            access=self.access,
            refresh=self.refresh,
            workflows=self.workflows,
            clock=self.clock,
        )

    def now(self, package: PackageId) -> Package:
        found = self.packages.get(self.account, package)
        assert found is not None
        return found

    @property
    def person(self) -> dict[str, Any]:
        """The ports of what a person decides with `esign packages`."""
        return {"packages": self.packages, "workflows": self.workflows, "clock": self.clock}

    def settings(self, **changes: Any) -> None:
        """Change fields of the account."""
        account = self.accounts.get(self.account)
        assert account is not None
        self.accounts.save(account, replace(account, **changes))

    # What the workflows do

    def callback(self, package: PackageId, *, remind: bool = False) -> None:
        receive_callback(
            self.account,
            package,
            told="The provider called.",
            code="changed",
            remind=remind,
            packages=self.packages,
            workflows=self.workflows,
            clock=self.clock,
        )

    def verdict(self, package: PackageId, kind: VerdictKind, *, receipt: str | None = None, code: str = "why") -> None:
        """The provider says what became of a Send that it took in charge."""
        settle_submission(
            self.account,
            package,
            Verdict(kind, ("env-1",), receipt, code),
            packages=self.packages,
            workflows=self.workflows,
            bell=self.bell,
            clock=self.clock,
            timing=self.timing,
        )

    def submit(self, package: PackageId, attempt: str | None) -> None:
        submit_package(
            self.account,
            package,
            attempt=attempt,
            packages=self.packages,
            documents=self.documents,
            access=self.access,
            addresses=self.addresses,
            bell=self.bell,
            clock=self.clock,
            timing=self.timing,
        )

    def collect(self, package: PackageId) -> Next:
        step = collect_evidence(
            self.account,
            package,
            packages=self.packages,
            access=self.access,
            evidence=self.evidence,
            clock=self.clock,
            timing=self.timing,
        )
        return step.next

    def inspect(self, package: PackageId) -> Next:
        step = inspect_signatures(
            self.account,
            package,
            packages=self.packages,
            evidence=self.evidence,
            inspector=self.inspector,
            clock=self.clock,
        )
        return step.next

    def complete(self, package: PackageId) -> Next:
        return self.completed(package).next

    def completed(self, package: PackageId) -> Step:
        return complete_package(
            self.account,
            package,
            packages=self.packages,
            access=self.access,
            evidence=self.evidence,
            bell=self.bell,
            clock=self.clock,
            retention=("GOVERNANCE", 1),
        )

    def run_refresh(self, package: PackageId, *, owner: str = "execution") -> None:
        """refresh-package, from sync to the end, with its waits in virtual time."""
        for round_ in range(1, 20):
            step = self.refresh.sync(self.account, package, owner=owner, round_=round_)
            match step.next:
                case Next.AGAIN:
                    assert step.until is not None
                    self.clock.sleep((step.until - self.clock.now()).total_seconds())
                    continue
                case Next.SUBMIT:
                    self.submit(package, None)
                case Next.COLLECT:
                    if self.collect(package) is Next.COMPLETE and self.inspect(package) is Next.COMPLETE:
                        self.complete(package)
            return

    def sweep(self) -> Swept:
        return Sweep(self.packages, self.workflows, self.bell, self.clock, self.timing, self.refresh).run()

    def deliver(self, package: PackageId, *, owner: str = "deliverer") -> int:
        return self.delivery().deliver(self.account, package, owner=owner)

    def delivery(self, *, jitter: Callable[[], float] = lambda: 0.0) -> NotificationDelivery:
        """Its dead letters are heard in `alarms`."""
        ports = (self.packages, self.accounts, self.notifier, self.clock, self.timing)
        return NotificationDelivery(
            *ports,
            alarm=self.alarms.append,
            jitter=jitter,
            tried=lambda age, failures: self.tries.append((age, failures)),
        )
