"""What every package store keeps to: wake-ups and refresh leases, and the schedule of what is due."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from esign.ports import SHARDS, DueKind, PackageStore
from tests.contract.package_steps import NOW, all_due, created, due_dates, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, a_package, an_event


def test_a_wake_makes_due_at_once_and_says_whether_somebody_is_at_work(store: PackageStore) -> None:
    package = created(store, a_package())
    wake = store.wake(ACME, package.id, now=NOW)
    assert (wake.wanted, wake.leased) == (1, False)
    assert due_dates(store, package) == [NOW]
    store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert store.wake(ACME, package.id, now=later(1)).leased
    assert not store.wake(ACME, package.id, now=later(90)).leased


def test_a_lease_keeps_others_out_until_it_ends(store: PackageStore) -> None:
    package = created(store, a_package())
    assert store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert store.lease_refresh(ACME, package.id, owner="b", now=later(89), until=later(200)) is None
    assert store.lease_refresh(ACME, package.id, owner="a", now=later(10), until=later(100))
    assert store.lease_refresh(ACME, package.id, owner="b", now=later(100), until=later(200))


def test_what_a_crashed_run_leaves_is_due_when_its_lease_ends(store: PackageStore) -> None:
    package = created(store, a_package())
    store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert due_dates(store, package) == [later(90)]


def test_a_settled_refresh_is_free_and_due_at_its_next_date(store: PackageStore) -> None:
    package = created(store, a_package())
    store.wake(ACME, package.id, now=NOW)
    lease = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lease is not None
    assert (lease.wanted, lease.last_read_at) == (1, None)
    assert store.settle_refresh(lease, read_at=later(2), next_due_at=later(300))
    assert due_dates(store, package) == [later(300)]
    lease = store.lease_refresh(ACME, package.id, owner="b", now=later(3), until=later(90))
    assert lease is not None
    assert lease.last_read_at == later(2)
    assert store.settle_refresh(lease, read_at=None, next_due_at=None)
    assert due_dates(store, package) == []
    lease = store.lease_refresh(ACME, package.id, owner="c", now=later(3), until=later(90))
    assert lease is not None
    assert lease.last_read_at == later(2)


def test_a_wake_during_a_refresh_asks_for_another_round(store: PackageStore) -> None:
    package = created(store, a_package())
    lease = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lease is not None
    store.wake(ACME, package.id, now=later(1))
    assert not store.settle_refresh(lease, read_at=later(1), next_due_at=later(300))
    assert store.lease_refresh(ACME, package.id, owner="b", now=later(2), until=later(90)) is None
    lease = store.lease_refresh(ACME, package.id, owner="a", now=later(2), until=later(92))
    assert lease is not None
    assert (lease.wanted, lease.last_read_at) == (1, later(1))
    assert store.settle_refresh(lease, read_at=later(11), next_due_at=later(300))
    assert due_dates(store, package) == [later(300)]


def test_a_refresh_given_back_by_force_leaves_the_package_due_since_the_wake(store: PackageStore) -> None:
    package = created(store, a_package())
    lease = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lease is not None
    store.wake(ACME, package.id, now=later(1))
    package = store.commit(package, package, refresh_at=later(3600))
    assert store.settle_refresh(lease, read_at=later(2), next_due_at=later(300), force=True)
    assert due_dates(store, package) == [later(1)]
    assert store.lease_refresh(ACME, package.id, owner="b", now=later(2), until=later(90))


def test_a_forced_settle_without_a_wake_is_an_ordinary_one(store: PackageStore) -> None:
    package = created(store, a_package())
    lease = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lease is not None
    assert store.settle_refresh(lease, read_at=NOW, next_due_at=later(300), force=True)
    assert due_dates(store, package) == [later(300)]


def test_a_lost_lease_settles_nothing(store: PackageStore) -> None:
    package = created(store, a_package())
    lost = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lost is not None
    assert store.lease_refresh(ACME, package.id, owner="b", now=later(91), until=later(200))
    assert store.settle_refresh(lost, read_at=later(92), next_due_at=later(300))
    assert due_dates(store, package) == [later(200)]
    assert store.lease_refresh(ACME, package.id, owner="c", now=later(93), until=later(300)) is None


def test_a_commit_sets_and_forgets_the_next_refresh(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, refresh_at=later(300))
    assert due_dates(store, package) == [later(300)]
    package = store.commit(package, package)
    assert due_dates(store, package) == [later(300)]
    store.commit(package, package, forget_refresh=True)
    assert due_dates(store, package) == []


def test_no_later_date_hides_a_wake_that_nobody_has_taken_up(store: PackageStore) -> None:
    package = created(store, a_package())
    store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    store.wake(ACME, package.id, now=later(1))
    package = store.commit(package, package, refresh_at=later(3600))  # the run crashes after this
    assert due_dates(store, package) == [later(1)]
    store.lease_refresh(ACME, package.id, owner="b", now=later(91), until=later(181))
    store.commit(package, package, refresh_at=later(3600))
    assert due_dates(store, package) == [later(3600)]


def test_due_lines_come_oldest_first_in_pages_and_not_before_their_time(store: PackageStore) -> None:
    for number in range(40):
        package = created(store, a_package())
        store.commit(package, package, refresh_at=later(number % 20))
    found = []
    for shard in range(SHARDS):
        cursor, lines = None, []
        while True:
            page, cursor = store.due(shard, before=later(15), limit=2, cursor=cursor)
            lines += page
            if cursor is None:
                break
        assert [line.due_at for line in lines] == sorted(line.due_at for line in lines)
        found += lines
    assert len(found) == len(set(found)) == 32


def test_a_sweep_may_defer_the_lines_of_a_page_and_page_on(store: PackageStore) -> None:
    for number in range(30):
        package = created(store, a_package())
        store.commit(package, package, refresh_at=later(number))
    seen = 0
    for shard in range(SHARDS):
        cursor: str | None = None
        while True:
            page, cursor = store.due(shard, before=later(60), limit=2, cursor=cursor)
            seen += sum(store.defer(line, to=later(3600)) for line in page)
            if cursor is None:
                break
    assert seen == 30
    assert all_due(store, later(60)) == []


def test_a_due_line_is_deferred_unless_it_moved(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, refresh_at=later(1), events=[an_event(package)])
    refresh, delivery = sorted(all_due(store, later(100)), key=lambda line: line.due_at)
    store.wake(ACME, package.id, now=later(2))
    assert not store.defer(refresh, to=later(50))
    assert store.defer(delivery, to=later(90))
    assert due_dates(store, package) == [later(2)]
    assert due_dates(store, package, DueKind.DELIVERY) == [later(90)]


def test_a_polled_line_moves_to_its_next_date_and_remembers_when_it_was_read(store: PackageStore) -> None:
    package = created(store, a_package())
    store.wake(ACME, package.id, now=NOW)
    lease = store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    assert lease is not None
    assert store.settle_refresh(lease, read_at=None, next_due_at=later(100))
    (line,) = all_due(store, before=later(100))
    assert store.settle_poll(line, now=later(101), read_at=later(101), next_due_at=later(500))
    assert store.settle_poll(line, now=later(101), read_at=later(101), next_due_at=later(500)), (
        "a lost reply, told again"
    )
    state = store.refresh_state(ACME, package.id, now=later(101))
    assert state is not None
    assert (state.due_at, state.read_at, state.busy) == (later(500), later(101), False)
    assert not store.settle_poll(line, now=later(102), read_at=None, next_due_at=later(600)), "it moved meanwhile"
    (line,) = all_due(store, before=later(500))
    assert store.settle_poll(line, now=later(501), read_at=None, next_due_at=None)
    assert due_dates(store, package) == []


def test_a_poll_settles_nothing_that_somebody_woke_or_took(store: PackageStore) -> None:
    package = created(store, a_package())
    store.wake(ACME, package.id, now=NOW)
    (line,) = all_due(store, before=NOW)
    state = store.refresh_state(ACME, package.id, now=NOW)
    assert state is not None
    assert state.busy
    assert not store.settle_poll(line, now=NOW, read_at=NOW, next_due_at=later(300)), "a wake-up waits"
    store.lease_refresh(ACME, package.id, owner="a", now=NOW, until=later(90))
    (line,) = all_due(store, before=later(90))
    assert not store.settle_poll(line, now=later(89), read_at=NOW, next_due_at=later(300)), "somebody is at it"
    assert store.settle_poll(line, now=later(90), read_at=NOW, next_due_at=later(300)), "its time is over"


def test_a_package_that_was_never_due_has_no_refresh_to_settle(store: PackageStore) -> None:
    package = created(store, a_package())
    assert store.refresh_state(ACME, package.id, now=NOW) is None


def test_one_sweeper_at_a_time_has_a_shard(store: PackageStore) -> None:
    assert store.take_shard(3, owner="a", now=NOW, until=later(60))
    assert store.take_shard(3, owner="a", now=later(1), until=later(60)), "its own"
    assert not store.take_shard(3, owner="b", now=later(59), until=later(120))
    assert store.take_shard(4, owner="b", now=NOW, until=later(60)), "another shard"
    assert store.take_shard(3, owner="b", now=later(60), until=later(120)), "what a crash left"
    store.leave_shard(3, owner="a")
    assert not store.take_shard(3, owner="a", now=later(61), until=later(120)), "b's, whatever a says"
    store.leave_shard(3, owner="b")
    assert store.take_shard(3, owner="a", now=later(62), until=later(120))
