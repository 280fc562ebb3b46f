"""The door for Step Functions: what a step raises goes on to the workflow, and its one line says so."""

from __future__ import annotations

import json

import pytest

from esign.domain.errors import ProviderUnavailable, RateLimited, StaleVersion
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from esign.runtime.workflow import workflow_step

PAYLOAD = {"account": "acme", "package": "p1"}


class OneMinute:
    def get_remaining_time_in_millis(self):
        return 60_000


def step(work):
    return workflow_step("sync_package", composition=lambda: App(Settings({})))(work)


def written_after(error, capsys):
    """The lines of a step that raises this; a second one would count the fault twice."""

    def fails(_payload, _app):
        raise error

    with pytest.raises(type(error)) as raised:
        step(fails)(PAYLOAD, OneMinute())
    assert raised.value is error  # Step Functions chooses by its class
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return line


def test_a_step_that_breaks_is_a_fault_and_tells_where_but_never_what(capsys):
    line = written_after(KeyError("jane@acme.example"), capsys)
    assert (line["Faults"], line["level"], line["outcome"], line["exception"]) == (
        1,
        "ERROR",
        "internal_error",
        "KeyError",
    )
    assert "test_workflow_step.py" in line["stack"][-1]
    assert "jane" not in json.dumps(line)
    assert (line["account"], line["package"]) == ("acme", "p1")


@pytest.mark.parametrize(
    ("error", "fault", "level"),
    [
        (ProviderUnavailable("It is down."), 1, "WARNING"),
        (StaleVersion("Somebody else was quicker."), 0, "INFO"),
        (RateLimited("The budget is used up."), 0, "INFO"),
    ],
)
def test_an_error_that_has_a_name_counts_as_it_would_at_coupas_door(error, fault, level, capsys):
    line = written_after(error, capsys)
    assert (line["Faults"], line["level"], line["outcome"]) == (fault, level, error.kind)


@pytest.mark.parametrize(
    ("answer", "level", "outcome"),
    [({"next": "wait"}, "INFO", "wait"), ({}, "INFO", "ok"), ({"next": "end", "alarm": "stuck"}, "ERROR", "end")],
)
def test_a_step_that_answers_is_no_fault(answer, level, outcome, capsys):
    assert step(lambda *_: answer)(PAYLOAD, OneMinute()) == answer
    line = json.loads(capsys.readouterr().out)
    assert (line["Faults"], line["level"], line["outcome"]) == (0, level, outcome)
    assert line.get("code") == answer.get("alarm")
