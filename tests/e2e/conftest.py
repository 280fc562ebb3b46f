"""One running world for all end-to-end tests of a process, and fresh accounts in it.

A process holds one local cloud at a time (moto keeps its state in globals), so the world's scope is this folder: pytest
takes it down before a test of another folder runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from sandbox.assembly import local_assembly
from sandbox.coupa.client import CoupaClient
from sandbox.world import World, running_world


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    """Everything running, with Connective; the simulators of other doors start when they are asked for."""
    with running_world(local_assembly(), "connective") as running:
        yield running


@pytest.fixture
def new_account(world: World) -> Iterator[Callable[..., CoupaClient]]:
    """Makes an account, with fields of `Account` as they are wanted, and gives its client."""
    with ExitStack() as clients:
        yield lambda **changes: clients.enter_context(world.coupa(world.add_account(**changes), timeout=120))


@pytest.fixture
def coupa(new_account: Callable[..., CoupaClient]) -> CoupaClient:
    """The client of an account that nobody else uses."""
    return new_account()
