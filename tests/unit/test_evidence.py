"""The evidence pack: what is compared with openapi.json, how figures are made, and that nothing untried looks green."""

from __future__ import annotations

import json

import httpx
import pytest

from sandbox.coupa.client import Answer
from tools.evidence import page
from tools.evidence.contract import Checked, Contract
from tools.evidence.doors import Tried
from tools.evidence.loading import REFUSED
from tools.evidence.pack import Deliverable, Found, Pack, State, Table
from tools.evidence.timing import percentile, times

PACKAGE = {"type": "object", "required": ["id"], "properties": {"id": {"$ref": "#/components/schemas/Id"}}}
DOCUMENT = {
    "components": {"schemas": {"Id": {"type": "string", "pattern": "^pkg_"}}},
    "paths": {
        "/v1/packages/{packageId}": {
            "get": {
                "operationId": "getPackage",
                "parameters": [{"name": "refresh", "in": "query"}],
                "responses": {
                    "200": {
                        "headers": {"X-Needed": {"required": True}},
                        "content": {"application/json": {"schema": PACKAGE}},
                    },
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            },
            "put": {
                "operationId": "putPackage",
                "requestBody": {"content": {"application/json": {"schema": PACKAGE}}},
                "responses": {"204": {}},
            },
        }
    },
}
GOOD = {"content-type": "application/json", "x-needed": "1"}


def answer(status=200, body=b'{"id": "pkg_1"}', *, method="GET", path="/coupa/v1/packages/1", headers=GOOD, **sent):
    request = httpx.Request(method, f"http://127.0.0.1{path}", **sent)
    return Answer("x", status, 5.0, {}, headers, body, request)


def violations(*args, **more) -> list[str]:
    return list(Contract(DOCUMENT).check(answer(*args, **more)).violations)


def test_a_published_answer_has_no_violation():
    checked = Contract(DOCUMENT).check(answer(path="/coupa/v1/packages/1?refresh=true"))
    assert (checked.operation, checked.status, checked.violations) == ("getPackage", 200, ())


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"status": 500}, "status 500 is not published"),
        ({"body": b'{"id": "other"}'}, "$.id"),
        ({"body": b"{}"}, "'id' is a required property"),
        ({"body": b"no json"}, "no JSON"),
        ({"headers": {"content-type": "application/json"}}, "X-Needed is missing"),
        ({"headers": GOOD | {"content-type": "text/html"}}, "media type text/html"),
        ({"path": "/coupa/v1/packages/1?other=1"}, "query parameter other"),
        ({"path": "/coupa/v1/elsewhere"}, "is not published"),
        ({"method": "PUT", "status": 204, "body": b"", "json": {"id": "x"}}, "request: $.id"),
    ],
)
def test_whatever_is_not_published_is_a_violation(told, word):
    found = violations(**told)
    assert len(found) == 1
    assert word in found[0]


def test_a_refused_request_need_not_be_right_but_its_answer_must():
    problem = {"content-type": "application/problem+json"}
    assert violations(404, b"{}", headers=problem, path="/coupa/v1/packages/1?other=1") == []
    assert violations(404, b"[]", headers=problem) != []


def call(status=200, *, violations=(), milliseconds=1.0) -> Checked:
    return Checked("remindRecipients", status, milliseconds, None, tuple(violations))


@pytest.mark.parametrize(
    ("calls", "offered", "verdict"),
    [
        ([call()], True, "passed"),
        ([call(409), call()], True, "passed"),
        ([call(409)], False, "refused as declared"),
        ([call(409)], True, "failed"),
        ([call(), call(503)], True, "failed"),
        ([call(), call(violations=["x"])], True, "failed"),
        ([], False, "failed"),
    ],
)
def test_an_operation_is_judged_by_all_its_calls(calls, offered, verdict):
    assert Tried("remindRecipients", "connective", calls, offered).verdict == verdict


def test_percentiles_are_values_that_were_measured():
    hundred = [float(n) for n in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert percentile([7.0], 0.99) == 7


def test_the_first_call_stands_beside_the_others_and_refused_ones_do_not_count():
    (one,) = times([call(milliseconds=900), call(milliseconds=2), call(404, milliseconds=500), call(milliseconds=4)])
    assert (one.calls, one.first, one.p50, one.worst) == (2, 900, 2, 4)


@pytest.mark.parametrize(
    ("words", "by_provider"),
    [
        ("422: The document has 41 MB; Acme takes 30 at most.", True),
        ("it was DRAFT at last: The submission failed, nothing was sent: connective answered 400; …", True),
        ("it was SENDING at last: The connector called the provider: POST /x; the answer was 200.", False),
        ("504: No answer within the time.", False),
        ("the upload was answered 403", False),
    ],
)
def test_only_a_providers_own_limit_excuses_a_package_that_did_not_go_out(words, by_provider):
    assert bool(REFUSED.search(words)) is by_provider


def broken() -> Found:
    raise OSError("no cloud")


def test_a_section_that_breaks_is_told_and_the_pack_goes_on(tmp_path):
    pack = Pack({"Commit": "abc"})
    pack.measure(Deliverable.TESTS, "Broken", broken)
    pack.measure(
        Deliverable.SECURITY, "Fine", lambda: Found(State.PASSED, "all of it", (Table("T", ("a",), [("b",)]),))
    )
    page.write(pack, tmp_path)
    assert [section.title for section in pack.failed] == ["Broken"]
    shown, told = (tmp_path / "index.html").read_text(), json.loads((tmp_path / "evidence.json").read_text())
    assert "no cloud" in shown
    assert told["state"] == "failed"
    assert [one["state"] for one in told["sections"]] == ["failed", "passed"]


def test_what_was_not_measured_is_never_green():
    pack = Pack({})
    pack.measure(Deliverable.SECURITY, "Audit", lambda: Found(State.NOT_MEASURED, "Not audited: lxml."))
    assert pack.state is State.NOT_MEASURED
    assert page.worst(pack, Deliverable.SECURITY) is page.worst(pack, Deliverable.TESTS) is State.NOT_MEASURED
    assert page.page(pack).count("not measured") >= 5


def test_the_page_has_coupas_four_deliverables_and_shows_text_as_text():
    pack = Pack({"Commit": "<script>"})
    shown = page.page(pack)
    assert [str(one) in shown for one in Deliverable] == [True] * 4
    assert "<script>" not in shown
    assert "http" not in shown.replace("http-equiv", "")
