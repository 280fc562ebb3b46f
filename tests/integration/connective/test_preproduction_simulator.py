"""The simulator as a stage has it: a function URL's events, each met by a fresh environment, over DynamoDB and S3."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import boto3
import httpx
import pytest
from moto import mock_aws

from sandbox.canary import person
from sandbox.preproduction.simulator import answering
from sandbox.preproduction.state import KeptState
from tests.fakes.connective_packages import create, one_signer, status
from tests.fakes.function_url import FunctionUrl, make_state

HOST = "abc123.lambda-url.eu-central-1.on.aws"


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptState]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        make_state(dynamodb, s3, name="simulator")
        yield KeptState(dynamodb, "simulator", s3, "simulator", pause=0.01)


def url_of(state: KeptState) -> FunctionUrl:
    return FunctionUrl(lambda: answering(state, "api", "secret"))


@pytest.fixture
def api(state: KeptState) -> Iterator[httpx.Client]:
    base = f"https://{HOST}/webportalapi/v3"
    with httpx.Client(base_url=base, auth=("api", "secret"), transport=url_of(state)) as client:
        yield client


def test_a_package_is_signed_at_its_page_though_no_environment_remembers_anything(
    api: httpx.Client, state: KeptState
) -> None:
    package = one_signer(api)
    (stakeholder,) = status(api, package)["Stakeholders"]
    link = stakeholder["Actors"][0]["ActionUrl"]
    assert link.startswith(f"https://{HOST}/signinit?")
    person.sign(link, transport=url_of(state))
    assert status(api, package)["PackageStatus"] == "Finished"
    with pytest.raises(person.NotSigned, match="answered 410"):
        person.sign(link, transport=url_of(state))


def test_the_control_api_is_not_offered(api: httpx.Client) -> None:
    assert api.post(f"https://{HOST}/_control/reset").status_code == 404
    assert api.get(f"https://{HOST}/_control/packages").status_code == 404


def test_nobody_else_may_call_the_vendor_s_api(api: httpx.Client) -> None:
    assert api.get("/packages/x/status", auth=("api", "wrong")).status_code == 401


def test_what_is_kept_comes_back_as_it_was(api: httpx.Client, state: KeptState) -> None:
    package = create(api)
    kept = state.package(package)
    assert kept is not None
    assert kept.created.tzinfo is not None
    assert [one.id for one in state.packages("demo")] == [package]
    assert state.packages("another") == []
    state.forget(package)
    assert state.package(package) is None


def test_values_bytes_and_logs_are_those_of_the_port(state: KeptState) -> None:
    state.put_value("clock", 12.5)
    state.put_bytes("document/1", b"%PDF")
    for number in range(3):
        state.record("requests", {"number": number})
    assert (state.get_value("clock"), state.get_value("unknown")) == (12.5, None)
    assert state.get_bytes("document/1") == b"%PDF"
    assert [one["number"] for one in state.entries("requests")] == [0, 1, 2]
    with pytest.raises(KeyError):
        state.get_bytes("document/2")
    state.clear()
    assert (state.entries("requests"), state.get_value("clock")) == ([], None)


def test_the_lock_is_one_for_all_environments_and_re_entrant_in_each(state: KeptState) -> None:
    other = KeptState(state._dynamodb, "simulator", state._s3, "simulator", pause=0.01)
    seen: list[str] = []

    def later() -> None:
        with other.lock():
            seen.append("other")

    with state.lock():
        thread = threading.Thread(target=later)
        thread.start()
        with state.lock():
            time.sleep(0.1)
            seen.append("first")
    thread.join(timeout=5)
    assert seen == ["first", "other"]


def test_a_lock_whose_holder_died_is_free_after_a_while(state: KeptState) -> None:
    key = {"pk": {"S": "LOCK"}, "sk": {"S": "LOCK"}}
    past = {"holder": {"S": "dead"}, "until": {"N": repr(time.time() - 1)}}
    state._dynamodb.put_item(TableName="simulator", Item={**key, **past})
    with state.lock():
        state.put_value("alive", True)
    assert state.get_value("alive") is True
