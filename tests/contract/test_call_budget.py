"""What every call budget keeps to, over the in-memory one and DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from esign.aws.call_budget import DynamoBudget
from esign.ports import CallBudget
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client  # noqa: F401 - fixtures
from tests.contract.test_dynamodb_items import calls
from tests.fakes.accounts import MemoryBudget
from tests.fakes.clock import START
from tests.fakes.factories import ACME, GLOBEX


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", "dynamodb"])
def budget(request: pytest.FixtureRequest) -> CallBudget:
    if request.param == "memory":
        return MemoryBudget()
    return DynamoBudget(request.getfixturevalue("dynamodb"), TABLE, sleep=lambda _: None)


def test_a_window_grants_its_calls_and_no_more(budget: CallBudget) -> None:
    assert [budget.take(ACME, calls=1, per_minute=3, now=later(n)) for n in range(3)] == [0, 0, 0]
    assert budget.take(ACME, calls=1, per_minute=3, now=later(20)) == 40


def test_the_next_window_opens_with_the_first_call_after_the_last(budget: CallBudget) -> None:
    assert budget.take(ACME, calls=2, per_minute=2, now=START) == 0
    assert budget.take(ACME, calls=1, per_minute=2, now=later(59)) == 1
    assert budget.take(ACME, calls=1, per_minute=2, now=later(70)) == 0
    assert budget.take(ACME, calls=2, per_minute=2, now=later(75)) == 55
    assert budget.take(ACME, calls=1, per_minute=2, now=later(75)) == 0


def test_what_does_not_fit_takes_nothing(budget: CallBudget) -> None:
    assert budget.take(ACME, calls=8, per_minute=10, now=START) == 0
    assert budget.take(ACME, calls=3, per_minute=10, now=later(1)) == 59
    assert budget.take(ACME, calls=2, per_minute=10, now=later(2)) == 0


def test_more_calls_than_a_window_holds_take_a_whole_one(budget: CallBudget) -> None:
    assert budget.take(ACME, calls=7, per_minute=5, now=START) == 0
    assert budget.take(ACME, calls=1, per_minute=5, now=START) == 60


def test_each_account_has_its_own_budget(budget: CallBudget) -> None:
    assert budget.take(ACME, calls=1, per_minute=1, now=START) == 0
    assert budget.take(GLOBEX, calls=1, per_minute=1, now=START) == 0


@pytest.mark.parametrize("opened", [False, True])
def test_of_many_callers_at_once_exactly_the_budget_is_granted(budget: CallBudget, opened: bool) -> None:
    """`opened`: a window of earlier is over, so that all of them try to open the next."""
    now = START
    if opened:
        budget.take(ACME, calls=20, per_minute=20, now=START)
        now = later(61)
    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(lambda _: budget.take(ACME, calls=1, per_minute=20, now=now), range(30)))
    assert waits.count(0.0) == 20
    assert set(waits) == {0.0, 60.0}


def test_a_call_in_a_running_window_is_one_write(dynamodb: Any) -> None:  # noqa: F811
    budget = DynamoBudget(dynamodb, TABLE)
    budget.take(ACME, calls=1, per_minute=100, now=START)
    with calls(dynamodb) as made:
        assert budget.take(ACME, calls=1, per_minute=100, now=later(1)) == 0
    assert made == ["UpdateItem"]
