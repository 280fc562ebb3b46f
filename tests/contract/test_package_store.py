"""What every package store keeps to: packages as they are made, changed and read."""

# ruff: noqa: F811 - fixtures are arguments

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.domain.document import EvidenceFile, FileKind
from esign.domain.errors import StaleVersion
from esign.domain.ids import PackageId
from esign.domain.package import (
    AttentionNote,
    Callback,
    Charge,
    Counts,
    Message,
    Package,
    ProviderState,
    Reminders,
    Verdict,
    VerdictKind,
)
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
from esign.ports import AlreadyOpen, Listing, PackageStore
from tests.contract.package_steps import NOW, all_due, created, later
from tests.contract.store_fixtures import aws, dynamodb, dynamodb_client, store  # noqa: F401 - fixtures
from tests.fakes.factories import ACME, GLOBEX, a_document, a_full_package, a_package, a_recipient, an_entry, an_event


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
        met=True,
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
        charge=Charge(later(3), "r-1"),
        verdicts=(Verdict(VerdictKind.EXISTS, ("e1", "e2"), "r-1", "code"), Verdict(VerdictKind.REFUSED, ("e1",))),
        withdraw_requested="",
        provider=ProviderState("connective", ("p1", "d1"), "Pending", {"a": [1, 2.5, None]}, {"step": 2}, later(3)),
        documents=(a_document(package.id), a_document(package.id, 2, key=None, template="T", size=None)),
        recipients=(signer, board),
        files=(file,),
    )


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


def test_an_sms_code_and_a_providers_own_method_stay_what_they_are(store: PackageStore) -> None:
    package = a_package()
    kinds = (Authentication.SMS_OTP, ProviderAuthentication("connective", "itsme"))
    people = tuple(a_recipient(package.id, n, authentication=kind) for n, kind in enumerate(kinds, 1))
    created(store, replace(package, recipients=people))
    found = store.get(ACME, package.id)
    assert found is not None
    assert [recipient.authentication for recipient in found.recipients] == list(kinds)
