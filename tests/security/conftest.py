"""One deployment in this process for all tests of a module; each test has accounts of its own and hears only itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.deployed import Deployed, in_memory


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[Deployed]:
    """In memory, unless the module says `DEPLOYED = on_aws`."""
    with getattr(request.module, "DEPLOYED", in_memory)() as found:
        yield found


@pytest.fixture
def connector(running: Deployed) -> Deployed:
    running.forget()
    return running
