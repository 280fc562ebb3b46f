"""`esign notifications`, over the connector in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from esign.domain.package import Callback
from esign.operations.deliver_notifications import REJECTIONS
from esign.ports import Delivered
from tests.fakes.clock import START
from tests.fakes.factories import ACME, an_event
from tests.fakes.operator import Operator


@pytest.fixture
def operator():
    return Operator()


def told(operator, events=2):
    """A package with events, as far as Coupa takes them."""
    connector = operator.connector
    package = connector.create().package
    for number in range(1, events + 1):
        now = connector.clock.now()
        event = an_event(package, number, occurred_at=now, id=f"evt_{package.id.removeprefix('pkg_')}_{number}")
        package = connector.packages.commit(package, replace(package, updated_at=now), events=[event])
    connector.deliver(package.id)
    return package


def refused(operator, events=2):
    """A package all of whose events are dead letters."""
    connector = operator.connector
    connector.notifier.always(Delivered.REJECTED, 422)
    package = told(operator, events)
    for _ in range(REJECTIONS * events):
        connector.clock.advance(3600)
        connector.deliver(package.id)
    connector.notifier.always(Delivered.OK, 204)
    connector.notifier.told.clear()
    return package


def heard(operator):
    """What Coupa hears when everything that was rung is delivered."""
    connector = operator.connector
    connector.notifier.told.clear()
    for account, package in connector.bell.rung:
        connector.account = account
        connector.deliver(package)
    return [event.id for event in connector.notifier.told]


def ids(package, *numbers):
    return [f"evt_{package.id.removeprefix('pkg_')}_{number}" for number in numbers]


def names(answer, part="asked"):
    return [one["event"] for one in answer.json[part]]


def test_dead_letters_are_listed_with_what_came_of_the_last_try(operator):
    package = refused(operator)
    answer = operator.says("notifications", "dead-letters", ACME, "--json").json
    assert [letter["event"] for letter in answer["deadLetters"]] == ids(package, 1, 2)
    assert answer["deadLetters"][0]["detail"] == "HTTP 422"
    shown = operator.says("notifications", "dead-letters", ACME).out
    assert "HTTP 422" in shown
    assert f"esign notifications replay {ACME} --dead-letters" in shown.replace("\n", " ")


def test_without_dead_letters_it_says_so(operator):
    assert "no dead letters" in operator.says("notifications", "dead-letters", ACME).out


def test_a_long_list_of_dead_letters_comes_in_pages(operator):
    package = refused(operator, events=3)
    first = operator.says("notifications", "dead-letters", ACME, "--limit", 2, "--json").json
    rest = operator.says("notifications", "dead-letters", ACME, "--cursor", first["cursor"], "--json").json
    events = [letter["event"] for page in (first, rest) for letter in page["deadLetters"]]
    assert events == ids(package, 1, 2, 3)


def test_one_event_is_told_again_with_the_same_id_and_the_story_says_who_asked(operator):
    package = told(operator)
    (second,) = ids(package, 2)
    assert names(operator.says("notifications", "replay", ACME, "--event", second, "--json")) == [second]
    assert heard(operator) == [second]
    story, _ = operator.connector.packages.timeline(ACME, package.id)
    assert [line.text for line in story if line.code == "replay"] == [f"An operator has Coupa told again: {second}."]


def test_all_events_of_a_package_are_told_again_in_order(operator):
    package = told(operator, events=3)
    operator.says("notifications", "replay", ACME, "--package", package.id)
    assert heard(operator) == ids(package, 1, 2, 3)


def test_a_time_range_takes_what_occurred_in_it_over_all_packages(operator):
    early = told(operator)
    operator.connector.clock.advance(3600)
    middle = told(operator)
    operator.connector.clock.advance(3600)
    late = told(operator)
    times = ("--from", "2026-03-02T09:30", "--to", f"{START + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}")
    answer = operator.says("notifications", "replay", ACME, *times, "--json")
    assert names(answer) == ids(middle, 1, 2)
    assert not set(names(answer)) & {*ids(early, 1, 2), *ids(late, 1, 2)}


def test_replayed_dead_letters_are_gone_once_coupa_took_them(operator):
    delivered, package = told(operator), refused(operator)
    assert names(operator.says("notifications", "replay", ACME, "--dead-letters", "--json")) == ids(package, 1, 2)
    assert heard(operator) == ids(package, 1, 2)
    assert operator.says("notifications", "dead-letters", ACME, "--json").json["deadLetters"] == []
    assert delivered.id not in {event.package for event in operator.connector.notifier.told}


def test_dead_letters_can_be_narrowed_to_a_package(operator):
    first, second = refused(operator), refused(operator)
    answer = operator.says("notifications", "replay", ACME, "--dead-letters", "--package", second.id, "--json")
    assert names(answer) == ids(second, 1, 2)
    assert first.id != second.id


def test_a_dry_run_names_the_events_and_changes_nothing(operator):
    package = told(operator)
    operator.connector.bell.rung.clear()
    answer = operator.says("notifications", "replay", ACME, "--package", package.id, "--dry-run", "--json")
    assert [one["event"] for one in answer.json["events"]] == ids(package, 1, 2)
    assert "2 events" in operator.says("notifications", "replay", ACME, "--package", package.id, "--dry-run").out
    assert heard(operator) == []
    assert operator.connector.deliver(package.id) == 0


def test_what_still_waits_for_its_first_turn_is_left_alone(operator):
    operator.connector.notifier.always(Delivered.RETRY, 503)
    package = told(operator)
    answer = operator.says("notifications", "replay", ACME, "--package", package.id, "--json")
    assert (names(answer), names(answer, "waiting")) == ([], ids(package, 1, 2))


def test_events_of_a_disabled_callback_are_not_asked_for(operator):
    package = told(operator)
    gone = Callback("https://coupa.example/hook", disabled_at=START, reason="410")
    operator.connector.settings(callback=gone)
    answer = operator.says("notifications", "replay", ACME, "--package", package.id, "--json")
    assert (names(answer), names(answer, "withoutCallback")) == ([], ids(package, 1, 2))
    assert "set it" in operator.says("notifications", "replay", ACME, "--package", package.id).out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--event", "evt_a_1", "--package", "pkg_a"),
        ("--from", "2026-03-02"),
        ("--from", "2026-03-03", "--to", "2026-03-02"),
        ("--from", "yesterday", "--to", "2026-03-02"),
    ],
)
def test_what_to_replay_must_be_said_in_one_way(operator, words):
    assert operator.says("notifications", "replay", ACME, *words).code == 2


@pytest.mark.parametrize(
    ("event", "code"),
    [("evt_x", "malformed_request"), ("evt_01arz3ndektsv4rrffq69g5fav_1", "package_not_found")],
)
def test_an_event_that_nobody_knows_is_an_error(operator, event, code):
    answer = operator.says("notifications", "replay", ACME, "--event", event, "--json")
    assert (answer.code, answer.error["code"]) == (1, code)


def test_an_account_that_nobody_knows_is_an_error(operator):
    assert operator.says("notifications", "dead-letters", "acc_nobody", "--json").error["code"] == "account_not_found"
