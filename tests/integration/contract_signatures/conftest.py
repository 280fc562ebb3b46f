"""The Contract Signatures simulator, one per module; without contracts after each test."""

from __future__ import annotations

import httpx
import pytest

from sandbox.providers.contract_signatures.server import KEY, ContractSignaturesSimulator


@pytest.fixture(scope="module")
def server():
    with ContractSignaturesSimulator() as running:
        yield running


@pytest.fixture
def service(server):
    yield server.service
    server.service.reset()


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=20) as opened:
        yield opened


@pytest.fixture
def api(client, service):
    return client
