"""What every package store keeps to: the outbox and the lease of its delivery."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.errors import StaleVersion
from esign.ports import DueKind, PackageStore
from tests.contract.package_steps import NOW, created, due_dates, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, a_package, an_event


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
    lease = store.advance_delivery(lease, cursor=1)
    lease = store.advance_delivery(lease, cursor=2)
    assert store.settle_delivery(lease, attempts=0, next_attempt_at=None)
    assert due_dates(store, package, DueKind.DELIVERY) == []
    again = store.lease_delivery(ACME, package.id, owner="b", now=later(1), until=later(60))
    assert again is not None
    assert again.cursor == 2


def test_a_failed_delivery_waits_for_its_next_attempt_whatever_else_happens(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package, 1)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    assert store.settle_delivery(lease, attempts=3, next_attempt_at=later(1800))
    store.commit(package, package, events=[an_event(package, 2)])
    assert due_dates(store, package, DueKind.DELIVERY) == [later(1800)]
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(1799), until=later(1860)) is None
    lease = store.lease_delivery(ACME, package.id, owner="b", now=later(1800), until=later(1860))
    assert lease is not None
    assert (lease.cursor, lease.attempts) == (0, 3)
    assert store.advance_delivery(lease, cursor=1).attempts == 0


def test_events_that_come_during_a_delivery_are_due_at_once(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package, 1)])
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    store.commit(package, replace(package, updated_at=later(7)), events=[an_event(package, 2)])
    lease = store.advance_delivery(lease, cursor=1)
    assert not store.settle_delivery(lease, attempts=0, next_attempt_at=None)
    assert due_dates(store, package, DueKind.DELIVERY) == [later(7)]
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(8), until=later(60))


def test_a_lost_delivery_cannot_advance_and_settles_nothing(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, package, events=[an_event(package, 1)])
    lost = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lost is not None
    assert store.lease_delivery(ACME, package.id, owner="b", now=later(60), until=later(120))
    with pytest.raises(StaleVersion):
        store.advance_delivery(lost, cursor=1)
    assert store.settle_delivery(lost, attempts=1, next_attempt_at=later(999))
    assert due_dates(store, package, DueKind.DELIVERY) == [later(120)]
