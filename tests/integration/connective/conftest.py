"""The Connective simulator, one per module; without packages before each test."""

from __future__ import annotations

import httpx
import pytest

from sandbox.providers.connective.server import ConnectiveSimulator


@pytest.fixture(scope="module")
def server():
    with ConnectiveSimulator() as running:
        yield running


@pytest.fixture
def control(server):
    server.control.reset()
    return server.control


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.v3, auth=("api", "secret"), timeout=20) as open_client:
        yield open_client


@pytest.fixture
def api(client, control):
    return client
