"""Refresh, evidence and completion: forwards only, files first, and never COMPLETE without them."""

from __future__ import annotations

import hashlib
import json

import pytest

from esign.domain.errors import CredentialsRefused, ProviderNotFound, ProviderUnavailable
from esign.domain.events import EventType
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.ports import Delivered
from tests.fakes.connector import Connector
from tests.fakes.provider import PDF


def events(connector, package):
    return [e.type for e in connector.packages.events_after(connector.account, package, 0)]


def signed(connector, package, *, refresh=True):
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    if refresh:
        connector.run_refresh(package.id)


def test_a_signed_package_completes_with_files_trail_and_manifest():
    connector = Connector()
    package = connector.sent()
    signed(connector, package)
    after = connector.now(package.id)
    assert after.status is PackageStatus.COMPLETE
    assert [f.kind.value for f in after.files] == ["SIGNED_DOCUMENT", "AUDIT_TRAIL", "MANIFEST"]
    assert after.recipients[0].signed_at == connector.clock.now()
    assert events(connector, package.id) == [
        EventType.PACKAGE_SENT,
        EventType.RECIPIENT_SIGNED,
        EventType.PACKAGE_SIGNED,
        EventType.PACKAGE_COMPLETED,
    ]


def test_the_manifest_names_digests_and_versions_and_no_person():
    connector = Connector()
    package = connector.sent()
    signed(connector, package)
    after = connector.now(package.id)
    manifest = after.files[-1]
    with connector.evidence.fetch(manifest.key, manifest.version) as body:
        told = json.loads(body.read())
    assert [f["sha256"] for f in told["files"]] == [f.sha256 for f in after.files[:-1]]
    assert all(f["version"] for f in told["files"])
    assert "example.com" not in json.dumps(told)


def test_every_stored_file_is_locked_before_coupa_is_told():
    connector = Connector()
    package = connector.sent()
    signed(connector, package)
    files = connector.now(package.id).files
    assert {(f.key, f.version) for f in files} == set(connector.evidence.retained)


def test_files_that_are_not_ready_leave_the_package_signed_and_due():
    connector = Connector()
    package = connector.sent()
    connector.provider.only().files_ready = False
    signed(connector, package)
    assert connector.now(package.id).status is PackageStatus.SIGNED
    connector.provider.only().files_ready = True
    connector.clock.advance(connector.timing.files_retry + 1)
    assert connector.sweep().started == 1 + 1  # the refresh, and the events that nobody delivered yet
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_a_missing_audit_trail_stops_the_package_where_the_account_requires_one():
    connector = Connector()
    package = connector.sent()
    connector.provider.only().trail = False
    signed(connector, package)
    after = connector.now(package.id)
    assert after.status is PackageStatus.SIGNED
    assert after.attention.code is Attention.EVIDENCE_REJECTED
    assert EventType.PACKAGE_COMPLETED not in events(connector, package.id)


def test_a_missing_audit_trail_is_fine_where_the_account_says_optional():
    from esign.domain.account import EvidencePolicy

    connector = Connector()
    connector.settings(evidence=EvidencePolicy.OPTIONAL)
    package = connector.sent()
    connector.provider.only().trail = False
    signed(connector, package)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_collecting_twice_stores_nothing_twice():
    connector = Connector()
    package = connector.sent()
    signed(connector, package, refresh=False)
    connector.refresh.sync(connector.account, package.id, owner="one")
    connector.collect(package.id)
    first = connector.now(package.id).files
    connector.collect(package.id)
    assert connector.now(package.id).files[0].key == first[0].key
    assert connector.now(package.id).files[0].sha256 == hashlib.sha256(PDF).hexdigest()


def test_an_unknown_vendor_status_keeps_the_last_one_and_raises_attention():
    connector = Connector()
    package = connector.sent()
    connector.provider.only().status, connector.provider.only().vendor_status = None, "Simmering"
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert after.status is PackageStatus.IN_PROCESS
    assert after.attention.code is Attention.UNKNOWN_PROVIDER_STATUS
    connector.provider.only().status = PackageStatus.IN_PROCESS
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    assert connector.now(package.id).attention is None


def test_a_decline_tells_who_and_why():
    connector = Connector()
    package = connector.sent()
    connector.provider.decline(package.recipients[0].id, "too dear")
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.status_reason) == (PackageStatus.DECLINED, "too dear")
    assert after.recipients[0].decline_reason == "too dear"


def test_a_final_status_is_never_left():
    connector = Connector()
    package = connector.sent()
    connector.provider.decline(package.recipients[0].id, "no")
    connector.run_refresh(package.id)
    connector.provider.only().status = PackageStatus.SIGNED
    connector.clock.advance(60)
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.DECLINED


def test_an_expired_package_that_the_provider_finishes_raises_attention_and_does_not_move():
    connector = Connector()
    package = connector.sent()
    connector.provider.only().status = PackageStatus.EXPIRED
    connector.run_refresh(package.id)
    connector.provider.only().status = PackageStatus.SIGNED
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert after.status is PackageStatus.EXPIRED
    assert after.attention.code is Attention.CHANGED_AFTER_END


def test_signers_skipped_by_nobody_we_know_wait_for_a_person():
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.skip_signers(package)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.attention.code) == (PackageStatus.SIGNED, Attention.SIGNERS_SKIPPED)
    assert after.counts.skipped == 2


def test_a_callback_within_the_gap_waits_and_is_not_lost():
    connector = Connector()
    package = connector.sent()
    connector.run_refresh(package.id)
    reads = connector.provider.calls.count("read")
    connector.callback(package.id)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.run_refresh(package.id)
    assert connector.provider.calls.count("read") == reads + 1
    assert connector.now(package.id).status is PackageStatus.COMPLETE
    assert sum(connector.clock.slept) >= connector.timing.refresh_gap - 1


def test_a_callback_during_the_read_is_answered_by_another_round():
    connector = Connector()
    package = connector.sent()
    connector.provider.during["read"] = lambda: connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.provider.calls.count("read") == 2


def test_two_executions_share_one_lease():
    connector = Connector()
    package = connector.sent()
    connector.provider.during["read"] = lambda: connector.run_refresh(package.id, owner="another")
    connector.run_refresh(package.id, owner="one")
    assert connector.provider.calls.count("read") == 1


def test_a_lost_callback_is_caught_by_the_sweep_within_ten_minutes():
    connector = Connector()
    package = connector.sent()
    signed(connector, package, refresh=False)
    connector.clock.advance(600)
    assert connector.sweep().started >= 1
    assert package.id in {started for _, started in connector.workflows.started.values()}


def test_a_provider_that_fails_is_read_again_later():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["read"] = [ProviderUnavailable("down")]
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    signed(connector, package, refresh=False)
    connector.clock.advance(600)
    assert connector.sweep().started >= 1


def test_refused_credentials_raise_attention_and_are_forgotten():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["read"] = [CredentialsRefused("401")]
    connector.run_refresh(package.id)
    assert connector.now(package.id).attention.code is Attention.CREDENTIALS_REFUSED
    assert connector.account in connector.accounts.forgotten


def test_an_envelope_that_is_gone_at_the_provider_is_deleted_here():
    connector = Connector()
    package = connector.sent()
    connector.provider.envelopes.clear()
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS  # once is not enough: see below
    connector.clock.advance(connector.timing.poll_plan[0])
    connector.sweep()
    assert connector.now(package.id).status is PackageStatus.DELETED


def test_the_account_that_is_over_its_budget_waits_and_is_read_later():
    connector = Connector()
    package = connector.sent()
    connector.clock.advance(61)
    connector.budget.take(connector.account, calls=100, per_minute=100, now=connector.clock.now())
    connector.run_refresh(package.id)
    assert "read" not in connector.provider.calls
    connector.clock.advance(61)
    assert connector.sweep().started >= 1


@pytest.mark.parametrize("status", [RecipientStatus.VIEWED, RecipientStatus.SIGNED])
def test_a_recipient_never_moves_backwards(status):
    from esign.ports import RecipientSnapshot

    connector = Connector()
    package = connector.sent()
    recipient = package.recipients[0].id
    connector.provider.only().people[recipient] = RecipientSnapshot(recipient, status)
    connector.run_refresh(package.id)
    connector.provider.only().people[recipient] = RecipientSnapshot(recipient, RecipientStatus.SENT)
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    assert connector.now(package.id).recipients[0].status is status


def test_a_person_may_accept_evidence_that_the_gate_refused():
    from esign.operations.accept_package import accept_package

    connector = Connector()
    package = connector.sent()
    connector.provider.only().trail = False
    signed(connector, package)
    accept_package(connector.account, package.id, **connector.person)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_a_person_may_have_the_evidence_collected_again():
    from esign.operations.accept_package import recollect_package

    connector = Connector()
    package = connector.sent()
    connector.provider.only().trail = False
    signed(connector, package)
    connector.provider.only().trail = True
    recollect_package(connector.account, package.id, **connector.person)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_nothing_can_be_accepted_where_nothing_is_wrong():
    from esign.domain.errors import WrongState
    from esign.operations.accept_package import accept_package

    connector = Connector()
    package = connector.sent()
    with pytest.raises(WrongState):
        accept_package(connector.account, package.id, **connector.person)


def test_a_document_that_only_shows_another_one_need_not_come_back():
    connector = Connector()
    package = connector.ready()
    shown = connector.add_document(package.id, name="shown.pdf").document
    connector.provider.unsigned = frozenset({shown.id})
    sent = connector.send(package.id)
    assert [d.comes_back for d in sent.documents] == [True, False]
    signed(connector, package)
    assert connector.now(package.id).status is PackageStatus.COMPLETE


def test_an_endpoint_that_is_gone_does_not_keep_a_contract_from_its_end():
    connector = Connector()
    package = connector.sent()
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    assert connector.now(package.id).attention.code is Attention.DELIVERY_DISABLED
    signed(connector, package)
    after = connector.now(package.id)
    assert after.status is PackageStatus.COMPLETE
    assert after.attention.code is Attention.DELIVERY_DISABLED  # Coupa has not been told


def test_files_that_never_come_are_a_persons_turn_also_where_nobody_can_be_told():
    connector = Connector()
    package = connector.sent()
    connector.notifier.will_answer(Delivered.GONE, 410)
    connector.deliver(package.id)
    connector.provider.fail["files"] = [ProviderUnavailable("not yet")]
    with pytest.raises(ProviderUnavailable):  # the state machine catches it
        signed(connector, package)
    connector.clock.advance(connector.timing.files_missing + 1)
    connector.run_refresh(package.id)
    assert connector.now(package.id).attention.code is Attention.EVIDENCE_REJECTED


def test_what_is_not_found_once_is_looked_for_again_before_coupa_is_told():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["read"] = [ProviderNotFound("404")]  # a proxy's, while the provider is redeployed
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    connector.clock.advance(connector.timing.poll_plan[0])
    connector.sweep()
    after = connector.now(package.id)
    assert after.status is PackageStatus.IN_PROCESS
    assert after.attention is None
    connector.clock.advance(86400)
    connector.provider.fail["read"] = [ProviderNotFound("404")]  # another day's is a first one again
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
