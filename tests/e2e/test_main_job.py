"""The demo's scenarios: all of them through one door; through every other the main job, and a withdrawal."""

from __future__ import annotations

import pytest

from sandbox.demo import faults, scenarios
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.provider_side import DOORS
from tests.e2e.drafts import PATIENCE

WHOLE = "connective"
JOBS = {"the main job": lambda stage: scenarios.main_job(stage, None), "withdrawn": scenarios.withdrawn}
REST = {
    one.__name__.replace("_", " "): one
    for one in (scenarios.minimal, *scenarios.SAD_WAYS, *faults.FAULTS)
    if one is not scenarios.withdrawn
}


def played(world, scenario, tmp_path):
    report = Report()
    login = world.add_account()
    with world.coupa(login, watch=report.answer) as coupa, world.coupa(login) as quiet:
        coupa.configure_callback({"url": world.receiver.url})
        scenario(Stage(world, coupa, quiet, report, tmp_path, PATIENCE))
    assert report.rows
    assert report.failures == []


@pytest.mark.parametrize("world", sorted(DOORS), indirect=True)
@pytest.mark.parametrize("scenario", list(JOBS.values()), ids=list(JOBS))
def test_the_job_is_done_through_every_door(world, scenario, tmp_path):
    played(world, scenario, tmp_path)


@pytest.mark.parametrize("world", [WHOLE], indirect=True)
@pytest.mark.parametrize("scenario", list(REST.values()), ids=list(REST))
def test_what_the_demo_shows_besides_holds(world, scenario, tmp_path):
    played(world, scenario, tmp_path)
