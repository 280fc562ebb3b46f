"""eSignTools and its simulator, for the provider contract suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from esign.domain.capabilities import Feature
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from sandbox.providers.esigntools.server import EsigntoolsSimulator
from sandbox.providers.esigntools.switches import CallbackHabits, Switches
from tests.contract.provider_worlds import End, How, Step, Trouble
from tests.contract.standard_world import SECRET, StandardWorld

OPERATIONS: dict[Step, str] = {
    "verify": "authenticate",
    "create": "createAgreement",
    "read": "getAgreement",
    "withdraw": "deleteAgreement",
    "download": "currentFile",
}


@dataclass
class EsigntoolsWorld(StandardWorld):
    """One API user. Making an agreement is all there is to sending."""

    vendor = "esigntools"

    simulator: EsigntoolsSimulator
    name: str = "esigntools"
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

    def settings(self) -> Mapping[str, Any]:
        return {"baseUrl": self.simulator.url}

    def credentials(self, secret: str) -> Mapping[str, str]:
        return {"username": "api", "password": secret}

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
