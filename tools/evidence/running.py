"""The sections that are measured on the running connector: the local cloud, one door after the other."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from sandbox.assembly import local_assembly
from sandbox.canary.contract import Canary
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.world import World, running_world
from tools.evidence.contract import Checked, Contract
from tools.evidence.doors import PATIENCE, Played, Tried, play
from tools.evidence.loading import SIZES, Load, load
from tools.evidence.pack import Found, State, Table
from tools.evidence.timing import Times, repeat, times

NOT_AWS = (
    "Measured on this machine: the deployed handlers in AWS's own runtime client, moto in AWS's place and a simulator in "
    "the provider's. Use them as ratios and gates, not as latencies of AWS."
)
LOAD_COLUMNS = ("door", "document", "way", "createPackage to IN_PROCESS", "of it until the document is stored", "note")
BY_WORKFLOW = (
    "More than 10 MB: Send answers SENDING at once and the workflow submits; the time counts until IN_PROCESS. A document "
    "that a provider's own limit refuses is told with the connector's words for it. One package of each size, after "
    "one that does not count."
)
CANARY_DOOR = "connective"  # of the simulator that the pre-production stage runs as a Lambda
NOT_DEPLOYED = (
    "In AWS the pre-production stage is `make deploy STAGE=preprod`: the same templates, with the provider's simulator as a "
    "Lambda. No AWS account was at hand, so it has not been deployed yet."
)


class Cloud:
    """A running connector that `stack` takes down. `running` is False until `environment` brought it up."""

    def __init__(self, doors: Sequence[str], contract: Contract, out: Path, stack: ExitStack) -> None:
        self._doors = doors
        self._contract = contract
        self._out = out
        self._stack = stack
        self._world: World | None = None
        self._calls: list[Checked] = []
        self._played: list[Played] = []

    @property
    def running(self) -> bool:
        return self._world is not None

    @property
    def _running(self) -> World:
        if self._world is None:
            raise RuntimeError("the connector is not running")
        return self._world

    def environment(self) -> Found:
        """The same templates as those of the deployed stages, brought up here."""
        world = self._world = self._stack.enter_context(running_world(local_assembly(), self._doors[0]))
        created = world.cloud.created
        rows = [(kind, str(count)) for kind, count in sorted(created.items())]
        inert = Counter((name.partition(" ")[0], why) for name, why in world.cloud.inert.items())
        left_out = [(kind, str(count), why) for (kind, why), count in sorted(inert.items())]
        tables = (
            Table("Created from the assembly", ("resource", "count"), rows),
            Table("Left out here", ("resource", "count", "why"), left_out, (NOT_DEPLOYED,)),
        )
        summary = f"Stage local was deployed from the CDK assembly: {sum(created.values())} resources."
        data = {"created": dict(created), "inert": dict(world.cloud.inert)}
        return Found(State.PASSED, summary, tables, data)

    def canary(self) -> Found:
        """The one that watches a deployed stage, once, at the door whose pages it knows."""
        world = self._running
        world.door = CANARY_DOOR
        with world.coupa(world.add_account("Canary"), timeout=120) as coupa:
            done = Canary(coupa, patience=PATIENCE, every=0.2).run()
        summary = (
            f"Created, sent, signed on the provider's page, complete, the signed file checked: {done.seconds:.0f} s."
        )
        return Found(State.PASSED, summary, (), asdict(done))

    def operations(self) -> Found:
        self._played = [play(self._running, door, self._contract, self._out) for door in self._doors]
        tried = [one for played in self._played for one in played.tried]
        self._calls += [call for one in tried for call in one.calls]
        failures = [f"{played.door}: {line}" for played in self._played for line in played.failures]
        failures += [_trouble(one) for one in tried if one.verdict == "failed"]
        checks, calls = sum(one.checks for one in self._played), sum(len(one.calls) for one in tried)
        summary = (
            f"{len(self._contract.operations)} operations at {len(self._doors)} doors: {calls} calls, {checks} checks of "
            f"the story (main job, files, signatures, notifications), {len(failures)} failures."
        )
        data = [asdict(one) | {"tried": [_for_machines(tried) for tried in one.tried]} for one in self._played]
        table = _matrix(tried, self._doors)
        return Found(State.FAILED if failures else State.PASSED, summary, (table,), data, failures)

    def response_times(self, *, rounds: int) -> Found:
        stage = self._stage(self._doors[0])
        calls, broken = repeat(stage, self._contract, rounds=rounds)
        self._calls += calls
        broken += [f"{call.operation} answered {call.status} {call.code}" for call in calls if call.status >= 500]
        found = times(calls)
        columns = ("operation", "calls", "p50 ms", "p95 ms", "p99 ms", "worst ms", "first call ms")
        how = (
            f"One client at {stage.world.door}; verifyAccount, sendPackage, refreshed reads, reminders and withdrawals call "
            "the provider. The first call waits for its function to start and is told beside, not among the others."
        )
        table = Table("Milliseconds per operation", columns, [_row(one) for one in found], (NOT_AWS, how))
        slowest = max(found, key=lambda one: one.p99)
        told = f"{slowest.operation}'s: {slowest.p99:.0f} ms"
        summary = f"{sum(one.calls for one in found):,} calls; the highest p99 is {told}."
        state = State.FAILED if broken else State.PASSED
        return Found(state, summary, (table,), [asdict(one) for one in found], sorted(set(broken)))

    def load_times(self) -> Found:
        loads = [one for door in self._one_of_each() for one in self._loads(door)]
        table = Table("Seconds", LOAD_COLUMNS, [_load_row(one) for one in loads], (NOT_AWS, BY_WORKFLOW))
        told = [one for one in loads if one.refused and not one.by_provider]
        failed = [f"{one.door}, {one.megabytes:g} MB: {one.refused}" for one in told]
        arrived = [one for one in loads if one.arrived]
        data = [asdict(one) for one in loads]
        if not arrived:
            state = State.FAILED if failed else State.NOT_MEASURED
            return Found(state, "No uploaded document of this run went out for signature.", (table,), data, failed)
        slowest = max(arrived, key=lambda one: one.seconds)
        words = f"{slowest.megabytes:g} MB at {slowest.door} in {slowest.seconds:.1f} s"
        refused = ", ".join(f"{one.megabytes:g} MB at {one.door}" for one in loads if one.by_provider)
        summary = f"{len(arrived)} packages; the slowest: {words}. Refused for the provider: {refused or 'none'}."
        return Found(State.FAILED if failed else State.PASSED, summary, (table,), data, failed)

    def conformance(self) -> Found:
        """Of every call of all sections until now."""
        bad = sorted({f"{call.operation} {call.status}: {told}" for call in self._calls for told in call.violations})
        seen = Counter((call.operation, call.status) for call in self._calls)
        rows = [(operation, str(status), str(count)) for (operation, status), count in sorted(seen.items())]
        table = Table("Answers that were compared", ("operation", "status", "answers"), rows)
        summary = (
            f"{len(self._calls):,} requests and answers compared with openapi.json: {len(bad)} kinds of violation."
        )
        return Found(
            State.FAILED if bad or not self._calls else State.PASSED, summary, (table,), {"violations": bad}, bad
        )

    def _loads(self, door: str) -> list[Load]:
        stage = self._stage(door)
        if not stage.can("uploaded_document"):
            return []
        load(stage, SIZES[0], self._contract)  # what no other waits for: functions that start
        found = []
        for megabytes in SIZES:
            one, calls = load(stage, megabytes, self._contract)
            self._calls += calls
            found.append(one)
        return found

    def _one_of_each(self) -> list[str]:
        """The first door of each provider."""
        world, firsts = self._running, dict[str, str]()
        for door in self._doors:
            firsts.setdefault(world.sides[door].provider, door)
        return list(firsts.values())

    def _stage(self, door: str) -> Stage:
        world = self._running
        world.door = door
        quiet = self._stack.enter_context(world.coupa(world.add_account("Evidence"), timeout=120))
        return Stage(world, quiet, quiet, Report(console=Console(file=io.StringIO())), self._out, PATIENCE)


def _matrix(tried: Sequence[Tried], doors: Sequence[str]) -> Table:
    by_place = {(one.operation, one.door): one.verdict for one in tried}
    operations = list(dict.fromkeys(one.operation for one in tried))
    rows = [(operation, *(by_place.get((operation, door), "") for door in doors)) for operation in operations]
    note = "refused as declared: the provider cannot do it, and the answer is the published refusal."
    return Table("Verdict by operation and door", ("operation", *doors), rows, (note,))


def _trouble(one: Tried) -> str:
    statuses = ", ".join(f"{call.status} {call.code or ''}".strip() for call in one.calls) or "never called"
    return f"{one.door}: {one.operation}: {'; '.join(one.violations) or statuses}"


def _for_machines(one: Tried) -> dict[str, object]:
    statuses = Counter(str(call.status) for call in one.calls)
    slow = [round(call.milliseconds, 1) for call in one.calls]
    return {"operation": one.operation, "verdict": one.verdict, "statuses": dict(statuses), "milliseconds": slow}


def _row(one: Times) -> tuple[str, ...]:
    return (one.operation, str(one.calls), *(f"{x:.0f}" for x in (one.p50, one.p95, one.p99, one.worst, one.first)))


def _load_row(one: Load) -> tuple[str, ...]:
    size = f"{one.megabytes:g} MB"
    if one.refused:
        return (one.door, size, one.route, "-", "-", one.refused)
    return (one.door, size, one.route, f"{one.seconds:.2f} s", f"{one.upload:.2f} s", "")
