"""The demo's scenarios: all of them through one door, and the main job through every other (some by `make reliability`)."""

from __future__ import annotations

import pytest

from sandbox.demo import faults, scenarios
from sandbox.demo.report import Report
from sandbox.demo.stage import Stage
from sandbox.provider_side import DOORS
from tests.e2e.drafts import PATIENCE

USUAL = {"connective", "connective-v4", "esigntools", "contract-signatures", "gosign-rest", "gosign-legalbus"}
EVERY = [door if door in USUAL else pytest.param(door, marks=pytest.mark.reliability) for door in sorted(DOORS)]
REST = [
    *(("connective", one) for one in (scenarios.minimal, *scenarios.SAD_WAYS, *faults.FAULTS[1:])),
    ("connective-v4", scenarios.reply_lost),  # nobody can find out, and a person is asked
]
BESIDES = [pytest.param(door, one, id=f"{one.__name__.replace('_', ' ')}-{door}") for door, one in REST]


@pytest.fixture
def played(world, tmp_path, monkeypatch):
    """Plays a scenario at a door, in an account of its own."""

    def play(door, scenario):
        monkeypatch.setattr(world, "door", door)
        report = Report()
        login = world.add_account()
        with world.coupa(login, watch=report.answer) as coupa, world.coupa(login) as quiet:
            coupa.configure_callback({"url": world.receiver.url})
            scenario(Stage(world, coupa, quiet, report, tmp_path, PATIENCE))
        assert report.rows
        assert report.failures == []

    return play


@pytest.mark.parametrize("door", EVERY)
def test_the_main_job_is_done_through_every_door(played, door):
    played(door, lambda stage: scenarios.main_job(stage, None))


@pytest.mark.parametrize(("door", "scenario"), BESIDES)
def test_what_the_demo_shows_besides_holds(played, door, scenario):
    played(door, scenario)
