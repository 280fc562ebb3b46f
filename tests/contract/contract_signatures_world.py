"""Contract Signatures and the customer's Atlassian site, for the provider contract suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from esign.domain.capabilities import Feature
from esign.domain.package import Package
from esign.domain.recipient import Authentication, Recipient
from sandbox.providers.contract_signatures.model import Key
from sandbox.providers.contract_signatures.server import ContractSignaturesSimulator
from tests.contract.provider_worlds import End, How, Step, Trouble
from tests.contract.standard_world import SECRET, StandardWorld
from tests.fakes.papers import Papers

HostApp = Literal["confluence", "confluence-v2", "jira"]
CALLBACK = "http://127.0.0.1:9/callbacks/vendor/acme/k1.1.token"  # as an administrator would register it

OPERATIONS: Mapping[Step, str] = {
    "verify": "searchContracts",
    "create": "createContract",
    "read": "getContract",
    "withdraw": "deleteContract",
}
DOWNLOADS: Mapping[HostApp, str] = {"confluence": "downloadV1", "confluence-v2": "downloadV1", "jira": "downloadJira"}


@dataclass
class ContractSignaturesWorld(StandardWorld):
    """One site; `host_app` is where the app is installed and how its PDFs are fetched."""

    vendor = "contract-signatures"
    of_documents: ClassVar[Mapping[str, Any]] = {"template": "default", "size": None, "sha256": None, "key": None}

    name: str
    host_app: HostApp
    simulator: ContractSignaturesSimulator
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

    def settings(self) -> Mapping[str, Any]:
        return {
            "baseUrl": self.simulator.url,
            "siteUrl": self.simulator.site_url,
            "hostApp": self.host_app,
            "templateId": "1234567",
            "watchers": True,
        }

    def credentials(self, secret: str) -> Mapping[str, str]:
        ((email, token),) = self.simulator.site.users.items()
        return {"apiKey": secret, "atlassianEmail": email, "atlassianToken": token}

    def papers(self) -> Papers:
        return Papers(default=b"")

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
