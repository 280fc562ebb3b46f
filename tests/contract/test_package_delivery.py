"""What every package store keeps to: the outbox and the lease of its delivery."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.domain.errors import MalformedRequest, StaleVersion
from esign.domain.events import DeadLetter
from esign.domain.ids import endpoint_id
from esign.domain.package import Package
from esign.ports import DueKind, PackageStore, Wait
from tests.contract.package_steps import NOW, created, due_dates, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, GLOBEX, a_package, an_event


def test_events_come_back_whole_in_order_and_after_any_of_them(store: PackageStore) -> None:
    package = created(store, a_package(external_id="PO-1"))
    events = [an_event(package, number, reason="because") for number in range(1, 6)]
    package = store.commit(package, package, events=events[:1])
    package = store.commit(package, package, events=events[1:4])
    store.commit(package, package, events=events[4:])
    assert store.events_after(ACME, package.id, 0) == tuple(events)
    assert store.events_after(ACME, package.id, 2) == tuple(events[2:])
    assert store.events_after(ACME, package.id, 2, limit=2) == tuple(events[2:4])
    assert store.events_after(ACME, package.id, 5) == ()


def test_nothing_is_to_deliver_before_the_first_event(store: PackageStore) -> None:
    package = created(store, a_package())
    assert store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60)) is None


def test_events_without_a_bell_are_due_a_little_later(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, replace(package, updated_at=later(5)), events=[an_event(package)])
    assert due_dates(store, package, DueKind.DELIVERY) == [later(65)]


def test_a_delivery_advances_and_ends(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, package, events=[an_event(package, 1), an_event(package, 2)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    assert (lease.cursor, lease.attempts) == (0, 0)
    assert due_dates(store, package, DueKind.DELIVERY) == [later(60)]
    lease = store.advance_delivery(lease, sequence=1)
    lease = store.advance_delivery(lease, sequence=2)
    assert store.settle_delivery(lease)
    assert due_dates(store, package, DueKind.DELIVERY) == []
    again = store.lease_delivery(ACME, package.id, owner="b", now=later(1), until=later(60))
    assert again is not None
    assert again.cursor == 2


def test_a_failed_delivery_waits_for_its_next_attempt_whatever_else_happens(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package, 1)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    assert store.settle_delivery(lease, wait=Wait(later(1800), attempts=3, rejections=2))
    store.commit(package, package, events=[an_event(package, 2)])
    assert due_dates(store, package, DueKind.DELIVERY) == [later(1800)]
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(1799), until=later(1860)) is None
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(1800), until=later(1860))
    assert lease is not None
    assert (lease.cursor, lease.attempts, lease.rejections) == (0, 3, 2)
    after = store.advance_delivery(lease, sequence=1)
    assert (after.attempts, after.rejections) == (0, 0)


def test_events_that_come_during_a_delivery_are_due_at_once(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package, 1)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    store.commit(package, replace(package, updated_at=later(7)), events=[an_event(package, 2)])
    lease = store.advance_delivery(lease, sequence=1)
    assert not store.settle_delivery(lease)
    assert due_dates(store, package, DueKind.DELIVERY) == [later(7)]
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(8), until=later(60))


def test_a_lost_delivery_cannot_advance_and_settles_nothing(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, package, events=[an_event(package, 1)])
    lost = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lost is not None
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(60), until=later(120))
    with pytest.raises(StaleVersion):
        store.advance_delivery(lost, sequence=1)
    assert store.settle_delivery(lost, wait=Wait(later(999)))
    assert due_dates(store, package, DueKind.DELIVERY) == [later(120)]


# ------------------------------------------------------------------------------------------------------- the line

HOOK = endpoint_id("https://coupa.example/hook")


def waiting(store: PackageStore, wait: Wait, **fields: Any) -> Package:
    """A package with one event whose delivery was put off."""
    package = created(store, a_package(**fields))
    package = store.commit(package, package, events=[an_event(package)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    assert store.settle_delivery(lease, wait=wait)
    return package


def test_those_who_wait_for_an_endpoint_stand_in_its_line_the_longest_first(store: PackageStore) -> None:
    late = waiting(store, Wait(later(900), failing_since=later(20), endpoint=HOOK))
    early = waiting(store, Wait(later(950), failing_since=later(10), endpoint=HOOK))
    waiting(store, Wait(later(900), failing_since=later(5), endpoint=endpoint_id("https://elsewhere.example")))
    waiting(store, Wait(later(900)))
    assert store.in_line(ACME, HOOK) == (early.id, late.id)
    assert store.in_line(ACME, HOOK, limit=1) == (early.id,)
    assert store.in_line(GLOBEX, HOOK) == ()


def test_who_waits_for_an_endpoint_may_be_taken_earlier_and_leaves_the_line(store: PackageStore) -> None:
    package = waiting(store, Wait(later(900), attempts=2, failing_since=later(20), endpoint=HOOK))
    assert due_dates(store, package, DueKind.DELIVERY) == [later(900)]
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(100), until=later(160))
    assert lease is not None
    assert (lease.attempts, lease.failing_since) == (2, later(20))
    assert store.in_line(ACME, HOOK) == ()
    assert store.settle_delivery(lease, wait=Wait(later(300), attempts=2))
    again = store.lease_delivery(ACME, package.id, owner="b", now=later(300), until=later(360))
    assert again is not None
    assert again.failing_since is None


def test_a_delivered_event_ends_the_failure_and_a_dead_letter_need_not(store: PackageStore) -> None:
    package = waiting(store, Wait(later(900), attempts=2, failing_since=later(20), endpoint=HOOK))
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(100), until=later(160))
    assert lease is not None
    kept = store.advance_delivery(lease, sequence=1, letter=a_letter(package), failing_since=lease.failing_since)
    assert (kept.cursor, kept.attempts, kept.failing_since) == (1, 0, later(20))
    ended = store.advance_delivery(kept, sequence=2)
    assert ended.failing_since is None
    assert store.settle_delivery(ended)
    fresh = store.lease_delivery(ACME, package.id, owner="c", now=later(100), until=later(160))
    assert fresh is not None
    assert (fresh.cursor, fresh.attempts, fresh.failing_since) == (2, 0, None)


# ------------------------------------------------------------------------------------------ dead letters and replays


def a_letter(package: Package, sequence: int = 1, seconds: float = 0) -> DeadLetter:
    event = an_event(package, sequence)
    return DeadLetter(event.id, ACME, package.id, sequence, event.type, later(seconds), "HTTP 400")


def given_up(store: PackageStore, *sequences: int, seconds: float = 0) -> Package:
    """A package all of whose events are dead letters."""
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package, n) for n in sequences])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    for sequence in sequences:
        lease = store.advance_delivery(lease, sequence=sequence, letter=a_letter(package, sequence, seconds))
    assert store.settle_delivery(lease)
    return package


def test_dead_letters_are_listed_over_all_packages_of_an_account_oldest_first(store: PackageStore) -> None:
    late, early = given_up(store, 1, seconds=20), given_up(store, 1, 2, seconds=10)
    expected = (a_letter(early, 1, 10), a_letter(early, 2, 10), a_letter(late, 1, 20))
    assert store.dead_letters(ACME) == (expected, None)
    page, cursor = store.dead_letters(ACME, limit=2)
    assert page == expected[:2]
    assert store.dead_letters(ACME, limit=2, cursor=cursor) == (expected[2:], None)
    assert store.dead_letters(GLOBEX) == ((), None)
    with pytest.raises(MalformedRequest):
        store.dead_letters(ACME, cursor="nonsense")


def test_a_dead_letter_is_kept_only_by_who_has_the_lease(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, package, events=[an_event(package)])
    lost = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lost is not None
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(60), until=later(120))
    with pytest.raises(StaleVersion):
        store.advance_delivery(lost, sequence=1, letter=a_letter(package))
    assert store.dead_letters(ACME) == ((), None)


def test_a_replay_is_due_at_once_and_told_by_the_lease_in_order(store: PackageStore) -> None:
    package = given_up(store, 1, 2, 3)
    assert store.replay_delivery(ACME, package.id, [3], now=later(5)) == (3,)
    assert store.replay_delivery(ACME, package.id, [1, 3], now=later(6)) == (1, 3)
    assert due_dates(store, package, DueKind.DELIVERY) == [later(6)]
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(7), until=later(60))
    assert lease is not None
    assert (lease.cursor, lease.replays) == (3, (1, 3))


def test_what_waits_for_its_first_turn_cannot_be_replayed_past_what_is_before_it(store: PackageStore) -> None:
    package = given_up(store, 1)
    store.commit(package, package, events=[an_event(package, 2), an_event(package, 3)])
    assert store.replay_delivery(ACME, package.id, [0, 1, 3, 99], now=later(5)) == (1,)
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(7), until=later(60))
    assert lease is not None
    assert (lease.cursor, lease.replays) == (1, (1,))


def test_a_replay_does_not_wait_for_what_was_put_off(store: PackageStore) -> None:
    package = given_up(store, 1)
    package = store.commit(package, package, events=[an_event(package, 2)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    assert store.settle_delivery(lease, wait=Wait(later(900)))
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(5), until=later(60)) is None
    assert store.replay_delivery(ACME, package.id, [1], now=later(5))
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(5), until=later(60))


def test_a_replay_that_was_delivered_takes_its_dead_letter_away(store: PackageStore) -> None:
    package = given_up(store, 1, 2)
    store.replay_delivery(ACME, package.id, [1, 2], now=later(5))
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(7), until=later(60))
    assert lease is not None
    lease = store.advance_delivery(lease, sequence=1)
    assert (lease.cursor, lease.replays) == (2, (2,))
    lease = store.advance_delivery(lease, sequence=2, letter=a_letter(package, 2, 9))
    assert lease.replays == ()
    assert store.settle_delivery(lease)
    assert store.dead_letters(ACME) == ((a_letter(package, 2, 9),), None)
    again = store.lease_delivery(ACME, package.id, owner="c", now=later(8), until=later(60))
    assert again is not None
    assert again.replays == ()


def test_a_replay_that_comes_during_a_delivery_is_due_at_once(store: PackageStore) -> None:
    package = given_up(store, 1)
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(7), until=later(60))
    assert lease is not None
    assert store.replay_delivery(ACME, package.id, [1], now=later(8))
    assert not store.settle_delivery(lease)
    again = store.lease_delivery(ACME, package.id, owner="b", now=later(9), until=later(60))
    assert again is not None
    assert again.replays == (1,)


def test_nothing_can_be_replayed_of_a_package_that_never_told_anything(store: PackageStore) -> None:
    package = created(store, a_package())
    assert store.replay_delivery(ACME, package.id, [1], now=NOW) == ()
