"""GoSign's calls over real HTTP: the local gateway with the product's own routes and templates, before the real handlers.

The handlers stand in this process, over the connector in memory; everything between the socket and them is as deployed.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from esign.domain.status import PackageStatus
from infra import mapping
from infra.functions import MAPPED, PUBLIC
from sandbox.cloud.gateway import Gateway, GatewayServer, RestApi
from sandbox.cloud.gateway.model import Integration, Route
from sandbox.cloud.runtime import Invocation
from tests.fakes.gosign_caller import TOKEN, Gosign, soap_notification, step, work_notification

MEGABYTE = 1024 * 1024
SIZES = [1, 5.9, 6.1, 9.9]
SIGNER = "signer1@example.com"


def _route(folder: str, method: str, path: str) -> Route:
    answers = MAPPED.get((method, path))
    responses = ({"StatusCode": "200", "ResponseTemplates": {answers: mapping.RESPONSE}},) if answers else ()
    templates = dict.fromkeys(mapping.TYPES, mapping.REQUEST) if answers else {}
    kind = "AWS" if answers else "AWS_PROXY"
    integration = Integration(type=kind, function=folder, templates=templates, responses=responses)
    return Route(method=method, path=path, resource_id=path, integration=integration, authorizer=None)


ROUTES = tuple(
    _route(folder, method, path)
    for folder, endpoints in PUBLIC.items()
    if folder.startswith("callbacks/gosign")
    for method, path in endpoints
)
API = RestApi(
    id="a1", name="esign-local-callbacks", logical_id="Callbacks", stage="local", variables={}, binary_types=(),
    routes=ROUTES, responses={},
)  # fmt: skip


@dataclass
class Line:
    """GoSign's end: `gosign` is the account, `http` the way to its address."""

    gosign: Gosign
    http: httpx.Client

    def notify(self, package: str, body: object, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        known = {"Content-Type": "application/json;charset=UTF-8"} | headers
        return self.http.post(f"/envelopes/{package}/notify", content=content, headers=known)

    def say(self, xml: str) -> httpx.Response:
        return self.http.post("/soap", content=xml.encode(), headers={"Content-Type": "text/xml; charset=utf-8"})


@pytest.fixture
def line() -> Iterator[Line]:
    gosign = Gosign(integration="oauth")

    def invoke(function: str, event: bytes) -> Invocation:
        told = gosign.hears(function.rpartition("/")[2], json.loads(event))
        answer = {"statusCode": told.status, "body": told.text}
        return Invocation(json.dumps(answer).encode(), None, (), 1.0)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = GatewayServer(Gateway([API], invoke), port=port)
    server.start()
    address = f"http://127.0.0.1:{port}/callbacks/callbacks/gosign/{gosign.connector.account}/{TOKEN}"
    with httpx.Client(base_url=address, timeout=60) as http:
        yield Line(gosign, http)
    server.stop()


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
