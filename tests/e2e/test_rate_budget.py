"""An account's budget of provider calls holds over all running environments of a function: contracts/connective.md §A1.

A window of the budget lasts 60 s of real time, also in stage `local`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from esign.aws.call_budget import WINDOW
from esign.operations.provider_access import CALLS_PER_MINUTE
from sandbox.coupa.client import CoupaClient
from sandbox.world import World
from tests.e2e.drafts import a_complete_package

REQUESTS = 101
OF_ONE = (
    "PackageList",
    "PackageAuditProof",
)  # what one verifyAccount asks of Connective once a package has finished


def test_two_environments_together_call_a_provider_100_times_a_minute_and_no_more(
    world: World, new_account: Callable[..., CoupaClient]
) -> None:
    a_complete_package(world, new_account())
    new_account().verify_account()  # the function is awake from here on
    coupa, before, began = new_account(), calls(world), time.monotonic()
    with ThreadPoolExecutor(max_workers=8) as callers:
        answers = list(callers.map(lambda _: coupa.verify_account(), range(REQUESTS)))
    if time.monotonic() - began > WINDOW.total_seconds():
        pytest.skip("this machine is too busy for 101 requests in a minute")
    granted = CALLS_PER_MINUTE // len(OF_ONE)
    assert world.cloud._runtime.alive().count(world.function("coupa/verify_account")) == 2
    assert Counter(answer.status for answer in answers) == {200: granted, 429: REQUESTS - granted}
    assert calls(world) - before == Counter(dict.fromkeys(OF_ONE, granted))
    for refused in (answer for answer in answers if answer.status == 429):
        assert refused.code == "rate_limited"
        assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_accounts_do_not_share_a_budget(new_account: Callable[..., CoupaClient]) -> None:
    poor, rich = new_account(calls_per_minute=2), new_account()
    assert [poor.verify_account().status for _ in range(2)] == [200, 429]
    assert rich.verify_account().status == 200


def calls(world: World) -> Counter[str]:
    """The requests that arrived at the simulator, by operation."""
    arrived = world.side._control.requests()  # type: ignore[attr-defined]
    return Counter(one["operation"] for one in arrived if one["operation"] in OF_ONE)
