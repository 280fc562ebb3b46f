"""A submission that was left in the middle and whose envelope is gone meanwhile: nothing of it may stay behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest

from esign.aws.packages import DynamoPackages
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing
from esign.ports import PackageStore
from tests.contract.store_fixtures import TABLE, atomic_dynamodb, make_table
from tests.reliability.injector import Crash, Fault
from tests.reliability.world import World

Store = Callable[[Timing], PackageStore] | None


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield None
        return
    with atomic_dynamodb():
        client: Any = boto3.client("dynamodb")
        make_table(client)
        yield lambda timing: partial(DynamoPackages, client, TABLE, sleep=lambda _: None)(timing=timing)


def test_a_resumed_submission_that_fails_leaves_no_trace_of_the_envelope_that_is_gone(store: Store) -> None:
    world = World(store=store)
    package = world.ready().id
    world.injector.ambush = ("provider.upload", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        world.send(package)
    assert world.look(package).provider.progress == {"id": "env-1"}
    world.service.envelopes.clear()
    world.clock.advance(world.timing.send_budget + world.timing.send_grace + 1)
    world.injector.ambush = ("provider.create", Fault.REFUSED)
    world.sweep_once()
    world.work()
    after = world.look(package)
    assert (after.status, after.provider.progress) == (PackageStatus.DRAFT, {})
    assert world.send(package).status is PackageStatus.IN_PROCESS
    world.work()
    world.check_told()
