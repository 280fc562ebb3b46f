"""Delivery to Coupa: in order, at least once, by the schedule."""

from __future__ import annotations

from esign.domain.events import EventType
from esign.domain.package import Callback
from esign.ports import Delivered
from tests.fakes.connector import Connector


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
