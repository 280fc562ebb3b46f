"""What goes of an ended package, when, and what never goes: personal data, the provider's copy, evidence, holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from esign.domain.account import Forgetting
from esign.domain.errors import ProviderConflict, ProviderUnavailable, WrongState
from esign.domain.forgetting import forgotten, subject_hash
from esign.domain.ids import PackageId
from esign.domain.recipient import Anchor, Field, Group, Member
from esign.domain.status import Attention, PackageStatus
from esign.operations.accept_package import accept_package
from esign.operations.hold import change_retention, hold_package
from esign.ports import Delivered
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import a_document, a_full_package, a_recipient

DAY = 86400
ALL = Forgetting(after_days=30, provider_copy=True, evidence=True)
PERSONAL = {"Anna", "Berg", "example.com", "+4912345", "10.0.0.7", "please sign", "too dear", "Acme secret"}


def ended(rules: Forgetting = ALL, *, delivered: bool = True, **fields: Any) -> tuple[Connector, PackageId]:
    """A completed package of an account with these rules, of which Coupa knows."""
    connector = Connector()
    connector.settings(forgetting=rules)
    package = connector.sent(**fields)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE
    if delivered:
        connector.deliver(package.id)
    return connector, package.id


def sweep_for(connector: Connector, days: int) -> None:
    """A sweep a day, and what it starts."""
    for _ in range(days):
        connector.clock.advance(DAY)
        before = set(connector.workflows.started)
        connector.sweep()
        for name in set(connector.workflows.started) - before:
            if "-retain-" in name:
                connector.retention.apply(*connector.workflows.started[name])


def test_an_account_without_rules_keeps_everything_and_is_not_looked_at_again():
    connector, package = ended(Forgetting())
    before = connector.now(package)
    sweep_for(connector, 40)
    assert connector.now(package) == before
    assert not [name for name in connector.workflows.started if "-retain-" in name]


def test_what_is_personal_goes_after_its_days_and_not_before():
    connector, package = ended(Forgetting(after_days=30))
    sweep_for(connector, 29)
    assert connector.now(package).recipients[0].email == "signer1@example.com"
    assert connector.documents.objects
    sweep_for(connector, 3)
    after = connector.now(package)
    assert after.forgotten_at is not None
    assert (after.recipients[0].full_name, after.recipients[0].email) == ("Recipient 01", None)
    assert not connector.documents.objects
    assert after.files[0].sha256
    assert connector.evidence.objects


def test_counts_times_statuses_and_hashes_stay():
    connector, package = ended()
    before = connector.now(package)
    sweep_for(connector, 32)
    after = connector.now(package)
    assert (after.counts, after.completed_at, after.status) == (before.counts, before.completed_at, before.status)
    assert after.recipients[0].signed_at == before.recipients[0].signed_at
    assert [d.sha256 for d in after.documents] == [d.sha256 for d in before.documents]
    assert after.external_id == before.external_id


def test_no_field_of_a_forgotten_package_holds_a_person():
    package = a_full_package(
        name="Contract of Anna BERG1",
        description="please sign",
        metadata={"buyer": "Anna"},
        status_reason="too dear",
    )
    recipient = a_recipient(
        package.id,
        external_id="anna@example.com",
        phone="+4912345",
        message="please sign",
        acted_by="Anna Berg1",
        decline_reason="too dear",
        ip_address="10.0.0.7",
        redirect_url="https://example.com/?mail=anna",
        group=Group("Berg's team", (Member("Anna", "Berg", "a@example.com"),)),
        fields=(Field(package.documents[0].id, Anchor("Anna Berg")),),
    )
    document = a_document(package.id, name="Anna Berg1.pdf")
    options = replace(package.provider, options={"recipients": {"anna@example.com": {"birthDate": "1970"}}})
    package = replace(package, recipients=(recipient,), documents=(document,), provider=options)
    left = repr(forgotten(package, START))
    assert not [text for text in PERSONAL if text.lower() in left.lower()]


def test_a_name_inside_another_word_stays():
    package = a_full_package(name="Annex of Anna")
    assert forgotten(package, START).name == "Annex of …"


def test_what_a_person_typed_leaves_the_outbox_too():
    connector = Connector()
    connector.settings(forgetting=Forgetting(after_days=1))
    package = connector.sent()
    connector.provider.decline(package.recipients[0].id, "too dear, says Anna")
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    sweep_for(connector, 3)
    assert "too dear" not in repr(connector.packages.events_after(connector.account, package.id, 0))
    assert "too dear" not in repr(connector.now(package.id))


def test_nothing_goes_before_coupa_was_told_of_the_end():
    connector, package = ended(delivered=False)
    sweep_for(connector, 40)
    assert connector.now(package).forgotten_at is None
    assert connector.provider.envelopes
    connector.deliver(package)
    sweep_for(connector, 2)
    assert connector.now(package).forgotten_at is not None


def test_the_providers_copy_goes_with_it_where_the_account_says_so():
    connector, package = ended(Forgetting(after_days=30, provider_copy=True))
    sweep_for(connector, 32)
    assert not connector.provider.envelopes
    assert connector.now(package).copy_removed_at is not None
    connector, package = ended(Forgetting(after_days=30))
    sweep_for(connector, 32)
    assert connector.provider.envelopes


def test_a_copy_is_never_removed_that_may_be_coupas_only_one():
    connector = Connector()
    connector.settings(forgetting=ALL)
    declined = connector.sent()
    connector.provider.decline(declined.recipients[0].id, "no")
    connector.run_refresh(declined.id)
    connector.deliver(declined.id)
    sweep_for(connector, 40)
    assert connector.provider.envelopes
    assert connector.now(declined.id).forgotten_at is not None


def test_a_copy_stays_while_the_end_is_a_dead_letter():
    connector, package = ended(delivered=False)
    for _ in range(40):
        connector.notifier.will_answer(Delivered.REJECTED, 400)
    for _ in range(20):
        connector.deliver(package)
        connector.clock.advance(DAY)
    assert connector.packages.told(connector.account, package).dead_letters
    sweep_for(connector, 40)
    assert connector.provider.envelopes
    assert connector.now(package).forgotten_at is not None


def test_a_provider_that_keeps_its_copy_is_asked_again_a_month_later():
    connector, package = ended(Forgetting(after_days=30, provider_copy=True))
    connector.provider.fail["remove"] = [ProviderConflict("archiving")]
    sweep_for(connector, 35)
    assert connector.provider.calls.count("remove") == 1
    assert connector.now(package).forgotten_at is not None
    sweep_for(connector, 31)
    assert connector.now(package).copy_removed_at is not None


def test_a_provider_that_is_down_is_asked_again_and_nothing_else_is_done_meanwhile():
    connector, package = ended(Forgetting(after_days=30, provider_copy=True))
    connector.clock.advance(31 * DAY)
    connector.provider.fail["remove"] = [ProviderUnavailable("down")]
    with pytest.raises(ProviderUnavailable):
        connector.retention.apply(connector.account, package)
    assert connector.now(package).forgotten_at is None
    connector.retention.apply(connector.account, package)
    assert connector.now(package).forgotten_at is not None


def test_a_copy_that_is_gone_already_is_no_error():
    connector, package = ended(Forgetting(after_days=30, provider_copy=True))
    connector.provider.envelopes.clear()
    sweep_for(connector, 32)
    assert connector.now(package).copy_removed_at is not None


def test_evidence_goes_when_its_lock_has_ended_and_only_where_the_account_wants_that():
    connector, package = ended(Forgetting(evidence=True))
    sweep_for(connector, 3)
    assert not connector.evidence.objects
    assert connector.now(package).files == ()
    connector, package = ended(Forgetting(after_days=1))
    sweep_for(connector, 5)
    assert len(connector.evidence.objects) == 3


def test_evidence_that_is_locked_for_longer_than_noted_stays():
    connector, package = ended(Forgetting(evidence=True))
    file = connector.now(package).files[0]
    far = connector.clock.now() + timedelta(days=365)
    connector.evidence.retain(file.key, file.version, until=far, mode="COMPLIANCE")
    sweep_for(connector, 5)
    assert connector.now(package).files
    sweep_for(connector, 400)
    assert not connector.now(package).files


def test_people_are_found_by_their_hash_until_no_evidence_names_them():
    connector, package = ended()
    connector.settings(retention_days=None)
    mail = subject_hash("Signer1@Example.com ")
    connector.clock.advance(31 * DAY)
    connector.settings(forgetting=replace(ALL, evidence=False))
    connector.retention.apply(connector.account, package)
    assert connector.packages.subjects(connector.account, mail) == (package,)
    connector.settings(forgetting=ALL)
    connector.retention.apply(connector.account, package)
    assert connector.packages.subjects(connector.account, mail) == ()


@pytest.mark.parametrize("whose", ["package", "account"])
def test_a_hold_stops_everything_until_it_is_released(whose):
    connector, package = ended()
    ports: dict[str, Any] = {"packages": connector.packages, "clock": connector.clock}

    def hold(*, held: bool) -> None:
        if whose == "package":
            hold_package(connector.account, package, held=held, **ports)
        else:
            change_retention(connector.account, held=held, accounts=connector.accounts, **ports)

    hold(held=True)
    before = connector.now(package)
    sweep_for(connector, 60)
    connector.retention.apply(connector.account, package)
    assert connector.now(package) == before
    assert connector.provider.envelopes
    assert connector.documents.objects
    hold(held=False)
    sweep_for(connector, 2)
    assert connector.now(package).forgotten_at is not None


def test_new_rules_reach_the_packages_that_ended_before_them():
    connector, package = ended(Forgetting())
    sweep_for(connector, 60)
    rules = Forgetting(after_days=10)
    ports: dict[str, Any] = {"accounts": connector.accounts, "packages": connector.packages, "clock": connector.clock}
    _, looked_at = change_retention(connector.account, forgetting=rules, **ports)
    assert looked_at == 1
    sweep_for(connector, 1)
    assert connector.now(package).forgotten_at is not None
    assert change_retention(connector.account, forgetting=rules, **ports)[1] == 0


def test_an_open_package_is_never_touched():
    connector = Connector()
    connector.settings(forgetting=Forgetting(after_days=0))
    package = connector.sent()
    connector.retention.apply(connector.account, package.id)
    assert connector.now(package.id).recipients == package.recipients


def test_an_expired_package_that_may_come_back_waits_a_week():
    connector = Connector()
    connector.settings(forgetting=Forgetting(after_days=0))
    package = connector.sent()
    connector.provider.only().status = PackageStatus.EXPIRED
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    sweep_for(connector, 6)
    assert connector.now(package.id).forgotten_at is None
    sweep_for(connector, 3)
    assert connector.now(package.id).forgotten_at is not None


def test_an_expired_package_that_is_taken_up_again_has_no_date_and_one_that_is_forgotten_cannot_be():
    connector = Connector()
    connector.settings(forgetting=Forgetting(after_days=0))
    package = connector.sent()
    connector.provider.only().status = PackageStatus.EXPIRED
    connector.run_refresh(package.id)
    connector.provider.only().status = PackageStatus.IN_PROCESS
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    assert connector.now(package.id).attention.code is Attention.CHANGED_AFTER_END
    gone = connector.retention.forget(connector.now(package.id))
    with pytest.raises(WrongState):
        accept_package(connector.account, gone.id, **connector.person)


def test_removing_twice_removes_once():
    connector, package = ended()
    sweep_for(connector, 35)
    first = connector.now(package)
    connector.retention.apply(connector.account, package)
    assert connector.now(package) == first


# ------------------------------------------------------------------------------------------------- forget a subject


def test_a_receipt_names_hashes_and_counts_and_what_is_locked_until_when():
    connector, package = ended(Forgetting())
    told = connector.subject_request.forget(connector.account, "signer1@example.com").as_json()
    assert told["subject"] == subject_hash("signer1@example.com")
    (one,) = told["packages"]
    assert (one["package"], one["kept_because"], one["recipients"], one["staged_documents"]) == (package, None, 1, 1)
    assert len(one["evidence"]) == 3
    assert all(file["locked_until"] for file in one["evidence"])
    assert one["at_provider"]
    assert "signer1" not in json.dumps(told)
    assert len(told["digest"]) == 64


def test_only_the_one_person_is_forgotten():
    connector = Connector()
    package = connector.sent(signers=2)
    for recipient in package.recipients:
        connector.provider.sign(recipient.id, at=connector.clock.now(), last=recipient is package.recipients[-1])
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    connector.subject_request.forget(connector.account, "SIGNER2@example.com")
    assert [r.email for r in connector.now(package.id).recipients] == ["signer1@example.com", None]


def test_forgetting_a_person_twice_tells_what_is_still_kept():
    connector, _package = ended(Forgetting())
    connector.subject_request.forget(connector.account, "signer1@example.com")
    (again,) = connector.subject_request.forget(connector.account, "signer1@example.com").packages
    assert (again.recipients, again.staged_documents, len(again.evidence)) == (0, 0, 3)


def test_an_open_contract_keeps_its_signers():
    connector = Connector()
    package = connector.sent()
    (one,) = connector.subject_request.forget(connector.account, "signer1@example.com").packages
    assert one.kept_because == "open"
    assert connector.now(package.id) == package


def test_a_held_package_keeps_its_people():
    connector, package = ended()
    hold_package(connector.account, package, held=True, packages=connector.packages, clock=connector.clock)
    (one,) = connector.subject_request.forget(connector.account, "signer1@example.com").packages
    assert one.kept_because == "hold"
    assert connector.now(package).recipients[0].email


def test_an_address_that_nobody_knows_has_an_empty_receipt():
    connector, _package = ended()
    assert connector.subject_request.forget(connector.account, "nobody@example.com").packages == ()
