"""The GoSign simulator, one per module; without envelopes before each test."""

from __future__ import annotations

import httpx
import pytest

from sandbox.providers.gosign.server import GosignSimulator


@pytest.fixture(scope="module")
def running():
    with GosignSimulator() as simulator, httpx.Client(timeout=30) as http:
        yield simulator, http


@pytest.fixture
def gosign(running):
    running[0].control.reset()
    return running[0]
