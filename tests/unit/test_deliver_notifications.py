"""Delivery to Coupa: in order, at least once, by the schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from esign.domain.events import EventType
from esign.domain.ids import endpoint_id
from esign.domain.package import Callback
from esign.domain.status import Attention
from esign.operations.deliver_notifications import DEAD_LETTER
from esign.ports import ENDPOINT_PLACES, SHARDS, Delivered, DueKind
from tests.fakes.connector import Connector
from tests.fakes.factories import GLOBEX, an_event


def told(connector):
    return [event.type for event in connector.notifier.told]


def declined(connector):
    package = connector.sent()
    connector.provider.decline(package.recipients[0].id, "no")
    connector.run_refresh(package.id)
    return connector.now(package.id)


def test_all_events_are_delivered_in_their_order_once():
    connector = Connector()
    package = declined(connector)
    assert connector.deliver(package.id) == 3
    assert told(connector) == [EventType.PACKAGE_SENT, EventType.RECIPIENT_DECLINED, EventType.PACKAGE_DECLINED]
    assert connector.deliver(package.id) == 0
    assert len(connector.notifier.told) == 3


def test_a_failure_holds_the_order_and_the_same_event_comes_again_with_the_same_id():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.RETRY, 503)
    assert connector.deliver(package.id) == 0
    assert told(connector) == [EventType.PACKAGE_SENT]
    connector.clock.advance(connector.timing.delivery_schedule[0] + 1)
    assert connector.deliver(package.id) == 3
    assert connector.notifier.told[0].id == connector.notifier.told[1].id


def test_a_failure_is_due_again_by_the_schedule_and_rung_by_the_sweep():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.RETRY, 503)
    connector.deliver(package.id)
    connector.bell.rung.clear()
    connector.sweep()
    assert connector.bell.rung == []
    connector.clock.advance(connector.timing.delivery_schedule[0] + 1)
    connector.sweep()
    assert package.id in {rung for _, rung in connector.bell.rung}


def test_retry_after_of_the_endpoint_is_obeyed():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.RETRY, 429, retry_after=3600)
    connector.deliver(package.id)
    connector.clock.advance(1800)
    connector.bell.rung.clear()
    connector.sweep()
    assert connector.bell.rung == []


def test_a_rejected_event_is_passed_over_after_three_tries():
    connector = Connector()
    package = declined(connector)
    for _ in range(3):
        connector.notifier.will_answer(Delivered.REJECTED, 400)
    for _ in range(3):
        connector.deliver(package.id)
        connector.clock.advance(2000)
    assert told(connector) == [EventType.PACKAGE_SENT] * 3 + [EventType.RECIPIENT_DECLINED, EventType.PACKAGE_DECLINED]


def test_410_disables_the_callback():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    callback = connector.accounts.get(connector.account).callback
    assert callback is not None
    assert callback.disabled_at == connector.clock.now()


def test_only_the_events_that_were_asked_for_are_sent():
    connector = Connector()
    connector.settings(callback=Callback("https://coupa.example/hook", events=("package.declined",)))
    package = declined(connector)
    connector.deliver(package.id)
    assert told(connector) == [EventType.PACKAGE_DECLINED]


def test_a_package_without_any_callback_waits_for_nobody():
    connector = Connector()
    connector.settings(callback=None)
    package = declined(connector)
    connector.deliver(package.id)
    assert connector.notifier.told == []
    connector.clock.advance(100_000)
    connector.bell.rung.clear()
    connector.sweep()
    assert connector.bell.rung == []


def test_two_deliverers_never_work_on_one_package_at_once():
    connector = Connector()
    package = declined(connector)
    meanwhile: list[int] = []
    connector.notifier.during = lambda: meanwhile.append(connector.deliver(package.id, owner="another"))
    connector.deliver(package.id, owner="one")
    assert meanwhile == [0, 0, 0]
    assert len(connector.notifier.told) == 3


# ------------------------------------------------------------------------------------------- an endpoint and its line


def waiting(connector, events=3):
    """A package with some events of which Coupa knows nothing yet."""
    package = connector.create().package
    for number in range(1, events + 1):
        package = connector.packages.commit(
            package,
            replace(package, updated_at=connector.clock.now()),
            events=[an_event(package, number, occurred_at=connector.clock.now())],
        )
    return package


def refused(connector, *packages, status=503, times=1):
    for _ in range(times):
        connector.notifier.will_answer(Delivered.RETRY, status)
    for package in packages:
        connector.deliver(package.id)


def minutes(connector, number):
    """The sweep and those that it rings, minute by minute."""
    for _ in range(number):
        connector.clock.advance(60)
        connector.bell.rung.clear()
        connector.sweep()
        for _, package in connector.bell.rung:
            connector.deliver(package, owner=f"message-{package}")


def test_while_an_endpoint_rests_no_other_package_tries_it():
    connector = Connector()
    first, second = waiting(connector), waiting(connector)
    refused(connector, first)
    connector.deliver(second.id)
    assert len(connector.notifier.told) == 1


def test_after_the_pause_one_try_decides_for_all():
    connector = Connector()
    packages = [waiting(connector) for _ in range(5)]
    refused(connector, *packages)
    connector.notifier.will_answer(Delivered.RETRY, None)
    minutes(connector, 2)
    assert len(connector.notifier.told) == 2


def test_the_first_success_releases_all_that_waits_for_the_endpoint():
    connector = Connector()
    packages = [waiting(connector) for _ in range(5)]
    refused(connector, *packages)
    connector.clock.advance(60)
    assert connector.deliver(packages[3].id, owner="one") == 15
    assert connector.deliver(packages[0].id, owner="two") == 0


def test_who_failed_often_and_would_wait_for_hours_is_released_too():
    connector = Connector()
    often = waiting(connector)
    for wait in connector.timing.delivery_schedule[:5]:
        refused(connector, often)
        connector.clock.advance(wait + 1)
    refused(connector, often)
    newcomer = waiting(connector)
    connector.clock.advance(connector.timing.endpoint_pause)
    connector.notifier.told.clear()
    assert connector.deliver(newcomer.id) == 6
    assert {event.package for event in connector.notifier.told} == {often.id, newcomer.id}


def test_a_lone_event_is_tried_as_often_as_the_schedule_says_and_then_is_a_dead_letter():
    connector = Connector()
    connector.settings(callback=Callback("https://coupa.example/hook", events=("package.declined",)))
    package = declined(connector)
    connector.notifier.always(Delivered.RETRY, 503)
    connector.deliver(package.id)
    for _ in connector.timing.delivery_schedule:
        assert not connector.alarms
        connector.clock.advance(60)
        while not (rung := due(connector, package)):
            connector.clock.advance(60)
        assert rung
        connector.deliver(package.id)
    assert len(connector.notifier.told) == 1 + len(connector.timing.delivery_schedule)
    assert [letter.event for letter in connector.alarms] == [connector.notifier.told[0].id]
    (letter,), _ = connector.packages.dead_letters(connector.account)
    assert (letter.type, letter.detail) == (EventType.PACKAGE_DECLINED, "HTTP 503")
    assert not due(connector, package, days=40)


def due(connector, package, days=0.0):
    before = connector.clock.now() + timedelta(days=days)
    lines = [line for shard in range(SHARDS) for line in connector.packages.due(shard, before=before)[0]]
    return [line for line in lines if line.kind is DueKind.DELIVERY and line.package == package.id]


def test_retry_after_holds_for_every_package_of_the_endpoint():
    connector = Connector()
    first, second = waiting(connector), waiting(connector)
    connector.notifier.will_answer(Delivered.RETRY, 429, retry_after=7200)
    connector.deliver(first.id)
    connector.clock.advance(7000)
    connector.deliver(first.id)
    connector.deliver(second.id)
    assert len(connector.notifier.told) == 1
    connector.clock.advance(200)
    assert connector.deliver(second.id) == 6


def test_a_refusal_does_not_stop_other_packages():
    connector = Connector()
    first, second = waiting(connector), waiting(connector)
    connector.notifier.will_answer(Delivered.REJECTED, 400)
    connector.deliver(first.id)
    assert connector.deliver(second.id) == 3


def test_a_bell_for_a_new_event_does_not_use_up_the_tries_of_a_refused_one():
    connector = Connector()
    package = declined(connector)
    connector.notifier.always(Delivered.REJECTED, 400)
    for _ in range(5):
        connector.deliver(package.id)
    assert len(connector.notifier.told) == 1


def test_failures_of_the_endpoint_are_no_refusals_of_the_event():
    connector = Connector()
    package = declined(connector)
    refused(connector, times=3)
    connector.notifier.will_answer(Delivered.REJECTED, 400)
    minutes(connector, 60)
    assert connector.alarms == []
    assert connector.notifier.told[-1].type is EventType.PACKAGE_DECLINED
    assert len(connector.notifier.told) == 4 + 3
    assert package.id == connector.notifier.told[0].package


def test_a_refused_event_becomes_a_dead_letter_with_an_alarm_and_a_line_in_the_story():
    connector = Connector()
    package = declined(connector)
    for _ in range(3):
        connector.notifier.will_answer(Delivered.REJECTED, 422)
    for _ in range(3):
        connector.deliver(package.id)
        connector.clock.advance(2000)
    (letter,), _ = connector.packages.dead_letters(connector.account)
    assert connector.alarms == [letter]
    assert (letter.sequence, letter.type, letter.detail) == (1, EventType.PACKAGE_SENT, "HTTP 422")
    story, _ = connector.packages.timeline(connector.account, package.id)
    assert [line.code for line in story].count(DEAD_LETTER) == 1


def test_410_is_told_to_a_person_and_later_events_are_not_sent():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    assert len(connector.notifier.told) == 1
    assert connector.now(package.id).attention.code is Attention.DELIVERY_DISABLED
    assert [letter.sequence for letter in connector.packages.dead_letters(connector.account)[0]] == [1]


def test_410_of_a_packages_own_callback_disables_no_other():
    connector = Connector()
    package = declined(connector)
    own = replace(connector.now(package.id), callback=Callback("https://coupa.example/own"))
    connector.packages.commit(connector.now(package.id), own)
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    assert connector.now(package.id).callback.disabled_at == connector.clock.now()
    assert connector.accounts.get(connector.account).callback.disabled_at is None


def test_a_callback_set_anew_calms_the_package_with_its_first_event():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    connector.settings(callback=Callback("https://coupa.example/new"))
    connector.packages.replay_delivery(connector.account, package.id, [1, 2, 3], now=connector.clock.now())
    assert connector.deliver(package.id) == 3
    assert connector.now(package.id).attention is None
    assert connector.packages.dead_letters(connector.account) == ((), None)


def test_a_replay_comes_before_what_is_new_and_with_the_same_id():
    connector = Connector()
    package = connector.sent()
    connector.deliver(package.id)
    first = connector.notifier.told[0]
    connector.provider.decline(package.recipients[0].id, "no")
    connector.run_refresh(package.id)
    connector.packages.replay_delivery(connector.account, package.id, [1], now=connector.clock.now())
    assert connector.deliver(package.id) == 3
    assert connector.notifier.told[1] == first
    assert [event.sequence for event in connector.notifier.told] == [1, 1, 2, 3]


def test_what_is_asked_for_again_is_sent_though_the_callback_does_not_ask_for_it():
    connector = Connector()
    connector.settings(callback=Callback("https://coupa.example/hook", events=("package.declined",)))
    package = declined(connector)
    connector.deliver(package.id)
    connector.packages.replay_delivery(connector.account, package.id, [1], now=connector.clock.now())
    connector.deliver(package.id)
    assert told(connector) == [EventType.PACKAGE_DECLINED, EventType.PACKAGE_SENT]


def test_a_replay_without_a_callback_is_a_dead_letter_again():
    connector = Connector()
    package = declined(connector)
    connector.deliver(package.id)
    connector.settings(callback=None)
    connector.packages.replay_delivery(connector.account, package.id, [2], now=connector.clock.now())
    connector.deliver(package.id)
    assert [letter.sequence for letter in connector.packages.dead_letters(connector.account)[0]] == [2]


def test_no_more_calls_than_places_are_under_way_to_an_endpoint_that_hangs():
    connector = Connector()
    packages = [waiting(connector) for _ in range(12)]
    under_way, most = [0], [0]

    def nested():
        """While one call hangs, the bell rings for the next package."""
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        if rest:
            package = rest.pop()
            connector.deliver(package.id, owner=f"message-{package.id}")
        under_way[0] -= 1

    rest = packages[1:]
    connector.notifier.during = nested
    connector.deliver(packages[0].id, owner="message-0")
    assert most[0] == ENDPOINT_PLACES
    assert {event.package for event in connector.notifier.told} == {package.id for package in packages}


def test_an_endpoint_that_hangs_keeps_no_other_account_waiting():
    connector = Connector()
    packages = [waiting(connector) for _ in range(ENDPOINT_PLACES)]
    for number in range(ENDPOINT_PLACES):
        connector.packages.enter_endpoint(
            connector.account,
            endpoint_id("https://coupa.example/hook"),
            owner=f"hangs-{number}",
            now=connector.clock.now(),
            until=connector.clock.now() + timedelta(seconds=60),
        )
    assert connector.deliver(packages[0].id) == 0
    connector.add_account(id=GLOBEX, callback=Callback("https://coupa.example/hook"))
    connector.account = GLOBEX
    assert connector.deliver(waiting(connector).id) == 3


def test_every_try_tells_the_age_of_its_event_and_the_failures_of_its_endpoint_in_a_row():
    connector = Connector()
    package = declined(connector)
    connector.notifier.will_answer(Delivered.RETRY, 503)
    connector.notifier.will_answer(Delivered.RETRY, 503)
    for wait in (0, 6, 301):
        connector.clock.advance(wait)
        connector.deliver(package.id)
    assert [failures for _, failures in connector.tries] == [1, 2, 0, 0, 0]
    ages = [age for age, _ in connector.tries]
    assert ages[1] - ages[0] == 6
    assert ages[2] - ages[1] == 301
