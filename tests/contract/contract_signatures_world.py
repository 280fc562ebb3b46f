"""Contract Signatures and the customer's Atlassian site, for the provider contract suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from esign.domain.account import EvidencePolicy
from esign.domain.capabilities import Feature
from esign.domain.package import Package, ProviderState
from esign.domain.recipient import Authentication, Recipient
from esign.http.deadline import Deadline
from esign.http.redaction import Exchange
from esign.ports import SignatureProvider
from esign.providers.contract_signatures.vendor import open_provider
from sandbox.providers.contract_signatures.model import Key
from sandbox.providers.contract_signatures.server import ContractSignaturesSimulator
from tests.contract.provider_worlds import SECRET, End, How, Step, Trouble
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers

HostApp = Literal["confluence", "confluence-v2", "jira"]
CALLBACK = "http://127.0.0.1:9/callbacks/vendor/acme/k1.1.token"  # as an administrator would register it

OPERATIONS: Mapping[Step, str] = {
    "verify": "searchContracts",
    "create": "createContract",
    "read": "getContract",
    "withdraw": "deleteContract",
}
DOWNLOADS: Mapping[HostApp, str] = {"confluence": "downloadV1", "confluence-v2": "attachmentV2", "jira": "downloadJira"}


@dataclass
class ContractSignaturesWorld:
    """One site; `host_app` is where the app is installed and how its PDFs are fetched."""

    name: str
    host_app: HostApp
    simulator: ContractSignaturesSimulator
    seen: list[Exchange] = field(default_factory=list)
    secrets: tuple[str, ...] = (SECRET, "atlassian-secret", "Bearer ")
    steps: tuple[Step, ...] = ("create",)
    ends: frozenset[End] = frozenset({"decline", "expire"})
    verify_calls: int = 6  # one for each privilege of the key, one at Atlassian
    methods: Mapping[How, str] = field(
        default_factory=lambda: {Authentication.EMAIL_OTP: "email", Authentication.SMS_OTP: "sms"}
    )
    bypassed: dict[Feature, str] = field(
        default_factory=lambda: {
            Feature.SIGNING_URL: "only signers by link have one; delivery_by_link proves it",
            Feature.LIST: "a contract shows the end of our id only; see tests/integration/test_contract_signatures.py",
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
        known = {
            "baseUrl": self.simulator.url,
            "siteUrl": self.simulator.site_url,
            "hostApp": self.host_app,
            "templateId": "1234567",
            "watchers": True,
        }
        account = an_account(provider="contract-signatures", settings=known | settings, evidence=evidence)
        ((email, token),) = self.simulator.site.users.items()
        credentials = {"apiKey": password or SECRET, "atlassianEmail": email, "atlassianToken": token}
        return open_provider(
            account,
            credentials=lambda: credentials,
            deadline=Deadline(seconds),
            observe=self.seen.append,
            allow_loopback=True,
        )

    def package(self, recipients: int = 1, documents: int = 1, **changes: Any) -> Package:
        """Its documents are references to the account's default template."""
        package = a_package(created_at=datetime.now(UTC), provider=ProviderState("contract-signatures"), **changes)
        template: dict[str, Any] = {"template": "default", "size": None, "sha256": None, "key": None}
        return replace(
            package,
            documents=tuple(a_document(package.id, n, **template) for n in range(1, documents + 1)),
            recipients=tuple(a_recipient(package.id, n) for n in range(1, recipients + 1)),
        )

    def papers(self) -> Papers:
        return Papers(default=b"")

    def _id(self, package: Package) -> str:
        return package.provider.reference[0]

    def sign(self, package: Package, recipient: Recipient) -> None:
        self.simulator.service.sign(self._id(package), recipient.email or recipient.full_name)

    def decline(self, package: Package, recipient: Recipient, reason: str) -> None:
        self.simulator.service.reject(self._id(package), recipient.email or recipient.full_name)

    def expire(self, package: Package) -> None:
        self.simulator.service.expire(self._id(package))

    def withdraw_there(self, package: Package) -> None:
        raise NotImplementedError("who deletes a contract in the app leaves nothing to be read")

    def fail(self, package: Package) -> None:
        raise NotImplementedError("no contract fails")

    def say(self, package: Package, word: str) -> None:
        self.simulator.service.present(self._id(package), word)

    def trouble(self, step: Step, trouble: Trouble, *, times: int = 1, **more: Any) -> None:
        operation = DOWNLOADS[self.host_app] if step == "download" else OPERATIONS[step]
        self.simulator.service.fault(operation, trouble, times=times, **more)

    def envelopes(self) -> list[tuple[str, bool]]:
        return [(contract, True) for contract in self.simulator.service.contracts]

    def mails(self, package: Package) -> list[str]:
        return [mail["to"] for mail in self.simulator.service.mails(self._id(package))]

    def callbacks(self, package: Package) -> list[str]:
        return [call["url"] for call in self.simulator.service.callbacks(self._id(package))]

    def reset(self) -> None:
        self.simulator.service.reset()
        self.simulator.service.webhooks.append(CALLBACK)
        self.seen.clear()


@contextmanager
def contract_signatures(host_app: HostApp) -> Iterator[ContractSignaturesWorld]:
    installed: Literal["confluence", "jira"] = "jira" if host_app == "jira" else "confluence"
    with ContractSignaturesSimulator(host_app=installed, keys=(Key(SECRET),)) as simulator:
        yield ContractSignaturesWorld(f"contract-signatures-{host_app}", host_app, simulator)
