"""What the evidence pack plays at every door, at one: every operation, each request and answer held against openapi.json."""

from __future__ import annotations

import json
from pathlib import Path

from tools.evidence.contract import Contract
from tools.evidence.doors import play

CONTRACT = Contract(json.loads((Path(__file__).parents[2] / "openapi.json").read_text()))


def test_every_published_operation_is_played_and_answered_as_published(world, tmp_path):
    played = play(world, world.door, CONTRACT, tmp_path)
    assert list(played.failures) == []
    assert played.checks > 10
    assert [one.operation for one in played.tried] == CONTRACT.operations
    assert {one.operation: (one.violations, one.calls) for one in played.tried if one.verdict == "failed"} == {}
