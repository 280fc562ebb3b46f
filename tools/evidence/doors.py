"""The automation tests as Coupa sees them: at every door of every provider the main job, and every other operation once."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from sandbox.coupa.client import Answer, CoupaClient
from sandbox.demo import scenarios
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.world import World
from tools.evidence.contract import Checked, Contract

PATIENCE = 90.0  # seconds for one step of the story
STORAGE = frozenset({"upload", "download"})  # by presigned links: none of the connector's own operations

# Operations that a provider may not offer, and the feature by which it says so.
BY_FEATURE = {
    "remindRecipients": "remind",
    "extendExpiry": "extend_expiry",
    "skipRecipients": "skip_signers",
    "getSigningUrl": "signing_url",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One operation at one door: every call of it, and what is to be thought of them."""

    operation: str
    door: str
    calls: Sequence[Checked]
    offered: bool

    @property
    def violations(self) -> list[str]:
        return sorted({told for call in self.calls for told in call.violations})

    @property
    def verdict(self) -> str:
        """passed, refused as declared, or failed."""
        if not self.calls or self.violations or any(call.status >= 500 for call in self.calls):
            return "failed"
        if any(call.ok for call in self.calls):
            return "passed"
        return "failed" if self.offered else "refused as declared"


@dataclass(frozen=True, slots=True)
class Played:
    """What happened at one door. `failures`: steps of the story that did not hold, in words."""

    door: str
    tried: Sequence[Tried]
    failures: Sequence[str]
    checks: int


def play(world: World, door: str, contract: Contract, out: Path) -> Played:
    """`world.door` is the door from now on."""
    world.door = door
    report, answers = _Counting(console=Console(file=io.StringIO())), list[Answer]()

    def watch(answer: Answer) -> None:
        report.answer(answer)
        answers.append(answer)

    login = world.add_account("Evidence", calls_per_minute=1_000_000)
    with world.coupa(login, watch=watch, timeout=120) as coupa, world.coupa(login, timeout=120) as quiet:
        stage = Stage(world, coupa, quiet, report, out, PATIENCE)
        try:
            coupa.configure_callback({"url": world.receiver.url})
            scenarios.main_job(stage, None)
            everything_else(stage)
        except Exception as error:  # noqa: BLE001 - one door's trouble is told, and the next one is tried
            report.failures.append(f"{report.scenario}: ended by {type(error).__name__}: {str(error)[:200]}")
        calls = [contract.check(answer) for answer in answers if answer.operation not in STORAGE]
        tried = list(_sorted_out(door, calls, contract.operations, stage))
    return Played(door, tried, report.failures, report.checks)


def everything_else(stage: Stage) -> None:
    """What the main job does not call: on a second contract that is out, which is withdrawn at the end."""
    stage.report.begin("every other operation")
    coupa = stage.coupa
    package = scenarios.ready(stage, "Every operation")
    coupa.configure_callback({"url": stage.world.receiver.url, "events": ["package.completed"]}, package_id=package)
    coupa.get_callback(package_id=package)
    coupa.get_callback()
    coupa.delete_callback(package_id=package)
    coupa.list_packages(limit="5")
    stage.report.check("the second contract is out", stage.send(package) == "IN_PROCESS")
    coupa.get_package(package, refresh=True)
    optional_operations(coupa, package)
    withdrawn = coupa.delete_package(package, reason="Only for the evidence.")
    stage.report.check("it is withdrawn", withdrawn.ok, str(withdrawn.status))
    coupa.delete_callback()


def optional_operations(coupa: CoupaClient, package: str) -> None:
    recipient = coupa.get_package(package).json["recipients"][0]
    later = (datetime.now(UTC) + timedelta(days=60)).isoformat(timespec="seconds")
    coupa.get_signing_url(package, recipient["id"])
    coupa.remind_recipients(package)
    coupa.extend_expiry(package, later)
    coupa.skip_recipients(package)


def _sorted_out(door: str, calls: Sequence[Checked], operations: Iterable[str], stage: Stage) -> Iterable[Tried]:
    for operation in operations:
        feature = BY_FEATURE.get(operation)
        mine = [call for call in calls if call.operation == operation]
        yield Tried(operation, door, mine, offered=feature is None or stage.can(feature))
    unpublished = [call for call in calls if not call.operation]
    if unpublished:
        yield Tried("(not published)", door, unpublished, offered=True)


class _Counting(Report):
    """Counts what is checked."""

    checks = 0

    def check(self, what: str, holds: bool, why: str = "") -> None:  # noqa: FBT001 - a check is a truth value
        self.checks += 1
        super().check(what, holds, why)
