"""The eSignTools simulator, one per module; without agreements after each test."""

from __future__ import annotations

import httpx
import pytest

from sandbox.providers.esigntools.server import EsigntoolsSimulator
from tests.fakes.esigntools_agreements import login


@pytest.fixture(scope="module")
def server():
    with EsigntoolsSimulator(users={"api": "secret", "other": "secret2"}) as running:
        yield running


@pytest.fixture
def service(server):
    yield server.service
    server.service.reset()


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=20) as opened:
        yield opened


@pytest.fixture
def api(client, service):
    client.headers["Authorization"] = f"Bearer {login(client)}"
    return client
