"""Where `esign` works: the sandbox's file, or a stack's outputs."""

from __future__ import annotations

import json
import os
import socket

import boto3
import pytest
import typer
from botocore.stub import Stubber

from cli.errors import Failure
from cli.target import find_stage, stack_outputs

SETTINGS = {"ESIGN_TABLE": "packages", "ESIGN_TIMING": '{"refresh_gap": 1}'}


@pytest.fixture
def endpoint():
    """Something that listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def sandbox(tmp_path, endpoint):
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps({"endpoint": endpoint, "coupaBaseUrl": "http://x", "settings": SETTINGS}))
    return file


def failure(*arguments, **options):
    with pytest.raises(Failure) as failed:
        find_stage(*arguments, environment={}, **options)
    return failed.value


def test_the_sandbox_gives_its_settings_and_this_process_goes_there_with_keys_that_open_nothing_else(sandbox, endpoint):
    environment = {"AWS_PROFILE": "ops", "AWS_SESSION_TOKEN": "t", "AWS_ACCESS_KEY_ID": "AKIA"}
    assert find_stage("local", None, environment=environment, sandbox=sandbox) == SETTINGS
    assert environment["AWS_ENDPOINT_URL"] == endpoint
    assert environment["AWS_ACCESS_KEY_ID"] == "local"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)


def test_log_lines_stay_out_of_the_answer(sandbox):
    environment = {}
    find_stage("local", None, environment=environment, sandbox=sandbox)
    assert environment["ESIGN_LOG_LEVEL"] == "ERROR"


def test_without_a_sandbox_it_says_how_to_start_one(tmp_path):
    missing = failure("local", None, sandbox=tmp_path / "sandbox.json")
    assert missing.code == "sandbox_missing"
    assert "make sandbox" in missing.sentence


def test_a_sandbox_that_has_ended_is_noticed_before_any_call(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps({"endpoint": f"http://127.0.0.1:{port}", "settings": SETTINGS}))
    assert failure("local", None, sandbox=file).code == "sandbox_ended"


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_damaged_sandbox_file_is_told(tmp_path, text):
    file = tmp_path / "sandbox.json"
    file.write_text(text)
    assert failure("local", None, sandbox=file).code == "stage_unreadable"


def test_settings_that_are_no_texts_are_told(tmp_path, endpoint):
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps({"endpoint": endpoint, "settings": {"ESIGN_TABLE": 1}}))
    assert failure("local", None, sandbox=file).code == "stage_unreadable"


def test_the_local_stage_takes_no_profile(sandbox):
    with pytest.raises(typer.BadParameter):
        find_stage("local", "ops", environment={}, sandbox=sandbox)


@pytest.mark.parametrize("name", ["", "Dev", "dev/x", "-dev", "a" * 40])
def test_a_stage_name_that_no_stack_can_have_is_a_usage_error(name):
    with pytest.raises(typer.BadParameter):
        find_stage(name, None, environment={})


def test_a_deployed_stage_is_read_from_its_stack_with_the_profile():
    environment, asked = {}, []

    def outputs(stack):
        asked.append((stack, dict(environment)))
        return {"EsignSettings": json.dumps(SETTINGS), "CoupaUrl": "https://x"}

    assert find_stage("dev", "ops", environment=environment, outputs=outputs) == SETTINGS
    ((stack, seen),) = asked
    assert (stack, seen["AWS_PROFILE"]) == ("Esign-dev-Connector", "ops")
    assert "AWS_ENDPOINT_URL" not in environment


# botocore takes each of these before the profile that AWS_PROFILE names.
STRONGER = {
    "keys": {"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "t"},
    "web identity": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ROLE_ARN": "arn:aws:iam::1:role/other"},
}


@pytest.mark.parametrize("stronger", STRONGER.values(), ids=STRONGER)
def test_a_profile_that_is_named_is_whom_the_ports_work_as_whatever_the_environment_holds(
    monkeypatch, tmp_path, stronger
):
    (tmp_path / "credentials").write_text("[ops]\naws_access_key_id = OPS\naws_secret_access_key = x\n")
    monkeypatch.setattr("os.environ", environment := {**os.environ, "AWS_PROFILE": "other", **stronger})
    environment |= {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_CONFIG_FILE": "/nonexistent"}
    find_stage("dev", "ops", environment=environment, outputs=lambda _stack: {"EsignSettings": "{}"})
    credentials = boto3.Session().get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.token) == ("OPS", None)


def test_without_a_profile_the_environment_says_who_works():
    environment = dict(STRONGER["keys"])
    find_stage("dev", None, environment=environment, outputs=lambda _stack: {"EsignSettings": "{}"})
    assert environment.items() >= STRONGER["keys"].items()


@pytest.mark.parametrize("outputs", [{}, {"EsignSettings": "no json"}])
def test_a_stack_without_the_output_is_to_be_deployed_anew(outputs):
    old = failure("dev", None, outputs=lambda _stack: outputs)
    assert "make deploy STAGE=dev" in old.sentence


@pytest.fixture
def cloudformation():
    client = boto3.client(
        "cloudformation", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:
        yield client, stub


def test_the_outputs_of_a_stack_are_read(cloudformation):
    client, stub = cloudformation
    stack = {
        "StackName": "Esign-dev-Connector",
        "CreationTime": "2026-01-01",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": "EsignSettings", "OutputValue": "{}"}],
    }
    stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "Esign-dev-Connector"})
    assert stack_outputs("Esign-dev-Connector", client=lambda: client) == {"EsignSettings": "{}"}


@pytest.mark.parametrize(
    ("code", "known", "words"),
    [
        ("ValidationError", "stack_missing", "make deploy"),
        ("ExpiredToken", "aws_refused", "renew or change your credentials"),
    ],
)
def test_a_stack_that_cannot_be_read_says_what_to_do(cloudformation, code, known, words):
    client, stub = cloudformation
    stub.add_client_error("describe_stacks", code)
    with pytest.raises(Failure) as failed:
        stack_outputs("Esign-dev-Connector", client=lambda: client)
    assert failed.value.code == known
    assert words in failed.value.sentence


def test_without_credentials_or_region_it_says_so(monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(Failure) as failed:
        stack_outputs("Esign-dev-Connector", client=lambda: boto3.session.Session().client("cloudformation"))
    assert failed.value.code == "aws_unreachable"
