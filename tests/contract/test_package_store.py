"""What every package store keeps to, over the in-memory one and DynamoDB."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from esign.aws.packages import DynamoPackages
from esign.domain.document import EvidenceFile, FileKind
from esign.domain.errors import MalformedRequest, StaleVersion
from esign.domain.ids import PackageId
from esign.domain.package import AttentionNote, Callback, Counts, Message, Package, ProviderState, Reminders
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Field,
    FormField,
    Group,
    Member,
    ProviderAuthentication,
    Rectangle,
    Role,
    Zone,
    ZonePosition,
)
from esign.domain.status import Attention, DocumentStatus, PackageStatus, RecipientStatus
from esign.domain.timing import Timing
from esign.ports import SHARDS, AlreadyOpen, Created, Due, DueKind, Listing, PackageStore
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client  # noqa: F401 - fixtures
from tests.fakes.clock import START
from tests.fakes.factories import (
    ACME,
    GLOBEX,
    a_document,
    a_full_package,
    a_package,
    a_recipient,
    an_entry,
    an_event,
)
from tests.fakes.packages import MemoryPackages

NOW = START


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> PackageStore:
    if request.param == "memory":
        return MemoryPackages()
    return DynamoPackages(request.getfixturevalue("dynamodb"), TABLE, timing=Timing(), sleep=lambda _: None)


def created(store: PackageStore, package: Package) -> Package:
    answer = store.create(package)
    assert isinstance(answer, Created)
    return answer.package


def a_rich_package() -> Package:
    """Every field set to something that is not its default."""
    package = a_package(external_id="PO 4711 / ü#1")
    fields = (
        Field(a_document(package.id).id, Rectangle(1, 72.5, 100.25, 180, 0.1 + 0.2)),
        Field(a_document(package.id).id, Anchor("Sign here", dx=-3.5)),
        Field(a_document(package.id).id, FormField("sig1")),
        Field(a_document(package.id).id, ZonePosition(-1, Zone.BOTTOM_RIGHT)),
    )
    signer = a_recipient(
        package.id,
        1,
        fields=fields,
        authentication=ProviderAuthentication("connective", "BeId"),
        phone="+3221234567",
        status=RecipientStatus.SIGNED,
        signed_at=later(5),
    )
    group = Group("Board", (Member("Bo", "Li", "bo@example.com"), Member("Cy", "Mo", "cy@example.com", "nl")))
    board = a_recipient(package.id, 2, role=Role.APPROVER, email=None, group=group)
    file = EvidenceFile(1, FileKind.SIGNED_DOCUMENT, "c.pdf", "application/pdf", 9, "cd" * 32, "k", "v1")
    return replace(
        package,
        description="With an umlaut: ä",
        message=Message("Please sign", "Dear Anna"),
        language="nl",
        status_reason="x",
        attention=AttentionNote(Attention.STUCK, later(1), "Look."),
        sequential_signing=True,
        expires_at=later(9e6),
        reminders=Reminders(2, 3),
        sent_at=later(2),
        archived=True,
        callback=Callback("https://coupa.example/cb", ("package.sent",)),
        metadata={"costCentre": "42"},
        sequence=3,
        send_attempt="a1",
        send_deadline=later(25),
        withdraw_requested="",
        provider=ProviderState("connective", ("p1", "d1"), "Pending", {"a": [1, 2.5, None]}, {"step": 2}, later(3)),
        documents=(a_document(package.id), a_document(package.id, 2, key=None, template="T", size=None)),
        recipients=(signer, board),
        files=(file,),
    )


# --------------------------------------------------------------------------------------------------------- packages


def test_what_is_created_is_read_back_whole(store: PackageStore) -> None:
    package = created(store, a_rich_package())
    assert store.get(package.account, package.id) == package


def test_a_head_is_the_package_without_its_parts(store: PackageStore) -> None:
    package = created(store, a_rich_package())
    head = store.head(package.account, package.id)
    assert head is not None
    assert replace(package, documents=(), recipients=(), files=()) == Package(
        **{name: getattr(head, name) for name in head.__dataclass_fields__}
    )


def test_an_unknown_package_is_none(store: PackageStore) -> None:
    assert store.get(ACME, PackageId("pkg_0")) is None
    assert store.head(ACME, PackageId("pkg_0")) is None


def test_another_account_cannot_see_a_package(store: PackageStore) -> None:
    package = created(store, a_full_package(external_id="PO-1"))
    store.append_timeline(ACME, package.id, [an_entry()])
    assert store.get(GLOBEX, package.id) is None
    assert store.head(GLOBEX, package.id) is None
    assert store.timeline(GLOBEX, package.id) == ((), None)
    assert store.events_after(GLOBEX, package.id, 0) == ()
    assert store.listing(GLOBEX, Listing()) == ((), None)
    assert store.listing(GLOBEX, Listing(external_id="PO-1")) == ((), None)


def test_the_same_external_id_may_be_open_in_two_accounts(store: PackageStore) -> None:
    created(store, a_package(external_id="PO-1"))
    created(store, a_package(external_id="PO-1", account=GLOBEX))


def test_an_external_id_is_open_once_in_an_account(store: PackageStore) -> None:
    first = created(store, a_package(external_id="PO-1"))
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(first.id)


def test_packages_without_external_id_never_clash(store: PackageStore) -> None:
    assert created(store, a_package()).id != created(store, a_package()).id


def test_the_external_id_of_a_closed_package_starts_a_new_revision(store: PackageStore) -> None:
    ids = []
    for revision in (1, 2, 3):
        package = created(store, a_package(external_id="PO-1"))
        assert package.revision == revision
        store.commit(package, replace(package, status=PackageStatus.DELETED))
        ids.append(package.id)
    found, cursor = store.listing(ACME, Listing(external_id="PO-1"))
    assert [head.id for head in found] == ids[::-1]
    assert [head.revision for head in found] == [3, 2, 1]
    assert cursor is None


def test_a_package_sent_or_signed_still_holds_its_external_id(store: PackageStore) -> None:
    package = created(store, a_package(external_id="PO-1"))
    for status in (PackageStatus.SENDING, PackageStatus.IN_PROCESS, PackageStatus.SIGNED):
        package = store.commit(package, replace(package, status=status))
        assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(package.id)


def test_an_expired_package_taken_up_again_holds_its_external_id_again(store: PackageStore) -> None:
    package = created(store, a_package(external_id="PO-1", status=PackageStatus.IN_PROCESS))
    package = store.commit(package, replace(package, status=PackageStatus.EXPIRED))
    package = store.commit(package, replace(package, status=PackageStatus.SIGNED))
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(package.id)


def test_an_expired_package_may_be_taken_up_beside_its_successor_and_both_close(store: PackageStore) -> None:
    old = created(store, a_package(external_id="PO-1", status=PackageStatus.IN_PROCESS))
    old = store.commit(old, replace(old, status=PackageStatus.EXPIRED))
    new = created(store, a_package(external_id="PO-1"))
    old = store.commit(old, replace(old, status=PackageStatus.SIGNED))
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(new.id)
    store.commit(new, replace(new, status=PackageStatus.DELETED))
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(old.id)
    store.commit(old, replace(old, status=PackageStatus.COMPLETE))
    assert created(store, a_package(external_id="PO-1")).revision == 3


def test_a_commit_writes_what_changed_and_counts_the_version(store: PackageStore) -> None:
    package = created(store, a_full_package())
    changed = replace(package, name="New", expires_at=later(60), message=Message("S"))
    answer = store.commit(package, changed)
    assert answer.version == package.version + 1
    assert store.get(ACME, package.id) == answer == replace(changed, version=answer.version)


def test_a_commit_takes_values_away(store: PackageStore) -> None:
    package = created(store, a_rich_package())
    bare = replace(package, attention=None, callback=None, description=None, withdraw_requested=None, message=Message())
    store.commit(package, bare)
    found = store.get(ACME, package.id)
    assert found == replace(bare, version=found.version)


def test_parts_are_added_changed_and_removed(store: PackageStore) -> None:
    package = created(store, a_full_package())
    two = replace(package, documents=(*package.documents, a_document(package.id, 2)))
    two = store.commit(package, two)
    changed = replace(two.documents[1], status=DocumentStatus.AWAITING_UPLOAD, size=None)
    one = store.commit(two, replace(two, documents=(changed,)))
    found = store.get(ACME, package.id)
    assert found == one
    assert found.documents == (changed,)


def test_signers_are_counted_with_each_change(store: PackageStore) -> None:
    package = created(store, a_full_package())
    assert package.counts == Counts(pending=1, total=1)
    signed = replace(package.recipients[0], status=RecipientStatus.SIGNED)
    other = a_recipient(package.id, 2, role=Role.CC)
    store.commit(package, replace(package, recipients=(signed, other)))
    head = store.head(ACME, package.id)
    assert head is not None
    assert head.counts == Counts(signed=1, total=1)


def test_a_package_holds_fifty_recipients_and_thirty_documents(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, replace(package, documents=tuple(a_document(package.id, n) for n in range(1, 31))))
    recipients = tuple(a_recipient(package.id, n) for n in range(1, 51))
    package = store.commit(package, replace(package, recipients=recipients), timeline=[an_entry()])
    assert store.get(ACME, package.id) == package
    signed = tuple(replace(r, status=RecipientStatus.SIGNED, signed_at=NOW) for r in recipients)
    events = [an_event(package, n) for n in range(1, 51)]
    store.commit(package, replace(package, recipients=signed), events=events, timeline=[an_entry()], refresh_at=NOW)
    assert len(store.events_after(ACME, package.id, 0)) == 50


def test_a_stale_version_changes_nothing(store: PackageStore) -> None:
    package = created(store, a_full_package(external_id="PO-1"))
    winner = store.commit(package, replace(package, name="First"))
    with pytest.raises(StaleVersion):
        store.commit(
            package,
            replace(package, name="Second", status=PackageStatus.DELETED, documents=()),
            events=[an_event(package)],
            timeline=[an_entry()],
            refresh_at=NOW,
        )
    assert store.get(ACME, package.id) == winner
    assert store.events_after(ACME, package.id, 0) == ()
    assert store.timeline(ACME, package.id) == ((), None)
    assert all_due(store, later(1e9)) == []
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(package.id)


def test_a_package_that_was_never_created_cannot_be_committed(store: PackageStore) -> None:
    package = a_package()
    with pytest.raises(StaleVersion):
        store.commit(package, replace(package, name="x"))


def test_an_id_is_created_once(store: PackageStore) -> None:
    package = created(store, a_package())
    with pytest.raises(StaleVersion):
        store.create(replace(package, name="Other"))


def test_a_package_is_found_by_its_providers_reference_in_its_account_only(store: Any) -> None:
    package = created(store, a_package())
    sent = replace(package, provider=replace(package.provider, reference=("77", "d1")))
    package = store.commit(package, sent)
    assert store.by_reference(ACME, "connective", "77") == package.id
    assert store.by_reference(GLOBEX, "connective", "77") is None
    assert store.by_reference(ACME, "esigntools", "77") is None
    store.commit(package, replace(package, provider=replace(package.provider, reference=("78",))))
    assert store.by_reference(ACME, "connective", "77") is None
    assert store.by_reference(ACME, "connective", "78") == package.id


# ------------------------------------------------------------------------------------------------------ concurrency


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


# ---------------------------------------------------------------------------------------------------------- refresh


def all_due(store: PackageStore, before: datetime) -> list[Due]:
    return [line for shard in range(SHARDS) for line in store.due(shard, before=before)[0]]


def due_dates(store: PackageStore, package: Package, kind: DueKind = DueKind.REFRESH) -> list[datetime]:
    found = all_due(store, later(1e9))
    return [line.due_at for line in found if line.kind is kind and (line.account, line.package) == (ACME, package.id)]


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


# --------------------------------------------------------------------------------------------------------- delivery


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


# ------------------------------------------------------------------------------------------------- schedule, lists


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


def test_the_timeline_is_told_in_order_and_in_pages(store: PackageStore) -> None:
    package = a_package()
    story = [an_entry(f"step {number}", later(number), milliseconds=number) for number in range(60)]
    store.create(package, timeline=story[:2])
    store.append_timeline(ACME, package.id, story[2:])
    first, cursor = store.timeline(ACME, package.id, limit=40)
    second, end = store.timeline(ACME, package.id, limit=40, cursor=cursor)
    assert list(first + second) == story
    assert end is None


def test_the_listing_is_newest_first_in_pages(store: PackageStore) -> None:
    ids = [created(store, a_full_package(created_at=later(number))).id for number in range(7)]
    found: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page, cursor = store.listing(ACME, Listing(limit=3, cursor=cursor))
        found += [head.id for head in page]
    assert found == ids[::-1]
    assert cursor is None


def test_the_listing_can_be_narrowed(store: PackageStore) -> None:
    for number in range(12):
        package = created(store, a_package(created_at=later(number)))
        if number % 3 == 0:
            store.commit(package, replace(package, status=PackageStatus.DELETED))
    deleted, cursor = store.listing(ACME, Listing(status=PackageStatus.DELETED))
    assert [head.created_at for head in deleted] == [later(9), later(6), later(3), later(0)]
    assert cursor is None
    young, _ = store.listing(ACME, Listing(created_after=later(9)))
    assert [head.created_at for head in young] == [later(11), later(10)]


def test_a_narrowed_listing_pages_without_gap_or_repetition(store: PackageStore) -> None:
    for number in range(25):
        package = created(store, a_package(created_at=later(number)))
        if number % 2:
            store.commit(package, replace(package, status=PackageStatus.DELETED))
    found: list[datetime] = []
    cursor: str | None = None
    while True:
        page, cursor = store.listing(ACME, Listing(status=PackageStatus.DELETED, limit=3, cursor=cursor))
        assert len(page) <= 3
        found += [head.created_at for head in page]
        if cursor is None:
            break
    assert found == [later(number) for number in range(23, 0, -2)]


def test_a_cursor_from_another_account_shows_nothing_of_it(store: PackageStore) -> None:
    for number in range(4):
        created(store, a_package(created_at=later(number)))
    mine = created(store, a_package(created_at=NOW, account=GLOBEX))
    _, cursor = store.listing(ACME, Listing(limit=2))
    page, _ = store.listing(GLOBEX, Listing(cursor=cursor))
    assert [head.id for head in page] == [mine.id]


def test_a_cursor_that_we_never_gave_is_refused(store: PackageStore) -> None:
    with pytest.raises(MalformedRequest):
        store.listing(ACME, Listing(cursor="ÿ%%"))


def test_an_sms_code_and_a_providers_own_method_stay_what_they_are(store: PackageStore) -> None:
    package = a_package()
    kinds = (Authentication.SMS_OTP, ProviderAuthentication("connective", "itsme"))
    people = tuple(a_recipient(package.id, n, authentication=kind) for n, kind in enumerate(kinds, 1))
    created(store, replace(package, recipients=people))
    found = store.get(ACME, package.id)
    assert found is not None
    assert [recipient.authentication for recipient in found.recipients] == list(kinds)
