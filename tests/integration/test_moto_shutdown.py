"""What becomes of executions when their cloud goes: they end, and nobody hears of it."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.cloud.aws import Aws
from sandbox.cloud.corrections import executions, lambda_invocations, task_clients, time_scale
from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime import Invocation

PATIENCE = 0.3  # seconds
LAMBDA = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "press"}}


class Press:
    """A function that is at work until it is let go, and whose cloud has been shut down by then."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _name: str, _event: bytes) -> Invocation:
        self.begun.set()
        self.let_go.wait(10)
        raise RuntimeError("the local cloud has been shut down")


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def aws() -> Iterator[Aws]:
    with Aws(port=0, region="eu-central-1") as aws:
        yield aws


@pytest.fixture
def patches(press: Press) -> Patches:
    """Closed by the test."""
    made = Patches()
    lambda_invocations.correct(made, invoke=press, scale=1.0)
    task_clients.correct(made)
    time_scale.correct(made, scale=1.0)
    executions.correct(made, tell=lambda _machine, _line: None)
    executions.end_first(made, patience=PATIENCE)
    return made


def started(aws: Aws, state: dict[str, Any]) -> None:
    role = "arn:aws:iam::123456789012:role/role"
    definition = json.dumps({"StartAt": "Only", "States": {"Only": {**state, "End": True}}})
    machines = aws.client("stepfunctions")
    made = machines.create_state_machine(name=f"m-{uuid.uuid4().hex}", definition=definition, roleArn=role)
    machines.start_execution(stateMachineArn=made["stateMachineArn"])


def until(holds: Callable[[], bool], *, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


def test_an_execution_that_waits_ends_with_its_cloud(aws: Aws, patches: Patches) -> None:
    started(aws, {"Type": "Wait", "Seconds": 1000})
    assert until(lambda: len(executions._alive()) == 1)
    time.sleep(0.1)  # it is at its state
    patches.close()
    assert executions._alive() == []


def test_a_call_that_fails_because_the_cloud_went_is_not_told(
    aws: Aws, press: Press, patches: Patches, caplog: pytest.LogCaptureFixture
) -> None:
    client_is_there(aws)
    started(aws, LAMBDA)
    assert press.begun.wait(10)
    before = time.monotonic()
    patches.close()
    assert time.monotonic() - before < PATIENCE + 2, "a call that hangs keeps nobody waiting"
    press.let_go.set()
    assert until(lambda: executions._alive() == [])
    logging.getLogger("moto.stepfunctions").setLevel(logging.NOTSET)
    assert [one.getMessage() for one in caplog.records if one.name.startswith("moto.stepfunctions")] == []


def client_is_there(aws: Aws) -> None:
    role = aws.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    aws.client("lambda").create_function(
        FunctionName="press", Runtime="python3.13", Role=role, Handler="x.y", Code={"ZipFile": archive()}
    )


def archive() -> bytes:
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("nothing.py", "")
    return made.getvalue()
