"""The state machines as written: what they may repeat, what they carry, whom they call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.constructs.workflows import WORKFLOWS
from tests.infra.templates import Templates

FILES = ("refresh-package", "sweep-packages")
CARRIED = {"schema", "account", "package", "submit", "remind", "execution", "round"}
SUBMISSIONS = {"SubmitPackage", "ResumeSubmission"}


def _states(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WORKFLOWS / f"{name}.asl.json").read_text())["States"]
    return found


def _tasks(name: str) -> dict[str, Any]:
    return {state: found for state, found in _states(name).items() if found["Type"] == "Task"}


def _successors(state: dict[str, Any]) -> set[str]:
    choices = state.get("Choices", []) + state.get("Catch", [])
    return {one["Next"] for one in choices} | {state[key] for key in ("Next", "Default") if key in state}


def test_a_submission_is_never_repeated() -> None:
    for name, task in _tasks("refresh-package").items():
        assert ("Retry" not in task) == (name in SUBMISSIONS), name


def test_a_submission_that_failed_is_left_to_the_sweep() -> None:
    states = _states("refresh-package")
    for name in SUBMISSIONS:
        assert _successors(states[name]) == {"LeftToSweep", "Finished"}, name


def test_only_a_sync_resumes_a_submission_and_without_the_attempt_of_another() -> None:
    states = _states("refresh-package")
    assert [name for name, state in states.items() if "SubmitPackage" in _successors(state)] == ["IsSubmission"]
    assert [name for name, state in states.items() if "ResumeSubmission" in _successors(state)] == ["AfterSync"]
    assert "submit" not in json.dumps(states["ResumeSubmission"]["Parameters"]["Payload"])


@pytest.mark.parametrize("file", FILES)
def test_every_other_task_is_repeated_with_jitter(file: str) -> None:
    for name, task in _tasks(file).items():
        if name not in SUBMISSIONS:
            assert all(rule["JitterStrategy"] == "FULL" for rule in task["Retry"]), name
            assert max(rule["MaxAttempts"] for rule in task["Retry"] if "States.TaskFailed" in rule["ErrorEquals"]) <= 3


def test_no_failure_of_a_refresh_is_left_unhandled() -> None:
    for name, task in _tasks("refresh-package").items():
        assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


def test_a_file_that_kills_its_inspection_is_left_to_the_gate_and_not_looked_at_for_ever() -> None:
    task = _tasks("refresh-package")["InspectSignatures"]
    killed = task["Catch"][0]
    assert {"Runtime.ExitError", "Sandbox.Timedout"} <= set(killed["ErrorEquals"])
    assert killed["Next"] == "CompletePackage"


@pytest.mark.parametrize("file", FILES)
def test_states_carry_ids_and_nothing_else(file: str) -> None:
    for name, task in _tasks(file).items():
        payload = task["Parameters"]["Payload"]
        assert {key.removesuffix(".$") for key in payload} <= CARRIED, name
        assert "$" not in payload.values(), name
        kept = task.get("ResultSelector", {})
        assert set(kept) <= {"next.$", "until.$", "more.$", "started.$"}, name
        assert kept or task["ResultPath"] is None, name


@pytest.mark.parametrize("file", FILES)
def test_every_execution_has_an_end(file: str) -> None:
    assert json.loads((WORKFLOWS / f"{file}.asl.json").read_text())["TimeoutSeconds"] <= 7200


@pytest.mark.parametrize("file", FILES)
def test_every_loop_counts_its_rounds(file: str) -> None:
    states = _states(file)
    guards = [
        [condition["NumericLessThan"] for condition in choice["And"] if condition["Variable"] == "$.rounds.count"]
        for state in states.values()
        for choice in state.get("Choices", [])
        if "And" in choice
    ]
    assert guards == [[20]]
    assert states["CountRound"]["Parameters"] == {"count.$": "States.MathAdd($.rounds.count, 1)"}


def test_each_machine_may_call_its_own_functions_only(dev: Templates) -> None:
    roles = dict(dev.of("AWS::IAM::Role"))
    machines = dict(dev.of("AWS::StepFunctions::StateMachine"))
    assert len(machines) == len(FILES)
    for machine in machines.values():
        (policy,) = roles[machine["RoleArn"]["Fn::GetAtt"][0]]["Policies"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert statement["Action"] == "lambda:InvokeFunction"
        assert sorted(map(str, resources)) == sorted(map(str, machine["DefinitionSubstitutions"].values()))


def test_every_name_in_a_definition_is_substituted(dev: Templates) -> None:
    for _, machine in dev.of("AWS::StepFunctions::StateMachine"):
        states = json.loads(machine["DefinitionString"])["States"].values()
        called = {state["Parameters"]["FunctionName"] for state in states if state["Type"] == "Task"}
        assert called == {f"${{{name}}}" for name in machine["DefinitionSubstitutions"]}


def test_the_sweep_starts_every_minute(dev: Templates) -> None:
    targets = {found["ScheduleExpression"]: found["Target"] for _, found in dev.of("AWS::Scheduler::Schedule")}
    assert targets["rate(1 minute)"]["Arn"]["Ref"].startswith("SweepPackages")


def test_the_bell_calls_the_deliverer_and_takes_back_what_failed(dev: Templates) -> None:
    ((_, mapping),) = dev.of("AWS::Lambda::EventSourceMapping")
    assert mapping["FunctionName"]["Ref"].startswith("WorkflowDeliverNotifications")
    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = next(found for name, found in dev.of("AWS::SQS::Queue") if name.startswith("BellQueue"))
    assert queue["VisibilityTimeout"] == 6 * dev.functions()["workflow/deliver_notifications"]["Timeout"]
