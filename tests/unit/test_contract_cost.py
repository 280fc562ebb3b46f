"""The cost page: every counted call has a price, and the figures move as they must."""

from __future__ import annotations

import pytest

from benchmarks.calls import EXPECTED
from benchmarks.contract_cost import FIXED, PRICE, STEPS, UNITS, VOLUMES, page, per_contract, per_month
from infra.functions import ALL


def test_each_step_is_a_function_whose_calls_are_counted():
    assert {step.case for step in STEPS} <= set(EXPECTED)
    assert {step.folder for step in STEPS} <= {one.folder for one in ALL}


def test_each_counted_call_has_its_units_and_each_unit_a_price():
    counted = {call for step in STEPS for call in EXPECTED[step.case].as_counted.aws}
    assert counted <= set(UNITS)
    assert {unit for units in UNITS.values() for unit in units} | {price for _, _, price in FIXED} <= set(PRICE)


def test_every_call_of_coupas_asks_the_authorizer():
    calls = sum(step.times for step in STEPS if step.by_api and step.folder.startswith("coupa/"))
    assert [step.times for step in STEPS if step.case == "authorizer"] == [calls]


def test_a_contract_costs_less_than_a_cent_and_each_part_something():
    bill = per_contract()
    assert all(amount > 0 for amount in bill.values())
    assert sum(bill.values()) < 0.01


def test_a_stage_that_does_nothing_costs_less_than_a_lunch():
    assert 0 < sum(per_month().values()) < 30


@pytest.mark.parametrize("volume", VOLUMES)
def test_the_page_tells_each_volume(volume):
    assert f"| {volume:,} | ${volume * sum(per_contract().values()) + sum(per_month().values()):,.2f} |" in page()
