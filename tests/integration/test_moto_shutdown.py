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

ENDLESS = 1000  # seconds
LAMBDA = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "press"}}


class Press:
    """A function that is at work until it is let go, and whose cloud has been shut down by then."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _name: str, _event: bytes) -> Invocation:
        self.begun.set()
        self.let_go.wait(60)
        raise RuntimeError("the local cloud has been shut down")


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def aws() -> Iterator[Aws]:
    with Aws(port=0, region="eu-central-1") as aws:
        yield aws


def corrected(press: Press, *, patience: float) -> Patches:
    """Closed by the test."""
    made = Patches()
    lambda_invocations.correct(made, invoke=press, scale=1.0)
    task_clients.correct(made)
    time_scale.correct(made, scale=1.0)
    executions.correct(made, tell=lambda _machine, _line: None)
    executions.end_first(made, patience=patience)
    return made


def started(aws: Aws, state: dict[str, Any]) -> None:
    role = "arn:aws:iam::123456789012:role/role"
    definition = json.dumps({"StartAt": "Only", "States": {"Only": {**state, "End": True}}})
    machines = aws.client("stepfunctions")
    made = machines.create_state_machine(name=f"m-{uuid.uuid4().hex}", definition=definition, roleArn=role)
    machines.start_execution(stateMachineArn=made["stateMachineArn"])


def until(holds: Callable[[], bool], *, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return holds()


def test_an_execution_that_waits_ends_with_its_cloud(aws: Aws, press: Press) -> None:
    patches = corrected(press, patience=ENDLESS / 10)
    started(aws, {"Type": "Wait", "Seconds": ENDLESS})
    assert executions._alive()
    patches.close()
    assert executions._alive() == []


def test_a_call_that_fails_because_the_cloud_went_is_not_told(
    aws: Aws, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    patches = corrected(press, patience=0.1)
    function_is_there(aws)
    started(aws, LAMBDA)
    assert press.begun.wait(60)
    patches.close()
    assert executions._alive(), "a call that hangs keeps nobody waiting"
    press.let_go.set()
    assert until(lambda: executions._alive() == [])
    logging.getLogger("moto.stepfunctions").setLevel(logging.NOTSET)
    assert [one.getMessage() for one in caplog.records if one.name.startswith("moto.stepfunctions")] == []


def function_is_there(aws: Aws) -> None:
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
