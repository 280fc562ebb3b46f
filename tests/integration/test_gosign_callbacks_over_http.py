"""GoSign's calls over real HTTP, up to API Gateway's 10 MB and above."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from esign.domain.status import PackageStatus
from tests.fakes.gosign_caller import TOKEN, Gosign, soap_notification, step, work_notification
from tests.integration.fixtures.gosign_line import Line, a_line

MEGABYTE = 1024 * 1024
SIZES = [1, 5.9, 6.1, 9.9]
SIGNER = "signer1@example.com"


@pytest.fixture
def line() -> Iterator[Line]:
    with a_line(Gosign(integration="oauth")) as line:
        yield line


def test_a_ping_over_http(line: Line) -> None:
    assert line.http.get("/status").json() == {"online": True}


def test_a_notification_over_http(line: Line) -> None:
    package = line.gosign.sent()
    body = work_notification(package.id, liveStatus=[step(SIGNER, "WKD", 1, ended="2026-03-02T10:00:00Z")])
    told = line.notify(package.id, body)
    assert (told.status_code, told.headers["content-type"], told.json()) == (
        200,
        "application/json",
        {"outcome": "succeeded"},
    )
    assert line.gosign.now(package).counts.signed == 1


def test_a_person_may_work_over_http(line: Line) -> None:
    package = line.gosign.sent()
    for path in ("managers/mario%20rossi/status", "managers/deputy/for/mario%20rossi/status"):
        assert line.http.get(f"/envelopes/{package.id}/{path}").json() == {"workable": True}


@pytest.mark.parametrize("megabytes", SIZES)
def test_an_end_of_process_with_documents_is_acknowledged(line: Line, megabytes: float) -> None:
    package = line.gosign.sent()
    data = "JVBERi0x" * int(megabytes * MEGABYTE / 8 - 64)
    documents = [{"docExternalId": f"{package.id}_01", "content": {"mimeType": "application/pdf", "data": data}}]
    body = {"envelopeExternalId": package.id, "notificationType": "SIGN_PROCESS_ENDED", "documents": documents}
    told = line.notify(package.id, {**body, "liveStatus": []})
    assert (told.status_code, told.json()) == (200, {"outcome": "succeeded"})
    assert list(line.gosign.connector.workflows.started) == [f"{package.id}-1"]
    assert line.gosign.now(package) == package


@pytest.mark.parametrize("megabytes", SIZES)
def test_an_end_of_process_by_soap_is_acknowledged(line: Line, megabytes: float) -> None:
    package = line.gosign.sent()
    data = "JVBERi0x" * int(megabytes * MEGABYTE / 8 - 128)
    content = f"<content><mime-type>application/pdf</mime-type><data>{data}</data></content>"
    documents = f"<documents><document><docExternalId>d</docExternalId>{content}</document></documents><liveStatus/>"
    told = line.say(soap_notification(package.id, "SIGN_PROCESS_ENDED", documents))
    assert (told.status_code, told.headers["content-type"]) == (200, "text/xml")
    assert "<success>true</success>" in told.text
    assert list(line.gosign.connector.workflows.started) == [f"{package.id}-1"]


def test_above_10_mb_the_gateway_refuses_and_nobody_hears(line: Line) -> None:
    package = line.gosign.sent()
    told = line.notify(package.id, b'{"x": "' + b"A" * (10 * MEGABYTE) + b'"}')
    assert told.status_code == 413
    assert line.gosign.connector.workflows.started == {}
    assert line.gosign.now(package).status is PackageStatus.IN_PROCESS  # the sweep finds it


def test_a_content_type_that_nobody_maps_is_refused_before_the_function(line: Line) -> None:
    package = line.gosign.sent()
    assert line.notify(package.id, b"%PDF", **{"Content-Type": "application/pdf"}).status_code == 415
    assert line.gosign.connector.workflows.started == {}


def test_a_wrong_token_is_not_found_by_every_way(line: Line) -> None:
    package = line.gosign.sent()
    wrong = httpx.URL(str(line.http.base_url).replace(TOKEN, "k1.1.guess"))
    for method, path in (("GET", "status"), ("POST", f"envelopes/{package.id}/notify"), ("POST", "soap")):
        assert httpx.request(method, f"{wrong}{path}", json={}).status_code == 404, path
    assert line.gosign.raw.calls == {}
