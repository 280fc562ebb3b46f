"""Every state machine over every edge: each Choice, each Default, each Catch, on moto's Step Functions engine.

The functions' answers are scripted. An edge is named by its two states, which is enough as long as no two edges join the
same two; the last test fails when a state or an edge was never taken, so a new one needs its scenario here.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from infra.constructs.workflows import WORKFLOWS
from sandbox.cloud import corrections
from sandbox.cloud.aws import Aws
from sandbox.cloud.runtime import Invocation

FILES = sorted(path.name.removesuffix(".asl.json") for path in WORKFLOWS.glob("*.asl.json"))
SCALE = 2000.0  # retries wait seconds; here nothing waits
PAYLOAD = 8 * 1024
Script = Mapping[str, list[str | dict[str, Any]]]  # per function: its answers in order, the last one again and again


class Broken(str):
    """An answer that is an error of this type."""

    __slots__ = ()


FAILED, KILLED = Broken("SomethingBroke"), Broken("Runtime.ExitError")


@dataclass(frozen=True)
class Scenario:
    """`calls`: how often each function is called; that of a submission must never be more than once."""

    name: str
    machine: str
    script: Script
    given: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)


def step(next_: str) -> dict[str, str]:
    return {"next": next_, "until": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def refresh(name: str, script: Script, given: Mapping[str, Any] | None = None, **calls: int) -> Scenario:
    return Scenario(name, "refresh-package", script, given or {}, calls)


SYNC, SUBMIT, COLLECT = "SyncPackage", "SubmitPackage", "CollectEvidence"
INSPECT, COMPLETE, RETAIN = "InspectSignatures", "CompletePackage", "ApplyRetention"
READY: Script = {SYNC: ["collect"], COLLECT: ["complete"], INSPECT: ["complete"], COMPLETE: ["done"]}

SCENARIOS = [
    refresh("nothing new", {SYNC: ["done"]}, SyncPackage=1),
    refresh("to the end", READY, CompletePackage=1),
    refresh("again and done", {SYNC: ["again", "again", "done"]}, SyncPackage=3),
    refresh("again for ever", {SYNC: ["again"]}, SyncPackage=20),
    refresh("a large Send", {SUBMIT: ["done"]}, {"submit": "attempt"}, SubmitPackage=1),
    refresh("a large Send that breaks", {SUBMIT: [FAILED]}, {"submit": "attempt"}, SubmitPackage=1),
    refresh("a submission left in the middle", {SYNC: ["submit"], SUBMIT: ["done"]}, SubmitPackage=1),
    refresh("a resumed submission that breaks", {SYNC: ["submit"], SUBMIT: [FAILED]}, SubmitPackage=1),
    refresh("a sync that recovers", {SYNC: [FAILED, KILLED, "done"]}, SyncPackage=3),
    refresh("a sync that breaks", {SYNC: [FAILED]}, SyncPackage=4),
    refresh("no files yet", {SYNC: ["collect"], COLLECT: ["done"]}, CollectEvidence=1),
    refresh("files that cannot be fetched", {SYNC: ["collect"], COLLECT: [FAILED]}, CollectEvidence=4),
    refresh("nothing to complete", {**READY, INSPECT: ["done"]}, CompletePackage=0),
    refresh("a file that kills its inspection", {**READY, INSPECT: [KILLED]}, CompletePackage=1),
    refresh("an inspection that breaks", {**READY, INSPECT: [FAILED]}, CompletePackage=0),
    refresh("a completion that breaks", {**READY, COMPLETE: [FAILED]}, CompletePackage=4),
    refresh("retention", {RETAIN: ["done"]}, {"retain": True}, ApplyRetention=1),
    refresh("a retention that breaks", {RETAIN: [FAILED]}, {"retain": True}),
    Scenario("nothing due", "sweep-packages", {"FindDue": [{"more": False, "started": 0}]}, calls={"FindDue": 1}),
    Scenario(
        "more than one round", "sweep-packages", {"FindDue": [{"more": True, "started": 9}]}, calls={"FindDue": 20}
    ),
    Scenario("a sweep that recovers", "sweep-packages", {"FindDue": [FAILED, {"more": False, "started": 1}]}),
]


def definition(machine: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WORKFLOWS / f"{machine}.asl.json").read_text())
    return found


def edges(machine: str) -> Counter[tuple[str, str]]:
    """Every edge of the file; a Choice, Catch, Default or Next each."""
    found = Counter[tuple[str, str]]()
    for name, state in definition(machine)["States"].items():
        ways = [one["Next"] for one in state.get("Choices", []) + state.get("Catch", [])]
        found.update((name, way) for way in [*ways, *(state[key] for key in ("Next", "Default") if key in state)])
    return found


class Stage:
    """Both machines on moto, and functions that say what the script of the moment has for them."""

    def __init__(self) -> None:
        self.script: dict[str, list[Any]] = {}
        self.called: Counter[str] = Counter()
        self.longest = 0
        self.taken: dict[str, set[tuple[str, str]]] = {machine: set() for machine in FILES}
        self.entered: dict[str, set[str]] = {machine: set() for machine in FILES}
        self.machines: dict[str, str] = {}
        self.aws: Aws | None = None

    def invoke(self, name: str, body: bytes) -> Invocation:
        self.called[name] += 1
        self.longest = max(self.longest, len(body))
        answers = self.script[name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Broken):
            told = {"errorType": str(answer), "errorMessage": "scripted"}
            return Invocation(json.dumps(told).encode(), "Unhandled", (), 1.0)
        return Invocation(json.dumps(step(answer) if isinstance(answer, str) else answer).encode(), None, (), 1.0)

    def build(self, aws: Aws) -> None:
        self.aws = aws
        role = aws.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        texts = {machine: (WORKFLOWS / f"{machine}.asl.json").read_text() for machine in FILES}
        for function in sorted({name for text in texts.values() for name in re.findall(r"\$\{(\w+)\}", text)}):
            aws.client("lambda").create_function(
                FunctionName=function, Runtime="python3.13", Role=role, Handler="x.y", Code={"ZipFile": _no_code()}
            )
        for machine, text in texts.items():
            made = aws.client("stepfunctions").create_state_machine(
                name=machine, definition=re.sub(r"\$\{(\w+)\}", r"\1", text), roleArn=role
            )
            self.machines[machine] = made["stateMachineArn"]

    def run(self, scenario: Scenario) -> str:
        """The status of the execution; its states and edges are noted."""
        assert self.aws is not None
        self.script = {name: list(answers) for name, answers in scenario.script.items()}
        self.called.clear()
        given = {"schema": 1, "account": "acme", "package": "pkg_1", "remind": False, **scenario.given}
        states = self.aws.client("stepfunctions")
        started = states.start_execution(stateMachineArn=self.machines[scenario.machine], input=json.dumps(given))
        status = self._ended(states, started["executionArn"])
        history = states.get_execution_history(executionArn=started["executionArn"], maxResults=1000)["events"]
        path = [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]
        self.entered[scenario.machine].update(path)
        self.taken[scenario.machine].update(pairwise(path))
        return status

    def _ended(self, states: Any, execution: str) -> str:
        end = time.monotonic() + 60
        while (status := str(states.describe_execution(executionArn=execution)["status"])) == "RUNNING":
            assert time.monotonic() < end, "the execution does not end"
            time.sleep(0.02)
        return status


def _no_code() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("nothing.py", "")
    return archive.getvalue()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    with (
        Aws(port=0, region="eu-central-1") as aws,
        corrections.install(invoke=made.invoke, scale=SCALE, tell=lambda *_: None),
    ):
        made.build(aws)
        yield made


def test_an_edge_is_known_by_its_two_states() -> None:
    assert FILES == ["refresh-package", "sweep-packages"]
    for machine in FILES:
        assert [edge for edge, number in edges(machine).items() if number > 1] == []


@pytest.mark.slow
def test_every_path_ends_and_every_state_and_edge_is_taken(stage: Stage, record_property: Any) -> None:
    for scenario in SCENARIOS:
        assert stage.run(scenario) == "SUCCEEDED", scenario.name
        for function, times in scenario.calls.items():
            assert stage.called[function] == times, (scenario.name, function)
    for machine in FILES:
        assert set(definition(machine)["States"]) - stage.entered[machine] == set()
        assert set(edges(machine)) - stage.taken[machine] == set()
    assert stage.longest <= PAYLOAD
    total = sum(len(edges(machine)) for machine in FILES)
    record_property("edges of state machines taken", f"{total} of {total}, in {len(SCENARIOS)} executions")


def test_a_sweep_that_fails_for_good_fails_alone(stage: Stage) -> None:
    """There is nothing to catch: the next minute's sweep finds what this one left, and the failure is counted."""
    assert stage.run(Scenario("broken", "sweep-packages", {"FindDue": [FAILED]})) == "FAILED"
    assert stage.called["FindDue"] == 3
