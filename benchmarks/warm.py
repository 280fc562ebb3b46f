"""Warm time: the handlers in process, over a store in memory and a provider that answers at once."""

from __future__ import annotations

import contextlib
import io
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.apps import ACCOUNT, CREDENTIALS, an_account
from benchmarks.cases import CASES, Case
from benchmarks.coupa_events import Context
from benchmarks.desk import Desk
from esign.domain.package import Package
from esign.domain.status import PackageStatus, RecipientStatus
from esign.ports import RecipientSnapshot
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from sandbox.coupa.sample import sample_contract
from tests.fakes.connector import Connector
from tests.fakes.packages import MemoryPackages
from tests.fakes.provider import FakeProvider

CALLS, FIRST = 500, 20  # measured, and thrown away before
MEDIAN_LIMIT, TAIL_LIMIT = 5.0, 25.0  # milliseconds


@dataclass(frozen=True, slots=True)
class WarmTime:
    """Milliseconds."""

    name: str
    p50: float
    p99: float
    worst: float

    @property
    def ok(self) -> bool:
        return self.p50 <= MEDIAN_LIMIT and self.p99 <= TAIL_LIMIT


PORTS = (
    "accounts",
    "addresses",
    "bell",
    "budget",
    "documents",
    "evidence",
    "fetcher",
    "inspector",
    "notifier",
    "providers",
    "workflows",
)


class SilentRawCallbacks:
    """Takes what a provider called with, and keeps nothing."""

    def keep(self, *_: object, **__: object) -> str:
        return ""


def in_memory() -> tuple[App, FakeProvider]:
    """Every port a fake, the provider answering at once; time is the real one."""
    fakes = Connector()
    app: Any = App(Settings({"ESIGN_RETENTION_MODE": "GOVERNANCE", "ESIGN_RETENTION_DAYS": "1"}))
    app.packages = MemoryPackages(timing=app.timing)
    app.raw_callbacks = SilentRawCallbacks()
    app.idempotency = app.packages.keys
    for port in PORTS:
        setattr(app, port, getattr(fakes, port))
    app.accounts.add(an_account(), CREDENTIALS)
    return app, fakes.provider


def measure_warm(calls: int = CALLS) -> list[WarmTime]:
    with contextlib.redirect_stdout(io.StringIO()):  # the log line is made and written, and not shown
        return [_measure(case, calls) for case in CASES]


def _measure(case: Case, calls: int) -> WarmTime:
    app, provider = in_memory()
    desk = Desk(app, ACCOUNT, lambda package: _sign_all(provider, package), contract=sample_contract())
    handler, context = desk.handler(case.folder), Context()
    event = case.event(desk)
    taken: list[float] = []
    for _ in range(FIRST + calls):
        event = event if case.again else case.event(desk)
        began = time.perf_counter()
        answer = handler(event, context)
        taken.append((time.perf_counter() - began) * 1000)
        assert _welcome(answer), (case.name, answer)
    taken = sorted(taken[FIRST:])
    return WarmTime(case.name, taken[len(taken) // 2], taken[len(taken) * 99 // 100], taken[-1])


def _welcome(answer: object) -> bool:
    status = answer.get("statusCode", 200) if isinstance(answer, dict) else 200
    return int(status) < 400


def _sign_all(provider: FakeProvider, package: Package) -> None:
    """`FakeProvider.only` is for one package; here are hundreds."""
    envelope = provider.envelopes[package.provider.reference[0]]
    now = datetime.now(UTC)
    for recipient in package.recipients:
        if recipient.acts:
            envelope.people[recipient.id] = RecipientSnapshot(recipient.id, RecipientStatus.SIGNED, signed_at=now)
    envelope.status, envelope.vendor_status = PackageStatus.SIGNED, "Finished"
