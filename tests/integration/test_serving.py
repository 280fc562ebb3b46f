"""How the simulators are served: what going down takes away, and what stays."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.providers.serving import HOST, Attended, Served


def app():
    return Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])


@pytest.fixture(params=[Served, Attended])
def served(request):
    with request.param(app()) as running:
        yield running


def answer(url):
    return httpx.get(url).text


def test_a_service_that_is_down_refuses_connections_and_comes_back_at_its_address(served):
    for _ in range(2):
        assert answer(served.url) == "here"
        served.go_down()
        with pytest.raises(httpx.ConnectError):
            answer(served.url)
        served.come_back()
    assert answer(served.url) == "here"


def test_nobody_takes_the_port_while_it_is_down(served):
    served.go_down()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((HOST, urlsplit(served.url).port))
    served.come_back()
    assert answer(served.url) == "here"


def test_the_desk_stays_open_when_the_service_is_down():
    with Attended(app()) as served:
        served.go_down()
        assert answer(served.desk_url) == "here"


def test_a_service_may_end_while_it_is_down():
    with Attended(app()) as served:
        served.go_down()
    with pytest.raises(httpx.ConnectError):
        answer(served.desk_url)
