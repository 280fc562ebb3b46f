"""What the suites over every provider share: a world as each test finds it. Which worlds run, each module says itself."""

from __future__ import annotations

import pytest


@pytest.fixture
def world(running):
    running.reset()
    return running
