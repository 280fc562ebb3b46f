"""openapi.json against the running connector: whatever comes in, no 5xx and no answer that is not published.

FUZZ_CASES says how many cases each operation gets at least (100 where it says nothing): the boundary cases of its schema,
which come first, and random ones, at least 30 where there are that many boundaries.
"""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from esign.domain.ids import is_package_id
from sandbox.coupa.client import CoupaClient
from sandbox.world import World
from tests.e2e.drafts import a_complete_package, a_ready_draft, a_sent_package

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("FUZZ_CASES", "100"))
RANDOM = min(30, CASES)  # however many boundaries an operation has
API = schemathesis.openapi.from_path(ROOT / "openapi.json")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@dataclass
class Target:
    """An account, its session, and packages for the cases to hit: each operation has some of its own to spoil."""

    url: str
    session: requests.Session
    coupa: CoupaClient
    complete: str
    sent: Counter[str] = field(default_factory=Counter)  # cases of each operation
    random: Counter[str] = field(default_factory=Counter)  # those of them that are no boundary
    _packages: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def wants(self, case: schemathesis.Case) -> bool:
        """Whether the operation has not had its cases yet. Counts this one."""
        operation = case.operation.label
        if case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
            if self.sent[operation] >= CASES and self.random[operation] >= RANDOM:
                return False
            self.random[operation] += 1
        self.sent[operation] += 1
        return True

    def packages(self, operation: str) -> tuple[str, ...]:
        if operation not in self._packages:
            self._packages[operation] = (a_ready_draft(self.coupa), a_sent_package(self.coupa), self.complete)
        return self._packages[operation]

    def aim(self, case: schemathesis.Case) -> None:
        """Three of four well-formed ids become those of real packages; which, the case itself decides."""
        if not is_package_id(str(case.path_parameters.get("packageId", ""))):
            return
        dice = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
        if dice % 4 == 0:
            return
        package = self.packages(case.operation.label)[dice % 4 - 1]
        real = {"packageId": package, "recipientId": f"{package}_r01", "documentId": f"{package}_f01"}
        wanted = real if dice & 4 else {"packageId": package}
        case.path_parameters.update({name: wanted[name] for name in case.path_parameters if name in wanted})


@pytest.fixture(scope="module")
def target(world: World, record_testsuite_property: Callable[[str, object], None]) -> Iterator[Target]:
    """How many cases each operation got stands in pytest's JUnit report, as `fuzzed <operation>`."""
    login = world.add_account(calls_per_minute=1_000_000)
    with requests.Session() as session, world.coupa(login, timeout=120) as coupa:
        session.auth = (login.account, login.secret)
        found = Target(world.cloud.base_url("coupa"), session, coupa, a_complete_package(world, coupa))
        yield found
        for operation, cases in found.sent.items():
            record_testsuite_property(f"fuzzed {operation}", cases)


@API.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_whatever_comes_in_the_answer_is_a_published_one(case, target):
    if not target.wants(case):
        return
    target.aim(case)
    answer = case.call(base_url=target.url, session=target.session, allow_redirects=False, timeout=120)
    case.validate_response(answer, checks=CHECKS)
