"""What every package store keeps to when many write at once."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from esign.domain.errors import StaleVersion
from esign.domain.status import PackageStatus
from esign.ports import AlreadyOpen, Created, Listing, PackageStore
from tests.contract.package_steps import NOW, created, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, a_full_package, a_package, an_event


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_sixteen_equal_creates_make_one_package(store: PackageStore) -> None:
    answers = at_once(16, lambda _: store.create(a_package(external_id="PO-1")))
    (winner,) = [answer.package for answer in answers if isinstance(answer, Created)]
    assert {a.package for a in answers if isinstance(a, AlreadyOpen)} == {winner.id}
    assert [head.id for head in store.listing(ACME, Listing())[0]] == [winner.id]


def test_sixteen_equal_creates_after_a_closed_one_make_one_revision(store: PackageStore) -> None:
    old = created(store, a_package(external_id="PO-1"))
    store.commit(old, replace(old, status=PackageStatus.DELETED))
    answers = at_once(16, lambda _: store.create(a_package(external_id="PO-1")))
    (winner,) = [answer.package for answer in answers if isinstance(answer, Created)]
    assert winner.revision == 2
    assert {a.package for a in answers if isinstance(a, AlreadyOpen)} == {winner.id}


def test_of_twelve_commits_on_one_version_one_wins(store: PackageStore) -> None:
    package = created(store, a_full_package())

    def commit(number: int) -> bool:
        try:
            store.commit(package, replace(package, name=f"n{number}"), events=[an_event(package)])
        except StaleVersion:
            return False
        return True

    assert sum(at_once(12, commit)) == 1
    assert len(store.events_after(ACME, package.id, 0)) == 1


def test_of_twelve_leases_one_is_granted(store: PackageStore) -> None:
    package = created(store, a_package())
    store.commit(package, package, events=[an_event(package)])

    def lease(number: int) -> tuple[bool, bool]:
        who: dict[str, Any] = {"owner": f"run-{number}", "now": NOW, "until": later(90)}
        refresh = store.lease_refresh(ACME, package.id, **who)
        return refresh is not None, store.lease_delivery(ACME, package.id, **who) is not None

    answers = at_once(12, lease)
    assert sum(refresh for refresh, _ in answers) == 1
    assert sum(delivery for _, delivery in answers) == 1


def test_no_wake_is_lost_among_twelve(store: PackageStore) -> None:
    package = created(store, a_package())
    wakes = at_once(12, lambda _: store.wake(ACME, package.id, now=NOW))
    assert sorted(wake.wanted for wake in wakes) == list(range(1, 13))
