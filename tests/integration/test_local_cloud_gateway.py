"""The REST gateway of the local cloud over real HTTP: routes, events, authorizer, limits, gateway responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from esign.runtime.calls import read_call
from infra.mapping import KEPT
from sandbox.cloud import LocalCloud
from tests.integration.fixtures.cloud_assembly import build


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with LocalCloud(build(tmp_path_factory.mktemp("assembly") / "cdk.out")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def coupa(cloud: LocalCloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.base_url("coupa"), timeout=30, headers={"Authorization": "customer"}) as client:
        yield client


def event_of(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return response.json()["event"]


def test_a_proxy_event_tells_all_of_the_request(coupa: httpx.Client) -> None:
    event = event_of(coupa.post("/packages?a=1&a=2&b=%C3%A9", json={"name": "Contract"}, headers={"X-Two": "yes"}))
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/packages", "/packages", "POST")
    assert event["queryStringParameters"] == {"a": "2", "b": "é"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["é"]}
    assert event["headers"]["X-Two"] == "yes"
    assert event["multiValueHeaders"]["X-Two"] == ["yes"]
    assert json.loads(event["body"]) == {"name": "Contract"}
    assert event["isBase64Encoded"] is False
    assert event["stageVariables"] == {"tier": "local"}
    context = event["requestContext"]
    assert (context["stage"], context["path"], context["resourcePath"]) == ("v1", "/coupa/packages", "/packages")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestId"]


def test_a_request_without_query_or_body_has_nulls_as_on_aws(coupa: httpx.Client) -> None:
    event = event_of(coupa.get("/packages/pkg_1"))
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["body"] is None


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/packages/pkg_1", "/packages/{package}", {"package": "pkg_1"}),
        ("/packages/summary", "/packages/summary", None),
        ("/packages/a%20b", "/packages/{package}", {"package": "a b"}),
        ("/packages/pkg_1/one/two", "/packages/{package}/{rest+}", {"package": "pkg_1", "rest": "one/two"}),
    ],
)
def test_a_word_goes_before_a_variable_and_a_variable_before_a_greedy_one(
    coupa: httpx.Client, path: str, resource: str, parameters: dict[str, str] | None
) -> None:
    event = event_of(coupa.get(path))
    assert (event["resource"], event["pathParameters"]) == (resource, parameters)


def test_binary_media_types_arrive_as_base64(coupa: httpx.Client) -> None:
    event = event_of(coupa.post("/packages", content=b"%PDF\xff", headers={"Content-Type": "application/pdf"}))
    assert (event["body"], event["isBase64Encoded"]) == ("JVBERv8=", True)


def test_an_unknown_route_or_method_is_missing_an_authentication_token(coupa: httpx.Client) -> None:
    for response in (coupa.get("/nothing"), coupa.put("/packages"), coupa.get("/packages/")):
        assert response.status_code == 403
        assert response.json() == {"message": "Missing Authentication Token"}


def test_an_unknown_api_is_not_found(cloud: LocalCloud) -> None:
    assert httpx.get(cloud.base_url("nobody")).status_code == 404
    assert httpx.get(cloud.base_url("")).status_code == 404


def test_a_missing_identity_is_refused_without_asking_the_authorizer(cloud: LocalCloud) -> None:
    asked = len(cloud.logs["esign-local-authorizer"])
    response = httpx.get(f"{cloud.base_url('coupa')}/packages/pkg_1")
    assert response.status_code == 401
    assert len(cloud.logs["esign-local-authorizer"]) == asked


def test_the_templates_gateway_response_shapes_the_refusal(cloud: LocalCloud) -> None:
    response = httpx.get(f"{cloud.base_url('coupa')}/packages/pkg_1")
    assert response.headers["WWW-Authenticate"] == 'Basic realm="esign"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {"title": "Unauthorized", "instance": response.headers["x-amzn-RequestId"]}


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("boom", 500), ("denied", 403), ("customer", 200)])
def test_an_authorizer_decides(coupa: httpx.Client, who: str, status: int) -> None:
    response = coupa.get("/packages/pkg_1", headers={"Authorization": who})
    assert response.status_code == status
    if who == "boom":
        assert response.json() == {"kind": "AUTHORIZER_FAILURE"}
    if who == "denied":
        assert response.json()["message"].endswith("with an explicit deny")


def test_the_authorizers_context_arrives_as_text_and_is_cached_per_identity(coupa: httpx.Client) -> None:
    def context(who: str) -> Any:
        return event_of(coupa.get("/packages/pkg_1", headers={"Authorization": who}))["requestContext"]["authorizer"]

    first, second, other = context("alpha"), context("alpha"), context("beta")
    assert (first["principalId"], first["account"], first["count"], first["flag"]) == ("alpha", "alpha", "3", "true")
    assert first["when"] == second["when"]
    assert other["when"] != first["when"]


def test_a_cached_policy_is_checked_against_each_method(coupa: httpx.Client) -> None:
    who = {"Authorization": "only-this"}
    assert coupa.get("/packages/pkg_1", headers=who).status_code == 200
    refused = coupa.get("/packages/pkg_2", headers=who)
    assert refused.status_code == 403
    assert refused.json() == {"message": "User is not authorized to access this resource"}


@pytest.mark.parametrize(
    ("how", "status", "kind"),
    [
        ("raise", 502, "INTEGRATION_FAILURE"),
        ("malformed", 502, "INTEGRATION_FAILURE"),
        ("large", 502, "INTEGRATION_FAILURE"),
        ("exit", 502, "INTEGRATION_FAILURE"),
        ("sleep", 504, "INTEGRATION_TIMEOUT"),
    ],
)
def test_a_failing_integration_answers_as_the_template_says(
    coupa: httpx.Client, how: str, status: int, kind: str
) -> None:
    response = coupa.get("/public", params={"how": how})
    assert (response.status_code, response.json()) == (status, {"kind": kind})


def test_an_empty_answer_is_passed_on(coupa: httpx.Client) -> None:
    response = coupa.post("/public")
    assert (response.status_code, response.content) == (204, b"")


def test_base64_is_decoded_only_for_a_client_that_accepts_the_binary_type(coupa: httpx.Client) -> None:
    accepted = coupa.post("/public?how=binary", headers={"Accept": "application/pdf"})
    assert accepted.content == b"%PDF\xff"
    other = coupa.post("/public?how=binary", headers={"Accept": "application/json"})
    assert other.text == "JVBERv8="


def test_a_function_cannot_set_www_authenticate(coupa: httpx.Client) -> None:
    response = coupa.get("/packages/pkg_1")
    assert "WWW-Authenticate" not in response.headers
    assert response.headers["x-amzn-Remapped-WWW-Authenticate"] == "Basic"


def test_a_mock_integration_answers_without_a_function(coupa: httpx.Client) -> None:
    response = coupa.get("/ping")
    assert (response.status_code, response.text, response.headers["X-Said"]) == (200, "pong", "pong")


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 6_300_000])
def test_a_body_above_the_gateways_or_lambdas_limit_is_too_large(coupa: httpx.Client, size: int) -> None:
    response = coupa.post("/public", content=b"x" * size)
    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("megabytes", [1, 5.9, 6.1, 9.9])
def test_a_mapped_body_of_up_to_10_mb_arrives_as_its_head_and_its_size(coupa: httpx.Client, megabytes: float) -> None:
    size = int(megabytes * MEGABYTE)
    body = b'{"id": "' + b"x" * (size - 10) + b'"}'
    response = coupa.post(
        "/large/a%20b?c=%C3%A9", content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    call = read_call(event_of(response))
    assert (call.method, call.parameters, call.query) == ("POST", {"name": "a b"}, {"c": "é"})
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert (call.body, call.whole) == (body[:KEPT], False)


def test_a_mapped_body_that_fits_arrives_whole_whatever_it_holds(coupa: httpx.Client) -> None:
    text = "\\'\"$input.body #end € 😀\n" * 100
    call = read_call(
        event_of(coupa.post("/large/x", content=text, headers={"Content-Type": "text/xml", "X-It": "it's"}))
    )
    assert (call.body.decode(), call.whole, call.headers["x-it"]) == (text, True, "it's")


def test_a_mapped_body_may_be_cut_within_a_character(coupa: httpx.Client) -> None:
    call = read_call(
        event_of(coupa.post("/large/x", content="x" + "😀" * KEPT, headers={"Content-Type": "text/plain"}))
    )
    assert (call.body.decode()[:3], call.whole) == ("x😀😀", False)


def test_a_mapped_body_above_10_mb_is_too_large(coupa: httpx.Client) -> None:
    assert coupa.post("/large/x", content=b"x" * (10 * MEGABYTE + 1)).status_code == 413


def test_nothing_is_passed_through_without_a_template(coupa: httpx.Client) -> None:
    response = coupa.post("/large/x", content=b"x", headers={"Content-Type": "application/octet-stream"})
    assert (response.status_code, response.json()) == (415, {"message": "Unsupported Media Type"})


def test_a_mapped_function_that_fails_is_a_500(coupa: httpx.Client) -> None:
    response = coupa.post("/large/failing", json={})
    assert (response.status_code, response.text) == (500, "failed")
