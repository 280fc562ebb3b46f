"""Only this machine's browser, from the console's own pages, may do anything."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.console.guard import LARGEST, Guard
from tests.fakes.asgi import Caller

HERE = "127.0.0.1:8080"
OWN = {"host": HERE, "origin": f"http://{HERE}"}


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def client(done):
    async def act(request: Request) -> PlainTextResponse:
        done.append(request.method)
        return PlainTextResponse("ok", headers={"content-security-policy": "its own"})

    guard = Guard(Starlette(routes=[Route("/", act, methods=["GET", "POST"])]))
    guard.hosts = frozenset({HERE, "localhost:8080"})
    return Caller(guard, f"http://{HERE}")


@pytest.mark.parametrize("host", [HERE, "localhost:8080"])
def test_its_own_pages_may_read_and_write(client, done, host):
    assert client.get("/", headers={"host": host}).status_code == 200
    assert client.post("/", headers={"host": host, "origin": f"http://{host}"}, content=b"x").status_code == 200
    assert done == ["GET", "POST"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:8081", "127.0.0.1.evil.example:8080", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_name_that_leads_here_is_refused(client, done, host, method):
    answer = client.request(method, "/", headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == 421
    assert HERE in answer.text
    assert done == []


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", f"https://{HERE}", "http://127.0.0.1", "http://localhost:8080"]
)
def test_a_form_of_another_site_is_refused(client, done, origin):
    headers = {"host": HERE} | ({"origin": origin} if origin else {})
    assert client.post("/", headers=headers, content=b"x").status_code == 403
    assert done == []


@pytest.mark.parametrize(
    ("length", "status"), [(str(LARGEST + 1), 413), ("9" * 60, 413), ("", 411), ("-1", 411), ("²", 411)]
)
def test_a_request_without_a_bearable_length_is_refused_before_it_is_read(client, done, length, status):
    headers = OWN | {"content-length": length.encode("latin-1")}
    assert client.post("/", headers=headers, content=b"x").status_code == status
    assert done == []


def test_every_answer_forbids_what_a_page_does_not_need(client):
    for answer in (client.get("/"), client.get("/", headers={"host": "evil.example"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get("/").headers["content-security-policy"] == "its own"
