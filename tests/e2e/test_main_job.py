"""The demo's scenarios: all of them through one door, and the main job through every other (some by `make reliability`)."""

from __future__ import annotations

import pytest

from sandbox.demo import faults, scenarios
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.provider_side import DOORS
from tests.e2e.drafts import PATIENCE

WHOLE = "connective"
USUAL = {"connective", "connective-v4", "esigntools", "contract-signatures", "gosign-rest", "gosign-legalbus"}
EVERY = [door if door in USUAL else pytest.param(door, marks=pytest.mark.reliability) for door in sorted(DOORS)]
REST = [
    *((WHOLE, one) for one in (scenarios.minimal, *scenarios.SAD_WAYS, *faults.FAULTS[1:])),
    ("connective-v4", scenarios.reply_lost),  # nobody can find out, and a person is asked
]
BESIDES = [pytest.param(door, one, id=f"{one.__name__.replace('_', ' ')}-{door}") for door, one in REST]


def played(world, scenario, tmp_path):
    report = Report()
    login = world.add_account()
    with world.coupa(login, watch=report.answer) as coupa, world.coupa(login) as quiet:
        coupa.configure_callback({"url": world.receiver.url})
        scenario(Stage(world, coupa, quiet, report, tmp_path, PATIENCE))
    assert report.rows
    assert report.failures == []


@pytest.mark.parametrize("world", EVERY, indirect=True)
def test_the_main_job_is_done_through_every_door(world, tmp_path):
    played(world, lambda stage: scenarios.main_job(stage, None), tmp_path)


@pytest.mark.parametrize(("world", "scenario"), BESIDES, indirect=["world"])
def test_what_the_demo_shows_besides_holds(world, scenario, tmp_path):
    played(world, scenario, tmp_path)
