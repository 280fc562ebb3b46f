"""The door of every Coupa operation: who calls, what is answered, what is logged, and what never is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from esign.domain.errors import ConnectorError, NotFound, OutcomeUnknown, Problem, ProviderUnavailable
from esign.http.deadline import clip
from esign.runtime.endpoint import GRACE, Reply, Request, coupa_endpoint

SECRET = "Zyxwvut-canary"
PACKAGE = "pkg_00000000000000000000000000"


class Context:
    """Lambda's context object."""

    aws_request_id = "lambda-1"

    def __init__(self, seconds: float = 29.0) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


class FakeApp:
    """Knows only its deadline."""

    deadline: Any = None

    def until(self, deadline: Any) -> FakeApp:
        self.deadline = deadline
        return self


def event(**changes: Any) -> dict[str, Any]:
    caller = {"accountId": "acme", "provider": "connective", "settingsVersion": "3"}
    return {
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Authorization": f"Basic {SECRET}"},
        "queryStringParameters": {"refresh": "true"},
        "pathParameters": {"packageId": PACKAGE},
        "requestContext": {"requestId": "req-1", "authorizer": caller},
        "body": json.dumps({"name": SECRET}),
        "isBase64Encoded": False,
    } | changes


def serve(work: Callable[[Request, Any], Reply], given: dict[str, Any] | None = None) -> dict[str, Any]:
    app: Any = FakeApp()
    return coupa_endpoint("create_package", query=("refresh",), composition=lambda: app)(work)(
        given or event(), Context()
    )


def failing(error: Exception) -> Callable[[Request, Any], Reply]:
    def work(request: Request, app: Any) -> Reply:
        raise error

    return work


def log_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


@pytest.mark.parametrize(
    "called",
    ["/prod/v1/packages", "/v1/packages", "/base/v1/packages", "/prod/v1/packages/"],
    ids=["the gateway's own address", "a domain of one's own", "the same with a base path", "with a trailing slash"],
)
def test_what_was_made_lies_below_the_address_that_was_called(called: str) -> None:
    given = event()
    given["requestContext"]["path"] = called
    answer = serve(lambda request, app: Reply(201, {}, request.location("pkg_1")), given)
    assert answer["headers"]["Location"] == f"{called.rstrip('/')}/pkg_1"


def test_a_request_is_what_api_gateway_and_the_authorizer_say() -> None:
    seen: list[Request] = []
    serve(lambda request, app: seen.append(request) or Reply(200, {}))  # type: ignore[func-returns-value]
    (request,) = seen
    assert (request.account, request.provider, request.settings_version) == ("acme", "connective", 3)
    assert (request.method, request.path, request.query) == ("POST", {"packageId": PACKAGE}, {"refresh": "true"})
    assert (request.id, request.headers["content-type"]) == ("req-1", "application/json")
    assert request.json() == {"name": SECRET}
    assert SECRET not in repr(request)


def test_nulls_where_api_gateway_has_nothing_are_empty() -> None:
    seen: list[Request] = []
    empty = event(headers=None, queryStringParameters=None, pathParameters=None, body=None)
    serve(lambda request, app: seen.append(request) or Reply(200, {}), empty)  # type: ignore[func-returns-value]
    assert (seen[0].headers, seen[0].query, seen[0].path, seen[0].raw_body) == ({}, {}, {}, None)


def test_an_answer_is_json_in_utf_8_that_nobody_keeps() -> None:
    answer = serve(lambda request, app: Reply(201, {"name": "Müller"}, {"Location": "/v1/packages/pkg_1"}))
    assert (answer["statusCode"], json.loads(answer["body"])) == (201, {"name": "Müller"})
    assert answer["headers"] == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Location": "/v1/packages/pkg_1",
    }
    assert answer["isBase64Encoded"] is False


def test_an_answer_without_a_body_has_none() -> None:
    answer = serve(lambda request, app: Reply(204))
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert "Content-Type" not in answer["headers"]


def test_an_error_is_answered_as_a_problem_with_the_request_as_its_instance() -> None:
    error = NotFound("No such package.", code="package_not_found", problems=(Problem("/a", "b", "c"),))
    answer = serve(failing(error))
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (404, "application/problem+json")
    assert (problem["code"], problem["instance"]) == ("package_not_found", "urn:request:req-1")
    assert problem["errors"] == [{"pointer": "/a", "code": "b", "detail": "c"}]


def test_who_has_to_wait_is_told_how_long() -> None:
    answer = serve(failing(ProviderUnavailable("Down.", retry_after=12.2)))
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "13")


def test_a_defect_of_ours_tells_the_caller_nothing_and_the_log_only_where(capsys: pytest.CaptureFixture[str]) -> None:
    def work(request: Request, app: Any) -> Reply:
        raise KeyError(f"{SECRET} of {request.account}")

    answer = serve(work)
    written = log_line(capsys)
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["code"] == "internal_error"
    assert SECRET not in json.dumps(answer) + json.dumps(written)
    assert (written["level"], written["exception"], written["Faults"]) == ("ERROR", "KeyError", 1)
    assert written["stack"][-1].startswith("tests/unit/test_endpoint.py:")
    assert written["stack"][-1].endswith(" work")


@pytest.mark.parametrize(
    ("error", "level", "fault"),
    [
        (NotFound("x"), "INFO", 0),
        (ProviderUnavailable("x"), "WARNING", 1),
        (OutcomeUnknown("x"), "ERROR", 1),
        (ConnectorError("x"), "ERROR", 1),
    ],
)
def test_only_what_a_person_should_look_at_is_logged_as_an_error(
    error: Exception, level: str, fault: int, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(failing(error))
    written = log_line(capsys)
    assert (written["level"], written["Faults"]) == (level, fault)


def test_a_request_is_one_line_which_is_also_its_metric(capsys: pytest.CaptureFixture[str]) -> None:
    serve(lambda request, app: Reply(200, {"name": SECRET}))
    written = log_line(capsys)
    assert {key: written[key] for key in ("operation", "account", "package", "provider", "outcome", "status")} == {
        "operation": "create_package",
        "account": "acme",
        "package": PACKAGE,
        "provider": "connective",
        "outcome": "ok",
        "status": 200,
    }
    assert written["request"] == "req-1"
    assert written["Milliseconds"] >= 0
    metrics = written["_aws"]["CloudWatchMetrics"]
    assert [metric["Dimensions"] for metric in metrics] == [[["operation"]]] * 2
    assert {m["Name"] for metric in metrics for m in metric["Metrics"]} == {"Milliseconds", "Faults"} <= written.keys()
    assert SECRET not in json.dumps(written)


@pytest.mark.parametrize("written", ["anna.berg@example.com", "pkg_1", f"{PACKAGE}x", SECRET])
def test_what_is_no_id_of_ours_in_the_path_is_not_logged(capsys: pytest.CaptureFixture[str], written: str) -> None:
    serve(lambda request, app: Reply(200, {}), event(pathParameters={"packageId": written}))
    assert written not in json.dumps(log_line(capsys))


def test_the_log_names_the_package_that_was_just_made(capsys: pytest.CaptureFixture[str]) -> None:
    serve(lambda request, app: Reply(201, {}, package="pkg_2"), event(pathParameters=None))
    assert log_line(capsys)["package"] == "pkg_2"


def test_a_quieter_level_silences_what_is_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESIGN_LOG_LEVEL", "ERROR")
    serve(lambda request, app: Reply(200, {}))
    assert capsys.readouterr().out == ""


def test_an_invocation_ends_before_lambda_ends_it() -> None:
    seen: list[tuple[float, float | None]] = []
    app: Any = FakeApp()

    def work(request: Request, app: Any) -> Reply:
        seen.append((app.deadline.budget, clip(60)))
        return Reply(200, {})

    coupa_endpoint("x", query=("refresh",), composition=lambda: app)(work)(event(), Context(10))
    ((budget, socket),) = seen
    assert budget == 10 - GRACE
    assert socket is not None
    assert socket <= budget
    assert clip(60) == 60
