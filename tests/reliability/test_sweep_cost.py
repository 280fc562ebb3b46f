"""What it costs to follow a million contracts for a week: benchmarks/sweep_cost.py against its targets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.sweep_cost import (
    CALLBACK_TARGET,
    QUIET,
    READERS,
    SWEEP,
    SWEEP_TARGET,
    TO_THE_END,
    Cost,
    costs,
    polls_of_a_contract,
)
from infra.constructs.workflows import WORKFLOWS
from infra.functions import FUNCTIONS


@pytest.fixture(scope="module")
def bill() -> Mapping[str, Cost]:
    return {cost.what: cost for cost in costs()}


def _ways(machine: str) -> Iterator[tuple[str, str]]:
    states = json.loads((WORKFLOWS / f"{machine}.asl.json").read_text())["States"]
    for name, state in states.items():
        yield from ((name, one["Next"]) for one in state.get("Choices", []))
        yield from ((name, state[key]) for key in ("Next", "Default") if key in state)


@pytest.mark.parametrize(
    ("machine", "path"), [("refresh-package", QUIET), ("refresh-package", TO_THE_END), ("sweep-packages", SWEEP)]
)
def test_the_steps_that_are_counted_are_those_of_the_state_machine(machine: str, path: tuple[str, ...]) -> None:
    assert set(pairwise(path)) <= set(_ways(machine))


def test_the_default_plan_reads_a_contract_nine_times_in_a_week() -> None:
    assert polls_of_a_contract() == 9


def test_callbacks_cost_no_more_than_their_target(bill: Mapping[str, Cost], record_property: Any) -> None:
    record_property("dollars for callbacks", round(bill["callbacks"].total))
    assert bill["callbacks"].total <= CALLBACK_TARGET


def test_the_sweep_costs_no_more_than_its_target(bill: Mapping[str, Cost], record_property: Any) -> None:
    record_property("dollars for the sweep", round(bill["sweep"].total, 2))
    assert bill["sweep"].total <= SWEEP_TARGET


def test_the_reads_side_by_side_that_are_counted_are_those_of_the_function() -> None:
    assert f"\nREADERS = {READERS} " in (FUNCTIONS / "workflow/find_due/handler.py").read_text()
