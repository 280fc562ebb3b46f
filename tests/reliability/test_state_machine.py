"""Everything in any order: Coupa, people, providers, clocks, faults and interleavings, as Hypothesis chooses them.

After each step I1 to I5, I7 and I8 hold; at the end everybody who still can signs, the world goes on until nothing is due,
and then I4 and I6 hold as well. Two tenants use the same external ids.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from esign.aws.packages import DynamoPackages
from esign.domain.errors import ConnectorError
from esign.domain.ids import AccountId
from esign.domain.status import PackageStatus
from tests.contract.store_fixtures import TABLE, atomic_dynamodb, make_table
from tests.reliability.injector import Crash, Fault, Injector
from tests.reliability.invariants import Key
from tests.reliability.service import Service
from tests.reliability.world import TENANTS, World

STEPS = 50
SHORT = int(os.environ.get("ESIGN_EXAMPLES", "500"))
LONG = int(os.environ.get("ESIGN_EXAMPLES_LONG", "5000"))
ON_MOTO = int(os.environ.get("ESIGN_EXAMPLES_MOTO", "25"))
ENDS = [PackageStatus.SIGNED, PackageStatus.SIGNED, PackageStatus.DECLINED, PackageStatus.EXPIRED]
JUMPS = [-5.0, 1.0, 5.0, 15.0, 90.0, 1000.0, 4000.0, 90_000.0]


class Life(RuleBasedStateMachine):
    """One world. Whatever a caller may be told (an error, no answer at all) is fine; only the invariants judge."""

    packages: Bundle[Key] = Bundle("packages")

    def __init__(self) -> None:
        super().__init__()
        self.world = self.made()
        self.world.injector.active = True

    def made(self) -> World:
        return World(injector=Injector())

    def call(self, account: AccountId, ask: Callable[[], object]) -> None:
        """A call of Coupa's, which may fail or get no answer."""
        former, self.world.account = self.world.account, account
        with suppress(Crash, ConnectorError):
            ask()
        self.world.account = former

    # Coupa

    @rule(
        target=packages,
        account=st.sampled_from(TENANTS),
        external_id=st.sampled_from([None, "C-1", "C-2"]),
        steps=st.sampled_from([0, 1, 2, 2, 2]),
    )
    def create(self, account: AccountId, external_id: str | None, steps: int) -> Any:
        """A draft, a full one, or one that is sent at once."""
        known = len(self.world.seen.history)
        self.call(account, lambda: self.world.create(external_id=external_id, sequential_signing=True))
        made = list(self.world.seen.history)[known:]
        for package in made:
            for step in (self.fill, self.send)[:steps]:
                step(package)
        return multiple(*made)

    @rule(package=packages)
    def fill(self, package: Key) -> None:
        self.call(package[0], lambda: self.world.add_document(package[1], external_id="d1"))
        self.call(package[0], lambda: self.world.add_recipient(package[1], external_id="s1"))

    @rule(package=packages)
    def send(self, package: Key) -> None:
        self.call(package[0], lambda: self.world.send(package[1]))

    @rule(package=packages)
    def delete(self, package: Key) -> None:
        self.call(package[0], lambda: self.world.delete(package[1], "the deal is off"))

    @rule(package=packages)
    def get(self, package: Key) -> None:
        self.world.look(package[1], account=package[0])

    @rule(package=packages)
    def a_person_accepts(self, package: Key) -> None:
        self.call(package[0], lambda: self.world.accept(package[1]))

    @rule(down=st.booleans())
    def endpoint(self, down: bool) -> None:
        self.world.endpoint.down = down

    # People and the provider

    @rule(
        package=packages, status=st.sampled_from(ENDS), files=st.sampled_from([True, True, False]), told=st.booleans()
    )
    def ends(self, package: Key, status: PackageStatus, files: bool, told: bool) -> None:
        self.service.end(package[1], status, at=self.world.clock.now(), files=files)
        if told:
            self.calls_back(package, 1, link=False)

    @rule(package=packages)
    def files_become_ready(self, package: Key) -> None:
        for envelope in self.service.made:
            if envelope.package.id == package[1]:
                envelope.files_ready = True

    @rule(package=packages)
    def reopens(self, package: Key) -> None:
        for envelope in self.service.made:
            if envelope.package.id == package[1] and envelope.status is PackageStatus.EXPIRED:
                envelope.status, envelope.vendor_status = PackageStatus.IN_PROCESS, "Pending"

    @rule(package=packages, times=st.integers(1, 3), link=st.booleans())
    def calls_back(self, package: Key, times: int, link: bool) -> None:
        for envelope in self.service.made:
            if envelope.package.id == package[1] and envelope.callback_url:
                for _ in range(times):
                    with suppress(Crash, ConnectorError):
                        self.world.calls_back(envelope.callback_url, "link" if link else "")

    @rule(package=packages, token=st.sampled_from(["", "k1.", "k2.token", "k1.token", "x" * 2000]))
    def forges(self, package: Key, token: str) -> None:
        before = len(self.world.jobs.names), len(self.world.injector.calls), len(self.world.raw_callbacks.kept)
        assert self.world.calls_back(f"https://x/{package[0]}/{package[1]}/{token}") == 404
        assert before == (
            len(self.world.jobs.names),
            len(self.world.injector.calls),
            len(self.world.raw_callbacks.kept),
        )

    # AWS, time, and bad luck

    @rule(which=st.integers(0, 5))
    def one_execution(self, which: int) -> None:
        if queue := self.world.jobs.queue:
            queue.rotate(-which)
            self.world.execute(queue.popleft())

    @rule(which=st.integers(0, 5))
    def one_bell(self, which: int) -> None:
        if queue := self.world.rings.queue:
            queue.rotate(-which)
            self.world.ring(*queue.popleft())

    @rule()
    def work(self) -> None:
        self.world.work()

    @rule(all_of_it=st.booleans())
    def lost(self, all_of_it: bool) -> None:
        """Executions and messages that never come."""
        for queue in (self.world.jobs.queue, self.world.rings.queue):
            while queue:
                queue.popleft()
                if not all_of_it:
                    break

    @rule()
    def sweep(self) -> None:
        self.world.sweep_once()

    @rule(seconds=st.sampled_from(JUMPS))
    def clock(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    @rule(after=st.integers(1, 25), fault=st.sampled_from(Fault))
    def fault(self, after: int, fault: Fault) -> None:
        injector = self.world.injector
        injector.at, injector.fault = len(injector.calls) + after, fault

    @rule(
        package=packages, after=st.integers(1, 25), act=st.sampled_from(["send", "delete", "sweep", "work", "accept"])
    )
    def meanwhile(self, package: Key, after: int, act: str) -> None:
        """Somebody else acts between two external calls of whatever comes next."""
        acts: dict[str, Callable[[], None]] = {
            "send": lambda: self.send(package),
            "delete": lambda: self.delete(package),
            "sweep": self.sweep,
            "work": lambda: self.called_back(package),
            "accept": lambda: self.a_person_accepts(package),
        }
        self.world.injector.meanwhile = (len(self.world.injector.calls) + after, acts[act])

    def called_back(self, package: Key) -> None:
        self.calls_back(package, 1, link=False)
        self.world.work()

    # What must hold

    @property
    def service(self) -> Service:
        return self.world.service

    @invariant()
    def holds(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        world = self.world
        world.injector.active, world.endpoint.down = False, False
        for envelope in self.service.made:
            envelope.files_ready = True
        world.settle(days=1)
        for package in {envelope.package.id for envelope in self.service.made}:
            self.service.end(package, PackageStatus.SIGNED, at=world.clock.now())
        world.settle(days=9)
        world.check_at_rest()
        assert (due := world.next_due()) is None or due > world.clock.now() - timedelta(minutes=2)


def run(machine: type[Life], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            print_blob=True,
        ),
    )


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")


def test_any_order_of_events_keeps_the_invariants(record_property: Any) -> None:
    run(Life, SHORT)
    record_property("examples", SHORT)


@pytest.mark.reliability
def test_any_order_of_events_keeps_the_invariants_for_long(record_property: Any) -> None:
    run(Life, LONG)
    record_property("examples", LONG)


class LifeOnDynamo(Life):
    """The same life on the store that is deployed; one table for each world."""

    client: Any = None

    def made(self) -> World:
        for name in self.client.list_tables()["TableNames"]:
            self.client.delete_table(TableName=name)
        make_table(self.client)
        store = partial(DynamoPackages, self.client, TABLE, sleep=lambda _: None)
        return World(injector=Injector(), store=lambda timing: store(timing=timing))


@pytest.mark.reliability
def test_any_order_of_events_keeps_the_invariants_on_dynamodb(record_property: Any) -> None:
    with atomic_dynamodb():
        LifeOnDynamo.client = boto3.client("dynamodb")
        run(LifeOnDynamo, ON_MOTO)
    record_property("examples", ON_MOTO)
