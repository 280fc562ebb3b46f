"""A provider and the service behind it, for the provider contract suite: one row each.

A world opens adapters on a simulator over real HTTP and plays the people, the vendor and the bad luck in neutral words.
A new provider joins by a class like these and a row in `WORLDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args, runtime_checkable

from esign.domain.account import EvidencePolicy
from esign.domain.capabilities import Feature
from esign.domain.package import Package, ProviderReference
from esign.domain.recipient import Authentication, ProviderAuthentication, Recipient
from esign.http.redaction import Exchange
from esign.ports import SignatureProvider
from sandbox.providers.connective.server import ConnectiveSimulator
from sandbox.providers.connective.settings import CallbackHabits, Environment
from tests.contract.standard_world import SECRET, StandardWorld
from tests.fakes.papers import Papers

Step = Literal["verify", "create", "upload", "start", "read", "withdraw", "download"]
Trouble = Literal["http", "slow", "garbage", "reset", "lost_reply"]

End = Literal["decline", "expire", "withdraw_there", "fail"]
How = Authentication | ProviderAuthentication


class World(Protocol):
    """What the suite needs of a provider and its service."""

    name: str
    secrets: tuple[str, ...]
    seen: list[Exchange]
    bypassed: dict[Feature, str]  # features that the suite cannot exercise here, and why
    steps: tuple[Step, ...]  # of Send, in their order; with the last one the package is out
    ends: frozenset[End]  # the ends that the service knows
    verify_calls: int
    methods: Mapping[How, str]  # what `signedWith` says of a way to authenticate

    def provider(
        self, *, seconds: float = 20.0, password: str | None = None, evidence: EvidencePolicy = ..., **settings: Any
    ) -> SignatureProvider: ...
    def package(self, recipients: int = 1, documents: int = 1, **changes: Any) -> Package: ...
    def papers(self) -> Papers: ...

    def sign(self, package: Package, recipient: Recipient) -> None: ...
    def decline(self, package: Package, recipient: Recipient, reason: str) -> None: ...
    def expire(self, package: Package) -> None: ...
    def withdraw_there(self, package: Package) -> None: ...
    def fail(self, package: Package) -> None: ...
    def say(self, package: Package, word: str) -> None: ...
    def trouble(self, step: Step, trouble: Trouble, *, times: int = 1, **more: Any) -> None: ...

    def envelopes(self) -> list[tuple[str, bool]]: ...
    def mails(self, package: Package) -> list[str]: ...
    def callbacks(self, package: Package) -> list[str]: ...
    def reset(self) -> None: ...


@runtime_checkable
class Settles(Protocol):
    """A world whose provider only takes a Send in charge."""

    def settled(self, package: Package) -> ProviderReference:
        """When the provider has made of it what it will."""
        ...


OPERATIONS: dict[str, dict[Step, str]] = {
    "v3": {
        "verify": "PackageList",
        "create": "CreatePackage",
        "upload": "AddDocumentToPackage",
        "start": "SetPackageStatus",
        "read": "GetPackageStatus",
        "withdraw": "SetPackageStatus",
        "download": "DownloadDocumentFromPackage",
    },
    "v4": {
        "verify": "SigningMethods",
        "create": "CreatePackage",
        "upload": "AddDocumentToPackage",
        "start": "SetPackageStatus",
        "read": "GetPackage",
        "withdraw": "SetPackageStatus",
        "download": "DownloadDocumentFromPackage",
    },
}


@dataclass
class ConnectiveWorld(StandardWorld):
    """One version of Connective's API on its simulator."""

    vendor = "connective"

    name: str
    version: str
    simulator: ConnectiveSimulator
    secrets: tuple[str, ...] = (SECRET,)
    steps: tuple[Step, ...] = ("create", "upload", "start")
    ends: frozenset[End] = frozenset(get_args(End))
    verify_calls: int = 1
    methods: Mapping[How, str] = field(
        default_factory=lambda: {
            Authentication.EMAIL_OTP: "MailOtp",
            Authentication.SMS_OTP: "SmsOtp",
            ProviderAuthentication("connective", "BeId"): "BeId",
        }
    )
    bypassed: dict[Feature, str] = field(
        default_factory=lambda: {
            Feature.REASSIGNMENT: "a signer does it in the vendor's page; see tests/integration/test_connective_adapter.py",
        }
    )

    def settings(self) -> Mapping[str, Any]:
        known = {"baseUrl": self.simulator.url, "apiVersion": self.version, "initiator": "info@example.com"}
        if self.version != "v4":
            return known
        names = ("Manual", "SmsOtp", "MailOtp", "BeId")
        return {**known, "signingMethods": {name: f"{name}:{name}" for name in names}}

    def credentials(self, secret: str) -> Mapping[str, str]:
        return {"username": "api", "password": secret}

    def sign(self, package: Package, recipient: Recipient) -> None:
        member = recipient.group.members[0].email if recipient.group and recipient.group.members else None
        self.simulator.control.sign(self._id(package), self._who(package, recipient), email=member)

    def _who(self, package: Package, recipient: Recipient) -> str:
        """The actor's id: a group has no e-mail address of its own."""
        people = self.simulator.control.package(self._id(package))["Stakeholders"]
        mine = next(p for p in people if p["ExternalStakeholderReference"] == recipient.id)
        return str(mine["Actors"][0]["ActorId"])

    def decline(self, package: Package, recipient: Recipient, reason: str) -> None:
        self.simulator.control.reject(self._id(package), self._who(package, recipient), reason)

    def expire(self, package: Package) -> None:
        self.simulator.control.expire(self._id(package))

    def withdraw_there(self, package: Package) -> None:
        self.simulator.control.revoke(self._id(package))

    def fail(self, package: Package) -> None:
        self.simulator.control.fail(self._id(package))

    def say(self, package: Package, word: str) -> None:
        self.simulator.control.present(self._id(package), status=word)

    def trouble(self, step: Step, trouble: Trouble, *, times: int = 1, **more: Any) -> None:
        operation = OPERATIONS["v4" if self.version == "v4" else "v3"][step]
        self.simulator.control.fault(operation, trouble, times=times, **more)

    def envelopes(self) -> list[tuple[str, bool]]:
        return [(p["PackageId"], p["PackageStatus"] != "Draft") for p in self.simulator.control.packages()]

    def mails(self, package: Package) -> list[str]:
        return [mail["to"] for mail in self.simulator.control.mails(self._id(package))]

    def callbacks(self, package: Package) -> list[str]:
        self.simulator.control.settle()
        return [ping["url"] for ping in self.simulator.control.callbacks(self._id(package))]

    def reset(self) -> None:
        self.simulator.control.reset()
        self.simulator.control.clear_faults()
        self.seen.clear()


@contextmanager
def connective(version: str) -> Iterator[ConnectiveWorld]:
    with ConnectiveSimulator(
        environments=(Environment(users={"api": SECRET}, callbacks=CallbackHabits(retries=0)),)
    ) as simulator:
        yield ConnectiveWorld(f"connective-{version}", version, simulator)


def contract_signatures() -> AbstractContextManager[World]:
    from tests.contract.contract_signatures_world import contract_signatures as opened

    return opened("confluence")


def esigntools() -> AbstractContextManager[World]:
    from tests.contract.esigntools_world import esigntools as opened

    return opened()


def gosign(door: str, **switches: Any) -> AbstractContextManager[World]:
    from tests.contract.gosign_world import gosign as opened

    return opened(door, **switches)


# The providers under test: a name, and how its world is opened.
WORLDS: dict[str, Callable[[], AbstractContextManager[World]]] = {
    "connective-v3": lambda: connective("v3"),
    "connective-v3.1": lambda: connective("v3.1"),
    "connective-v4": lambda: connective("v4"),
    "contract-signatures": contract_signatures,
    "esigntools": esigntools,
    "gosign-rest": lambda: gosign("gosign-rest"),
    "gosign-rest-otherwise": lambda: gosign(
        "gosign-rest",
        ko_status=400,
        insert_reply="returnStatus",
        get_envelope="wrapped",
        not_found="null",
        deleted="hidden",
    ),
    "gosign-oauth": lambda: gosign("gosign-oauth"),
    "gosign-oauth-companion": lambda: gosign("gosign-oauth-companion"),
    "gosign5": lambda: gosign("gosign5", ko_status=400),
    "gosign-idp": lambda: gosign("gosign-idp"),
    "gosign-soap": lambda: gosign("gosign-soap"),
    "gosign-legalbus": lambda: gosign("gosign-legalbus"),
}
