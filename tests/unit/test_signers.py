"""Skipping signers, and the signers who are missing when the provider says that all is done."""

from __future__ import annotations

import pytest

from esign.domain.errors import OutcomeUnknown, ProviderConflict
from esign.domain.recipient import Role
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.operations.signers import skip_recipients
from esign.ports import RecipientSnapshot
from tests.fakes.connector import Connector


def skip(connector, package):
    return skip_recipients(
        connector.account,
        package.id,
        packages=connector.packages,
        access=connector.access,
        refresh=connector.refresh,
        clock=connector.clock,
    )


def skipped_in_the_portal(connector, package):
    """Somebody at the provider skips whoever has not signed."""
    connector.provider.skip_signers(connector.now(package.id))
    connector.clock.advance(3600)
    connector.run_refresh(package.id)
    return connector.now(package.id)


def test_a_skip_that_coupa_asked_for_completes_the_package():
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now())
    after = skip(connector, package)
    assert (after.status, after.attention, after.skip_requested) == (PackageStatus.SIGNED, None, True)


def test_a_skip_that_the_provider_refuses_is_no_wish_for_a_later_one():
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.fail["skip"] = [ProviderConflict("409")]
    with pytest.raises(ProviderConflict):
        skip(connector, package)
    assert not connector.now(package.id).skip_requested
    after = skipped_in_the_portal(connector, package)
    assert (after.status, after.attention.code) == (PackageStatus.SIGNED, Attention.SIGNERS_SKIPPED)


def test_a_skip_whose_reply_is_lost_stays_a_wish_even_when_the_next_one_is_refused():
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.fail["skip"] = [OutcomeUnknown("lost"), ProviderConflict("409")]
    with pytest.raises(OutcomeUnknown):
        skip(connector, package)
    assert connector.now(package.id).skip_requested
    with pytest.raises(ProviderConflict):
        skip(connector, package)
    assert connector.now(package.id).skip_requested


def finished_without(connector, package, *people):
    """The provider says that all is signed and shows only `people`."""
    envelope = connector.provider.only()
    envelope.people = {person.recipient: person for person in people}
    envelope.status, envelope.vendor_status = PackageStatus.SIGNED, "Finished"
    connector.clock.advance(3600)
    connector.run_refresh(package.id)
    return connector.now(package.id)


@pytest.mark.parametrize("shown", [None, RecipientStatus.SENT, RecipientStatus.CANCELLED])
def test_a_signer_of_ours_who_did_not_sign_when_all_is_said_to_be_done_waits_for_a_person(shown):
    connector = Connector()
    package = connector.sent(signers=2)
    one, two = package.recipients
    people = [RecipientSnapshot(one.id, RecipientStatus.SIGNED, signed_at=connector.clock.now())]
    people += [RecipientSnapshot(two.id, shown)] if shown else []
    after = finished_without(connector, package, *people)
    assert (after.status, after.attention.code) == (PackageStatus.SIGNED, Attention.SIGNERS_SKIPPED)
    assert after.files == ()


def test_a_receiver_of_a_copy_is_not_waited_for():
    connector = Connector()
    package = connector.create().package
    connector.add_document(package.id)
    signer = connector.add_recipient(package.id)
    connector.add_recipient(package.id, email="copy@example.com", role=Role.CC)
    package = connector.send(package.id)
    seen = RecipientSnapshot(signer.id, RecipientStatus.SIGNED, signed_at=connector.clock.now())
    assert finished_without(connector, package, seen).status is PackageStatus.COMPLETE


def test_signers_who_are_missing_after_a_skip_that_coupa_asked_for_are_no_surprise():
    connector = Connector()
    package = connector.sent(signers=2)
    skip(connector, package)
    assert connector.now(package.id).attention is None


def test_an_approver_whom_somebody_else_skipped_waits_for_a_person_too():
    connector = Connector()
    package = connector.create(sequential_signing=True).package
    connector.add_document(package.id)
    approver = connector.add_recipient(package.id, role=Role.APPROVER, email="chief@example.com", external_id="chief")
    signer = connector.add_recipient(package.id, email="signer@example.com", external_id="signer")
    package = connector.send(package.id)
    skipped = RecipientSnapshot(approver.id, RecipientStatus.SKIPPED)
    signed = RecipientSnapshot(signer.id, RecipientStatus.SIGNED, signed_at=connector.clock.now())
    after = finished_without(connector, package, skipped, signed)
    assert (after.status, after.attention.code) == (PackageStatus.SIGNED, Attention.SIGNERS_SKIPPED)
