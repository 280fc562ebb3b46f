"""How often each operation calls AWS and the provider: exact, since each call is money, time and one more thing to fail."""

from __future__ import annotations

import pytest

from benchmarks.calls import EXPECTED, Counted, measure_calls
from benchmarks.cases import CASES
from infra.functions import ALL


@pytest.fixture(scope="module")
def counted() -> dict[str, Counted]:
    return measure_calls()


@pytest.mark.parametrize("name", EXPECTED)
def test_an_operation_calls_aws_and_the_provider_as_often_as_the_table_says(name, counted):
    assert counted[name] == EXPECTED[name].as_counted


def test_every_function_is_counted():
    assert {case.folder for case in CASES} == {row.folder for row in ALL}
    assert {case.name for case in CASES} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_call_above_one_has_its_reason(name):
    for calls in (EXPECTED[name].aws, EXPECTED[name].provider):
        assert sum(call.times for call in calls) <= 1 or all(call.why for call in calls)
