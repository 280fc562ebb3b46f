"""The demo's scenarios, each through both doors: the main job, the minimal package, and the sad ways."""

from __future__ import annotations

import pytest

from sandbox.demo import scenarios
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.provider_side import DOORS
from tests.e2e.drafts import PATIENCE

SCENARIOS = [
    lambda stage: scenarios.main_job(stage, None),
    scenarios.minimal,
    *scenarios.SAD_WAYS,
]
NAMES = ["the main job", "the minimal package", *(sad.__name__.replace("_", " ") for sad in scenarios.SAD_WAYS)]


@pytest.mark.parametrize("world", sorted(DOORS), indirect=True)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_what_the_demo_shows_holds(world, scenario, tmp_path):
    report = Report()
    login = world.add_account()
    with world.coupa(login, watch=report.answer) as coupa, world.coupa(login) as quiet:
        coupa.configure_callback({"url": world.receiver.url})
        scenario(Stage(world, coupa, quiet, report, tmp_path, PATIENCE))
    assert report.rows
    assert report.failures == []
