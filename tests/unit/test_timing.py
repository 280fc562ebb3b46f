"""A stage whose minutes are seconds: what bounds real work there keeps its length."""

from __future__ import annotations

from esign.domain.timing import Timing


def test_plans_are_divided() -> None:
    assert Timing().scaled(by=60).poll_plan == (5, 60, 360)


def test_a_sweep_has_its_whole_time_to_look_into_every_shard() -> None:
    assert Timing().scaled(by=60).sweep_batch_budget == Timing().sweep_batch_budget
