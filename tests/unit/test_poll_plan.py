"""When a package is read if nobody calls back, and that nothing waits for ever without anybody knowing."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from esign.domain.package import ProviderState
from esign.domain.poll_plan import next_poll
from esign.domain.status import Attention, PackageStatus
from esign.domain.timing import Timing
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import a_package

DAY = timedelta(days=1)


def out(**changes):
    return a_package(status=PackageStatus.IN_PROCESS, sent_at=START, provider=ProviderState("fake"), **changes)


def polls(package, *, days, fast=False):
    """The reads of so many days, as time after the Send."""
    now, found = START, []
    while (due := next_poll(package, now=now, timing=Timing(), fast=fast)) and due <= START + days * DAY:
        found.append(due - START)
        now = due
    return found


def test_a_package_is_read_after_5_minutes_1_hour_6_hours_and_then_daily():
    first = [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)]
    assert polls(out(), days=3) == [*first, timedelta(hours=30), timedelta(hours=54)]


def test_a_package_whose_provider_calls_nobody_is_read_every_6_hours():
    reads = polls(out(), days=2, fast=True)
    assert max(after - before for before, after in pairwise(reads)) == timedelta(hours=6)


def test_a_package_is_read_shortly_after_its_expiry():
    assert timedelta(days=2, minutes=5) in polls(out(expires_at=START + 2 * DAY), days=3)


def test_the_wait_for_signed_files_grows_from_a_minute_to_a_day():
    package = a_package(status=PackageStatus.SIGNED, updated_at=START)
    waits = [
        next_poll(package, now=START + age, timing=Timing())
        for age in (timedelta(0), timedelta(hours=1), timedelta(days=6))
    ]
    assert waits == [START + wait for wait in (timedelta(minutes=1), timedelta(hours=1, minutes=15), 7 * DAY)]


def test_files_that_never_come_are_a_persons_concern_after_a_week():
    connector = Connector()
    package = connector.sent()
    connector.provider.only().files_ready = False
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.run_refresh(package.id)
    connector.clock.advance(connector.timing.files_missing + 1)
    connector.run_refresh(package.id, owner="later")
    assert connector.now(package.id).attention.code is Attention.EVIDENCE_REJECTED
    calls = len(connector.provider.calls)
    connector.run_refresh(package.id, owner="much later")
    assert len(connector.provider.calls) == calls


def test_a_package_that_nobody_signs_or_ends_is_stuck_in_the_end():
    connector = Connector()
    package = connector.sent()
    connector.clock.advance(connector.timing.stuck_after + 1)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.attention.code) == (PackageStatus.IN_PROCESS, Attention.STUCK)
    assert next_poll(after, now=connector.clock.now(), timing=connector.timing) is None


def test_a_stuck_package_that_is_signed_after_all_completes():
    connector = Connector()
    package = connector.sent()
    connector.clock.advance(connector.timing.stuck_after + 1)
    connector.run_refresh(package.id)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.callback(package.id)
    connector.run_refresh(package.id, owner="woken")
    assert connector.now(package.id).status is PackageStatus.COMPLETE
