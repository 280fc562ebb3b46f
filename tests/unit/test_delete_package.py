"""Delete has a defined answer in each of the ten statuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderRefused,
    ProviderUnavailable,
    WrongState,
)
from esign.domain.status import PackageStatus, RecipientStatus
from tests.fakes.connector import Connector


def package_in(connector, status):
    """A package that came into the status by the ordinary way."""
    if status is PackageStatus.DRAFT:
        return connector.ready()
    if status is PackageStatus.DELETED:
        return connector.delete(connector.ready().id)
    if status is PackageStatus.SENDING:
        connector.provider.findable = False
        connector.provider.fail["created"] = [OutcomeUnknown("lost")]
        package = connector.ready()
        with pytest.raises(OutcomeUnknown):
            connector.send(package.id)
        return connector.now(package.id)
    package = connector.sent()
    if status is PackageStatus.CANCELLED:
        return connector.delete(package.id)
    if status is not PackageStatus.IN_PROCESS:
        envelope = connector.provider.only()
        envelope.status = status
        if status in {PackageStatus.SIGNED, PackageStatus.COMPLETE}:
            connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
        envelope.files_ready = status is PackageStatus.COMPLETE
        connector.run_refresh(package.id)
    return connector.now(package.id)


AFTER = {
    PackageStatus.DRAFT: (PackageStatus.DELETED, False),
    PackageStatus.SENDING: (PackageStatus.SENDING, False),
    PackageStatus.IN_PROCESS: (PackageStatus.CANCELLED, False),
    PackageStatus.SIGNED: (PackageStatus.SIGNED, True),
    PackageStatus.COMPLETE: (PackageStatus.COMPLETE, True),
    PackageStatus.DECLINED: (PackageStatus.DECLINED, False),
    PackageStatus.EXPIRED: (PackageStatus.EXPIRED, True),
    PackageStatus.CANCELLED: (PackageStatus.CANCELLED, False),
    PackageStatus.DELETED: (PackageStatus.DELETED, False),
    PackageStatus.FAILED: (PackageStatus.FAILED, False),
}


@pytest.mark.parametrize("status", list(PackageStatus))
def test_deleting_has_a_defined_answer_and_asking_again_gives_the_same(status):
    connector = Connector()
    package = package_in(connector, status)
    assert package.status is status
    deleted = connector.delete(package.id, "the deal is off")
    assert (deleted.status, deleted.archived) == AFTER[status]
    again = connector.delete(package.id)
    assert (again.status, again.archived, again.status_reason) == (*AFTER[status], deleted.status_reason)


def test_a_deleted_draft_leaves_no_staged_document():
    connector = Connector()
    package = connector.ready()
    connector.delete(package.id)
    assert connector.documents.inspect(str(package.documents[0].key)) is None


def putting_away(status=PackageStatus.COMPLETE):
    connector = Connector()
    package = package_in(connector, status)
    connector.provider.capabilities = replace(connector.provider.capabilities, puts_away=True)
    connector.provider.calls.clear()
    return connector, package


@pytest.mark.parametrize("status", [PackageStatus.SIGNED, PackageStatus.COMPLETE, PackageStatus.EXPIRED])
def test_what_coupa_archives_is_put_away_at_a_provider_that_does_that(status):
    connector, package = putting_away(status)
    assert connector.delete(package.id).archived
    assert connector.provider.calls == ["put_away"]


def test_a_provider_that_puts_nothing_away_is_not_called():
    connector = Connector()
    package = package_in(connector, PackageStatus.COMPLETE)
    connector.provider.calls.clear()
    connector.delete(package.id)
    assert connector.provider.calls == []


def test_trouble_with_putting_away_is_told_and_asking_again_tries_again():
    connector, package = putting_away()
    connector.provider.fail["put_away"] = [ProviderUnavailable("down")]
    assert connector.delete(package.id).archived
    entries, _ = connector.packages.timeline(package.account, package.id)
    assert [entry.code for entry in entries if entry.code][-1:] == ["provider_unavailable"]
    connector.delete(package.id)
    assert connector.provider.calls == ["put_away", "put_away"]


def test_with_the_provider_down_the_withdrawal_is_pending_and_then_happens():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["withdraw"] = [ProviderUnavailable("down")]
    pending = connector.delete(package.id)
    assert (pending.status, pending.status_reason) == (PackageStatus.IN_PROCESS, "withdrawal_pending")
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.CANCELLED


def test_a_withdrawal_that_the_provider_refuses_changes_nothing():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["withdraw"] = [ProviderConflict("must not be signed")]
    with pytest.raises(WrongState):
        connector.delete(package.id)
    after = connector.now(package.id)
    assert (after.status, after.withdrawing, after.status_reason) == (PackageStatus.IN_PROCESS, False, None)


@pytest.mark.parametrize("no", [ProviderRefused("the key may not delete"), CredentialsRefused("403")])
def test_a_withdrawal_that_is_not_allowed_is_not_carried_out_when_it_is_allowed_later(no):
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.fail["withdraw"] = [no]
    with pytest.raises((WrongState, CredentialsRefused)):
        connector.delete(package.id)
    assert connector.now(package.id).withdrawing is False
    connector.clock.advance(86400)
    connector.sweep()
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_a_withdrawal_that_is_refused_later_does_not_keep_the_package_from_being_read():
    connector = Connector()
    package = connector.sent(signers=2)
    connector.provider.fail["withdraw"] = [ProviderUnavailable("down"), CredentialsRefused("403")]
    connector.delete(package.id)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=False)
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert after.recipients[0].status is RecipientStatus.SIGNED
    assert (after.withdrawing, after.status_reason) == (True, "withdrawal_pending")  # as Coupa was told


def test_an_envelope_that_a_withdrawal_does_not_find_is_looked_for_once_more():
    connector = Connector()
    package = connector.sent()
    connector.provider.fail["withdraw"] = [ProviderNotFound("404")]
    connector.provider.fail["read"] = [ProviderNotFound("404")]
    pending = connector.delete(package.id)
    assert (pending.status, pending.status_reason) == (PackageStatus.IN_PROCESS, "withdrawal_pending")
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.CANCELLED


def test_a_package_that_was_signed_meanwhile_completes_and_is_archived():
    connector = Connector()
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    deleted = connector.delete(package.id)
    assert (deleted.status, deleted.archived) == (PackageStatus.SIGNED, True)
    connector.clock.advance(60)
    connector.run_refresh(package.id)
    done = connector.now(package.id)
    assert (done.status, done.archived) == (PackageStatus.COMPLETE, True)


def test_evidence_of_a_complete_package_survives_its_deletion():
    connector = Connector()
    package = package_in(connector, PackageStatus.COMPLETE)
    assert connector.delete(package.id).files == package.files
