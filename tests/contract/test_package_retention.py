"""What every package store keeps to when things have to go: dates, people's pointers, the outbox's reasons."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.aws import schema
from esign.domain.account import Forgetting
from esign.domain.document import EvidenceFile, FileKind, SignatureObservation
from esign.domain.events import DeadLetter, EventType
from esign.domain.forgetting import forgotten, subject_hash, traceless, without_subject
from esign.domain.package import Package
from esign.domain.recipient import Group, Member
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing
from esign.operations.apply_retention import Retention
from esign.ports import DueKind, PackageStore, Told
from tests.contract.package_steps import NOW, created, due_dates, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, items, store  # noqa: F401 - fixtures
from tests.fakes.clock import FixedClock
from tests.fakes.factories import ACME, GLOBEX, a_document, a_full_package, a_package, a_recipient, an_event
from tests.fakes.files import MemoryDocuments, MemoryEvidence

LOOK = Timing().retention_look
MAIL = subject_hash("anna.berg1@example.com")


def a_file(package: Package, **changes: Any) -> EvidenceFile:
    known: dict[str, Any] = {
        "number": 1,
        "kind": FileKind.SIGNED_DOCUMENT,
        "name": "contract.pdf",
        "content_type": "application/pdf",
        "size": 7,
        "sha256": "cd" * 32,
        "key": f"acme/{package.id}/evidence/01",
        "version": "v1",
    }
    return EvidenceFile(**known | changes)


def test_a_package_that_closes_is_due_for_retention_a_day_later(store: PackageStore) -> None:
    package = created(store, a_package())
    assert due_dates(store, package, DueKind.RETENTION) == []
    package = store.commit(package, replace(package, status=PackageStatus.SENDING))
    assert due_dates(store, package, DueKind.RETENTION) == []
    store.commit(package, replace(package, status=PackageStatus.FAILED, updated_at=later(5)))
    assert due_dates(store, package, DueKind.RETENTION) == [later(5 + LOOK)]


def test_a_change_of_a_closed_package_leaves_its_date(store: PackageStore) -> None:
    package = created(store, a_package(status=PackageStatus.EXPIRED))
    store.schedule_retention(ACME, package.id, at=later(99))
    store.commit(package, replace(package, name="Other"))
    assert due_dates(store, package, DueKind.RETENTION) == [later(99)]


def test_a_package_that_opens_again_has_no_date(store: PackageStore) -> None:
    package = created(store, a_package(external_id="C-1", status=PackageStatus.IN_PROCESS))
    expired = store.commit(package, replace(package, status=PackageStatus.EXPIRED))
    store.commit(expired, replace(expired, status=PackageStatus.IN_PROCESS))
    assert due_dates(store, package, DueKind.RETENTION) == []


def test_a_date_is_moved_and_taken_away(store: PackageStore) -> None:
    package = created(store, a_package())
    for at in (later(10), later(700), later(20)):
        store.schedule_retention(ACME, package.id, at=at)
        assert due_dates(store, package, DueKind.RETENTION) == [at]
    store.schedule_retention(ACME, package.id, at=None)
    store.schedule_retention(ACME, package.id, at=None)
    assert due_dates(store, package, DueKind.RETENTION) == []


def test_a_line_of_retention_can_be_taken_once(store: PackageStore) -> None:
    package = created(store, a_package())
    store.schedule_retention(ACME, package.id, at=NOW)
    store.wake(ACME, package.id, now=NOW)
    (line,) = [
        line for shard in range(10) for line in store.due(shard, before=NOW)[0] if line.kind is DueKind.RETENTION
    ]
    assert store.defer(line, to=later(90))
    assert not store.defer(line, to=later(91))
    assert due_dates(store, package, DueKind.RETENTION) == [later(90)]
    assert due_dates(store, package) == [NOW]


# ------------------------------------------------------------------------------------------------------------ people


def test_people_are_found_by_the_hash_of_their_address_in_their_own_account(store: PackageStore) -> None:
    first = created(store, a_full_package())
    second = created(store, a_full_package())
    created(store, a_package())
    assert store.subjects(ACME, MAIL) == tuple(sorted((first.id, second.id)))
    assert store.subjects(GLOBEX, MAIL) == ()
    assert store.subjects(ACME, subject_hash("nobody@example.com")) == ()


def test_members_of_a_group_are_found_too(store: PackageStore) -> None:
    package = a_package()
    group = Group("Legal", (Member("Ben", "Cole", "Ben@Example.com"),))
    package = created(store, replace(package, recipients=(a_recipient(package.id, email=None, group=group),)))
    assert store.subjects(ACME, subject_hash("ben@example.com")) == (package.id,)


def test_the_forgotten_are_found_as_long_as_evidence_may_name_them(store: PackageStore) -> None:
    package = created(store, a_full_package())
    package = store.commit(package, replace(package, files=(a_file(package),)))
    package = store.commit(package, forgotten(package, later(1)))
    assert store.get(ACME, package.id) == package
    assert store.subjects(ACME, MAIL) == (package.id,)
    store.commit(package, traceless(package))
    assert store.subjects(ACME, MAIL) == ()


def test_without_evidence_the_forgotten_are_not_found_any_more(store: PackageStore) -> None:
    package = created(store, a_full_package())
    store.commit(package, forgotten(package, later(1)))
    assert store.subjects(ACME, MAIL) == ()


def test_nothing_personal_is_left_in_the_table(dynamodb: Any, store: PackageStore) -> None:
    """Also not in an index, a pointer or an attribute that nobody reads any more."""
    package = created(store, a_full_package(description="for Anna", metadata={"buyer": "Anna"}))
    declined = an_event(package, type=EventType.PACKAGE_DECLINED, reason="too dear, says Anna")
    package = store.commit(package, replace(package, status_reason="says Anna"), events=[declined])
    store.forget_reasons(ACME, package.id)
    store.commit(package, forgotten(package, later(1)))
    text = repr(items(dynamodb))
    assert "Anna" not in text
    assert "Berg" not in text
    assert "@example.com" not in text


def test_one_persons_pointer_goes_with_them(store: PackageStore) -> None:
    package = a_package()
    package = created(store, replace(package, recipients=(a_recipient(package.id), a_recipient(package.id, 2))))
    other = subject_hash("anna.berg2@example.com")
    store.commit(package, without_subject(package, MAIL))
    assert store.subjects(ACME, MAIL) == ()
    assert store.subjects(ACME, other) == (package.id,)


# -------------------------------------------------------------------------------------------------------- the outbox


def test_reasons_leave_the_outbox_and_nothing_else_does(store: PackageStore) -> None:
    package = created(store, a_package())
    events = [an_event(package), an_event(package, 2, reason="too dear"), an_event(package, 3)]
    store.commit(package, package, events=events)
    store.forget_reasons(ACME, package.id)
    store.forget_reasons(ACME, package.id)
    assert store.events_after(ACME, package.id, 0) == tuple(replace(event, reason=None) for event in events)


def test_a_package_without_events_has_no_reasons_to_forget(store: PackageStore) -> None:
    package = created(store, a_package())
    store.forget_reasons(ACME, package.id)
    assert store.told(ACME, package.id) == Told()


def test_a_store_tells_whether_coupa_still_has_to_be_told(store: PackageStore) -> None:
    package = created(store, a_package())
    package = store.commit(package, package, events=[an_event(package), an_event(package, 2)])
    assert store.told(ACME, package.id) == Told(waiting=True)
    lease = store.lease_delivery(ACME, package.id, owner="a", now=NOW, until=later(60))
    assert lease is not None
    lease = store.advance_delivery(lease, sequence=1)
    assert store.told(ACME, package.id).waiting
    letter = DeadLetter("evt", ACME, package.id, 2, EventType.PACKAGE_SENT, NOW, "HTTP 400")
    lease = store.advance_delivery(lease, sequence=2, letter=letter)
    assert store.told(ACME, package.id) == Told(waiting=False, dead_letters=1)
    store.settle_delivery(lease)
    store.replay_delivery(ACME, package.id, [2], now=NOW)
    assert store.told(ACME, package.id).waiting


# ---------------------------------------------------------------------------------------------------- what is stored


@pytest.mark.parametrize("seen", [None, SignatureObservation(readable=False)], ids=["none", "unreadable"])
def test_an_observation_comes_back_as_it_was(store: PackageStore, seen: SignatureObservation | None) -> None:
    package = created(store, a_package())
    package = store.commit(package, replace(package, files=(a_file(package, observed=seen),)))
    assert store.get(ACME, package.id) == package
    full = SignatureObservation(
        readable=True,
        signatures=2,
        intact=2,
        sound=1,
        covers_whole_file=True,
        modification_level="FORM_FILLING",
        digest_algorithms=("sha256", "sha512"),
        tool="pyHanko 0.38.0",
    )
    package = store.commit(package, replace(package, files=(a_file(package, observed=full, locked_until=later(9)),)))
    assert store.get(ACME, package.id) == package


def test_the_rules_of_an_account_are_flat_attributes_that_old_accounts_lack() -> None:
    from esign.aws.codec import decode, encode
    from esign.domain.account import Account
    from tests.fakes.factories import an_account

    item = encode(an_account(forgetting=Forgetting(30, provider_copy=True), hold=True))
    assert item["forgetting.afterDays"] == {"N": "30"}
    old = {name: value for name, value in item.items() if not name.startswith(("forgetting", "hold"))}
    assert decode(Account, old).forgetting == Forgetting()
    assert schema.RETENTION == "S#RETENTION"


def test_the_largest_package_is_forgotten_with_its_evidence(store: PackageStore) -> None:
    """More parts than one transaction takes: 50 people, whose names stand in those of 30 documents and of their files."""
    package = a_package()
    documents = tuple(a_document(package.id, number, name=f"For Anna {number}.pdf") for number in range(1, 31))
    people = tuple(a_recipient(package.id, n, first_name="Anna", email=f"p{n}@example.com") for n in range(1, 51))
    package = created(store, replace(package, documents=documents, recipients=people))
    files = tuple(a_file(package, number=number, name=f"For Anna {number}.pdf") for number in range(1, 62))
    package = store.commit(package, replace(package, files=files))
    package = store.commit(package, replace(package, status=PackageStatus.DELETED, ended_at=NOW))
    clock, evidence = FixedClock(), MemoryEvidence()
    no_calls: Any = None  # nothing is left at the provider
    retention = Retention(store, no_calls, MemoryDocuments(), evidence, clock, Timing())
    after = retention.forget(package)
    assert "Anna" not in repr(after)
    assert store.get(ACME, package.id) == after
    after = retention._remove_evidence(after)
    assert after.files == ()
    assert store.get(ACME, package.id) == after
