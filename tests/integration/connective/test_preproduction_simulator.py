"""The simulator as a stage has it: a function URL's events, each met by a fresh environment, over DynamoDB and S3."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from moto import mock_aws

from sandbox.canary import person
from sandbox.preproduction.simulator import answering
from sandbox.preproduction.state import KeptState
from tests.fakes.connective_packages import create, one_signer, status

HOST = "abc123.lambda-url.eu-central-1.on.aws"
CONTEXT = SimpleNamespace(aws_request_id="1", function_name="simulator")


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptState]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        dynamodb.create_table(
            TableName="simulator",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        s3.create_bucket(Bucket="simulator", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield KeptState(dynamodb, "simulator", s3, "simulator", pause=0.01)


class FunctionUrl(httpx.BaseTransport):
    """What Lambda makes of a request: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads."""

    def __init__(self, state: KeptState) -> None:
        self._state = state

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = answering(self._state, "api", "secret")(event(request), CONTEXT)
        body = answer.get("body", "")
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        return httpx.Response(answer["statusCode"], headers=answer.get("headers", {}), content=content)


def event(request: httpx.Request) -> dict[str, Any]:
    where = urlsplit(str(request.url))
    http = {
        "method": request.method,
        "path": where.path,
        "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.1",
        "userAgent": "",
    }
    return {
        "version": "2.0",
        "rawPath": where.path,
        "rawQueryString": where.query,
        "headers": {**dict(request.headers), "host": HOST, "x-forwarded-proto": "https", "x-forwarded-port": "443"},
        "requestContext": {"http": http, "domainName": HOST, "stage": "$default", "requestId": "1"},
        "body": base64.b64encode(request.read()).decode(),
        "isBase64Encoded": True,
    }


@pytest.fixture
def api(state: KeptState) -> Iterator[httpx.Client]:
    base = f"https://{HOST}/webportalapi/v3"
    with httpx.Client(base_url=base, auth=("api", "secret"), transport=FunctionUrl(state)) as client:
        yield client


def test_a_package_is_signed_at_its_page_though_no_environment_remembers_anything(
    api: httpx.Client, state: KeptState
) -> None:
    package = one_signer(api)
    (stakeholder,) = status(api, package)["Stakeholders"]
    link = stakeholder["Actors"][0]["ActionUrl"]
    assert link.startswith(f"https://{HOST}/signinit?")
    person.sign(link, transport=FunctionUrl(state))
    assert status(api, package)["PackageStatus"] == "Finished"
    with pytest.raises(person.NotSigned, match="answered 410"):
        person.sign(link, transport=FunctionUrl(state))


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
