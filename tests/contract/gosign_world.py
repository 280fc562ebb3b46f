"""GoSign's REST doors and their simulator, for the provider contract suite."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from esign.domain.capabilities import Feature
from esign.domain.package import Package, ProviderReference
from esign.domain.recipient import Authentication, ProviderAuthentication, Recipient
from esign.http.tokens import process_tokens
from sandbox.providers.gosign.server import GosignSimulator
from sandbox.providers.gosign.settings import USERS, Customer, Habits, Switches, Trust
from sandbox.providers.gosign.side import DOORS
from tests.contract.provider_worlds import End, How, Step, Trouble
from tests.contract.standard_world import SECRET, StandardWorld

ARRIVAL = 10.0  # seconds at most until what LegalBus took in charge is an envelope

REST: dict[Step, str] = {
    "verify": "GetEnvelope",
    "start": "InsertEnvelope",
    "create": "InsertEnvelope",
    "read": "GetEnvelope",
    "withdraw": "DeleteEnvelope",
    "download": "GetEnvelope",
}
OAUTH: dict[Step, str] = REST | {
    "verify": "GetEnvelopeStatus",
    "read": "GetEnvelopeStatus",
    "download": "GetEnvelope",
}
BY_CODE = frozenset({"gosign-rest", "gosign-soap", "gosign-legalbus"})  # there is no token that could be renewed
NO_PEOPLE = "the door shows no person's state; notifications move them (tests/unit/test_gosign_snapshot.py)"
BY_STATUS_ALONE = dict.fromkeys(
    (
        Feature.SEQUENTIAL_ORDER,
        Feature.PARALLEL_ORDER,
        Feature.MIXED_ORDER,
        Feature.APPROVER,
        Feature.EXPIRY,
        Feature.CC,
        Feature.VIEWER,
    ),
    NO_PEOPLE,
)
UNTOLD = {
    Feature.RECIPIENTS_BY_PROVIDER: "a policy is the customer's own; see tests/integration/gosign/test_gosign_policies.py",
    Feature.DECLINE_REASON: "no read shows it, a notification's note does (§8.3.1); see the tests of the callbacks",
    Feature.REASSIGNMENT: "see tests/integration/test_gosign_adapter.py",
    Feature.CALLBACK: "the address is registered by InfoCert, not sent; see the demo and tests of the callbacks",
    Feature.SMS_OTP: "no answer tells how somebody signed; see tests/unit/test_gosign_rules.py",
    Feature.PROVIDER_AUTHENTICATION: "no answer tells how somebody signed; see tests/unit/test_gosign_examples.py",
}


@dataclass
class GosignWorld(StandardWorld):
    """One customer. Inserting an envelope is all there is to sending; it is then out."""

    vendor = "gosign"

    name: str
    door: str
    simulator: GosignSimulator
    operations: dict[Step, str]
    bypassed: dict[Feature, str]
    verify_calls: int = 1
    secrets: tuple[str, ...] = (SECRET, "eyJ")  # how every JWT begins
    steps: tuple[Step, ...] = ("start",)
    ends: frozenset[End] = frozenset({"decline", "expire", "withdraw_there"})
    methods: Mapping[How, str] = field(
        default_factory=lambda: {Authentication.SMS_OTP: "", ProviderAuthentication("gosign", "DIGITAL_PDF"): ""}
    )

    def settings(self) -> Mapping[str, Any]:
        return {"baseUrl": self.simulator.url, **DOORS[self.door](self.simulator)}

    def credentials(self, secret: str) -> Mapping[str, str]:
        return {
            "customerCode": secret,
            "username": "segr",
            "password": secret,
            "clientId": "connector",
            "clientSecret": "client-secret",
            "idpClientId": "connector",
            "idpClientSecret": secret,
        }

    def sign(self, package: Package, recipient: Recipient) -> None:
        self.simulator.control.sign(self._id(package), self._who(recipient))

    def _who(self, recipient: Recipient) -> str:
        members = recipient.group.members if recipient.group else ()
        return members[0].email if members else str(recipient.email)

    def decline(self, package: Package, recipient: Recipient, reason: str) -> None:
        self.simulator.control.reject(self._id(package), self._who(recipient), reason)

    def expire(self, package: Package) -> None:
        self.simulator.control.expire(self._id(package))

    def withdraw_there(self, package: Package) -> None:
        self.simulator.control.cancel(self._id(package))

    def fail(self, package: Package) -> None:
        raise NotImplementedError

    def say(self, package: Package, word: str) -> None:
        self.simulator.control.present(self._id(package), status=word)

    def trouble(self, step: Step, trouble: Trouble, *, times: int = 1, **more: Any) -> None:
        if more.get("status") == 401 and self.door not in BY_CODE:
            times *= 2  # a refused token is renewed once
        self.simulator.control.fault(self.operations[step], trouble, times=times, **more)

    def settled(self, package: Package) -> ProviderReference:
        """What LegalBus took in charge is at GoSign."""
        until = time.monotonic() + 10
        while all(done["envelope"] != package.id for done in self.simulator.control.operations()):
            if time.monotonic() > until:
                raise AssertionError("LegalBus has done nothing")
            time.sleep(0.02)
        return (package.id,)

    def envelopes(self) -> list[tuple[str, bool]]:
        if self.door == "gosign-legalbus":
            self._let_arrive()
        return [(e["externalId"], e["status"] != "DRF") for e in self.simulator.control.envelopes()]

    def _let_arrive(self) -> None:
        """All that was taken in charge arrives a moment later."""
        asked = self.simulator.control.requests("InsertEnvelope")
        taken = sum(call["status"] < 300 for call in asked)
        until = time.monotonic() + ARRIVAL
        while len(self.simulator.control.operations()) < taken:
            assert time.monotonic() < until, "LegalBus has done nothing"
            time.sleep(0.02)

    def mails(self, package: Package) -> list[str]:
        return [mail["to"] for mail in self.simulator.control.mails(self._id(package))]

    def callbacks(self, package: Package) -> list[str]:
        self.simulator.control.settle()
        return [ping["url"] for ping in self.simulator.control.callbacks(self._id(package))]

    def reset(self) -> None:
        self.simulator.control.reset()
        self.simulator.control.clear_faults()
        self.seen.clear()
        process_tokens.cache_clear()


def _customer(switches: Switches) -> Customer:
    return Customer(
        code=SECRET,
        users={**USERS, "segr": {**USERS["segr"], "password": SECRET}},
        identity=Trust(clients={"connector": SECRET}),
        habits=Habits(ask_workable=False, retries=0),
        switches=switches,
    )


@contextmanager
def gosign(door: str, **switches: Any) -> Iterator[GosignWorld]:
    """`switches`: of what the vendor's document leaves open."""
    shown = door in {"gosign-rest", "gosign-oauth-companion", "gosign-soap", "gosign-legalbus"}
    operations = REST if shown else OAUTH
    calls = 1 if shown else 2  # the token, and a call that it is good for
    with GosignSimulator(customers=(_customer(Switches(**switches)),)) as simulator:
        yield GosignWorld(door, door, simulator, operations, UNTOLD | ({} if shown else BY_STATUS_ALONE), calls)
