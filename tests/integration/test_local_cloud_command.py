"""`python -m sandbox.cloud` as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from tests.integration.fixtures.cloud_assembly import build


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_the_program_says_where_it_is_and_ends_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    command = [sys.executable, "-u", "-m", "sandbox.cloud", "--assembly", str(build(tmp_path / "cdk.out"))]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment())
    assert program.stdout is not None
    said = {}
    for line in program.stdout:
        if line.startswith("  export "):
            name, value = line.removeprefix("  export ").strip().split("=", 1)
            said[name] = value
        if "AWS::CloudWatch::Alarm" in line:
            break
    queues = boto3.client(
        "sqs",
        endpoint_url=said["AWS_ENDPOINT_URL"],
        region_name=said["AWS_REGION"],
        aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
    )
    assert queues.list_queues()["QueueUrls"]
    program.send_signal(end)
    assert program.wait(timeout=20) == 0


def test_an_assembly_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.cloud", "--assembly", str(tmp_path)]
    program = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    assert program.returncode == 1
    assert program.stderr.strip().count("\n") == 0
    assert "no synthesized stack" in program.stderr


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
