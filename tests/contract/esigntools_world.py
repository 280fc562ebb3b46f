"""eSignTools and its simulator, for the provider contract suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from esign.domain.account import EvidencePolicy
from esign.domain.capabilities import Feature
from esign.domain.package import Package, ProviderState
from esign.domain.recipient import Recipient
from esign.http.deadline import Deadline
from esign.http.redaction import Exchange
from esign.ports import SignatureProvider
from esign.providers.esigntools.vendor import open_provider
from sandbox.providers.esigntools.server import EsigntoolsSimulator
from sandbox.providers.esigntools.switches import CallbackHabits, Switches
from tests.contract.provider_worlds import SECRET, End, How, Step, Trouble
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers, a_pdf

OPERATIONS: dict[Step, str] = {
    "verify": "authenticate",
    "create": "createAgreement",
    "read": "getAgreement",
    "withdraw": "deleteAgreement",
    "download": "currentFile",
}


@dataclass
class EsigntoolsWorld:
    """One API user. Making an agreement is all there is to sending."""

    simulator: EsigntoolsSimulator
    name: str = "esigntools"
    seen: list[Exchange] = field(default_factory=list)
    secrets: tuple[str, ...] = (SECRET, "eyJ")  # how every JWT begins
    steps: tuple[Step, ...] = ("create",)
    # A deletion that Coupa did not ask for is DELETED (tests/unit/test_esigntools_words.py); agreements do not fail.
    ends: frozenset[End] = frozenset({"decline", "expire"})
    verify_calls: int = 1
    methods: Mapping[How, str] = field(default_factory=dict)
    bypassed: dict[Feature, str] = field(
        default_factory=lambda: {
            Feature.SMS_OTP: "no answer tells how somebody signed; see tests/integration/test_esigntools_adapter.py",
        }
    )

    def provider(
        self,
        *,
        seconds: float = 20.0,
        password: str | None = None,
        evidence: EvidencePolicy = EvidencePolicy.REQUIRED,
        **settings: Any,
    ) -> SignatureProvider:
        account = an_account(
            provider="esigntools", settings={"baseUrl": self.simulator.url} | settings, evidence=evidence
        )
        credentials = {"username": "api", "password": password or SECRET}
        return open_provider(
            account,
            credentials=lambda: credentials,
            deadline=Deadline(seconds),
            observe=self.seen.append,
            allow_loopback=True,
        )

    def package(self, recipients: int = 1, documents: int = 1, **changes: Any) -> Package:
        """The default configuration, in order where there are several signers."""
        package = a_package(created_at=datetime.now(UTC), provider=ProviderState("esigntools"), **changes)
        return replace(
            package,
            documents=tuple(a_document(package.id, n) for n in range(1, documents + 1)),
            recipients=tuple(a_recipient(package.id, n) for n in range(1, recipients + 1)),
        )

    def papers(self) -> Papers:
        texts = {(1, 72.0, 400.0): "Sign here"}
        return Papers(default=a_pdf(2, texts=texts, signature_fields={"Buyer": (2, 100, 300, 150, 50)}))

    def _ids(self, package: Package) -> list[int]:
        return [int(agreement) for agreement in package.provider.reference]

    def sign(self, package: Package, recipient: Recipient) -> None:
        for agreement in self._ids(package):
            self.simulator.service.sign(agreement, recipient.email or "")

    def decline(self, package: Package, recipient: Recipient, reason: str) -> None:
        self.simulator.service.reject(self._ids(package)[0], recipient.email or "")

    def expire(self, package: Package) -> None:
        for agreement in self._ids(package):
            self.simulator.service.expire(agreement)

    def withdraw_there(self, package: Package) -> None:
        for agreement in self._ids(package):
            self.simulator.service.agreements[agreement].status = "DELETED"

    def fail(self, package: Package) -> None:
        raise NotImplementedError("an agreement does not fail")

    def say(self, package: Package, word: str) -> None:
        for agreement in self._ids(package):
            self.simulator.service.agreements[agreement].shown_as = word

    def trouble(self, step: Step, trouble: Trouble, *, times: int = 1, **more: Any) -> None:
        """A 401 comes once more: the first one only renews the token."""
        times += more.get("status") == 401
        self.simulator.service.fault(OPERATIONS[step], trouble, times=times, **more)

    def envelopes(self) -> list[tuple[str, bool]]:
        """Those that can be signed: what was taken back is deleted."""
        made = self.simulator.service.agreements.values()
        return [(str(agreement.id), True) for agreement in made if agreement.status != "DELETED"]

    def mails(self, package: Package) -> list[str]:
        return [mail["to"] for agreement in self._ids(package) for mail in self.simulator.service.mails(agreement)]

    def callbacks(self, package: Package) -> list[str]:
        calls = [call for agreement in self._ids(package) for call in self.simulator.service.callbacks(agreement)]
        return [call["url"] for call in calls]

    def reset(self) -> None:
        self.simulator.service.reset()
        self.seen.clear()


@contextmanager
def esigntools() -> Iterator[EsigntoolsWorld]:
    switches = Switches(callbacks=CallbackHabits(retries=0))
    with EsigntoolsSimulator(users={"api": SECRET}, switches=switches) as simulator:
        yield EsigntoolsWorld(simulator)
