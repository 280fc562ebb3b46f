"""Send: the intent first, one envelope whatever happens, and a draft again only where nothing arrived."""

from __future__ import annotations

from typing import Any

import pytest

from esign.domain.errors import (
    NotFound,
    OutcomeUnknown,
    Problem,
    ProviderConflict,
    ProviderRefused,
    ProviderUnavailable,
    Unprocessable,
    WrongState,
)
from esign.domain.events import EventType
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from tests.fakes.connector import Connector
from tests.fakes.factories import GLOBEX


def events(connector, package):
    return [e.type for e in connector.packages.events_after(connector.account, package, 0)]


def test_a_sent_package_is_in_process_and_coupa_is_told_once():
    connector = Connector()
    package = connector.sent()
    assert package.status is PackageStatus.IN_PROCESS
    assert package.provider.reference == ("env-1",)
    assert events(connector, package.id) == [EventType.PACKAGE_SENT]
    assert connector.bell.rung


def test_only_the_first_signer_in_order_is_sent_the_package():
    connector = Connector()
    package = connector.sent(signers=2)
    assert [r.status for r in package.recipients] == [RecipientStatus.SENT, RecipientStatus.WAITING]


def test_sending_again_answers_the_package_and_submits_nothing():
    connector = Connector()
    package = connector.sent()
    assert connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert connector.provider.calls.count("create") == 1


def test_a_package_without_documents_or_recipients_is_refused_with_every_reason():
    connector = Connector()
    package = connector.create().package
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert {p.code for p in refused.value.problems} == {"no_documents", "no_signers"}
    assert connector.provider.calls == []


def test_what_the_vendor_cannot_take_is_refused_before_anything_is_stored():
    connector = Connector()
    package = connector.ready()
    connector.provider.problems = (Problem("/recipients/0/phone", "phone_required", "SMS needs a phone."),)
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert refused.value.problems == connector.provider.problems
    assert connector.now(package.id) == package


def test_a_refusal_makes_the_package_a_draft_again_with_its_reason():
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["create"] = [ProviderRefused("no")]
    with pytest.raises(ProviderRefused):
        connector.send(package.id)
    after = connector.now(package.id)
    assert (after.status, after.status_reason) == (PackageStatus.DRAFT, "provider_refused")
    assert events(connector, package.id) == []


def test_a_provider_that_is_down_leaves_a_draft_that_can_be_sent_later():
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["create"] = [ProviderUnavailable("down")]
    with pytest.raises(ProviderUnavailable):
        connector.send(package.id)
    assert connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


@pytest.mark.parametrize("step", ["created", "started"])
def test_a_lost_reply_is_found_out_at_once_and_makes_no_second_envelope(step):
    connector = Connector()
    package = connector.ready()
    connector.provider.fail[step] = [OutcomeUnknown("lost")]
    assert connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1
    assert events(connector, package.id) == [EventType.PACKAGE_SENT]


def test_two_lost_replies_in_one_send_are_both_found_out_at_once():
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    connector.provider.fail["started"] = [OutcomeUnknown("lost too")]
    assert connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def refused_after_a_lost_reply(connector, *, meanwhile):
    """The reply to the start is lost, the envelope is a draft when it is looked for, and the second start is refused;
    `meanwhile` happens between the look and the second start."""
    connector.provider.fail["start"] = [OutcomeUnknown("lost"), ProviderConflict("409")]
    connector.provider.during["find"] = lambda: connector.provider.during.update(start=meanwhile)


def test_a_start_that_commits_after_our_look_is_no_draft_when_the_next_one_is_refused():
    connector = Connector()
    package = connector.ready()
    refused_after_a_lost_reply(connector, meanwhile=lambda: setattr(connector.provider.only(), "started", True))
    assert connector.send(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1
    assert events(connector, package.id) == [EventType.PACKAGE_SENT]


def test_a_start_that_may_still_commit_keeps_the_package_sending_when_the_next_one_is_refused():
    connector = Connector()
    package = connector.ready()
    refused_after_a_lost_reply(connector, meanwhile=lambda: None)
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    after = connector.now(package.id)
    assert (after.status, after.attention.code) == (PackageStatus.SENDING, Attention.OUTCOME_UNKNOWN)
    connector.provider.only().started = True
    connector.clock.advance(connector.timing.send_budget + connector.timing.send_grace + 1)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def test_what_is_refused_after_a_lost_reply_and_certainly_gone_is_a_draft_with_its_reason():
    connector = Connector()
    package = connector.ready()
    refused_after_a_lost_reply(connector, meanwhile=connector.provider.envelopes.clear)
    with pytest.raises(ProviderConflict):
        connector.send(package.id)
    after = connector.now(package.id)
    assert (after.status, after.status_reason) == (PackageStatus.DRAFT, "provider_conflict")


def test_where_nobody_can_tell_the_package_stays_sending_with_attention():
    connector = Connector()
    package = connector.ready()
    connector.provider.findable = False
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    after = connector.now(package.id)
    assert after.status is PackageStatus.SENDING
    assert after.attention is not None
    assert after.attention.code is Attention.OUTCOME_UNKNOWN


def test_nobody_touches_a_submission_before_its_deadline_and_the_grace_are_over():
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    connector.provider.fail["find"] = [ProviderUnavailable("down")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    calls = len(connector.provider.calls)
    connector.run_refresh(package.id)
    assert len(connector.provider.calls) == calls
    connector.clock.advance(connector.timing.send_budget + connector.timing.send_grace + 1)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def test_a_crash_before_the_provider_heard_anything_is_resumed_and_sent():
    connector = Connector()
    package = connector.ready()
    connector.provider.fail["create"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        connector.send(package.id)
    assert connector.now(package.id).status is PackageStatus.SENDING
    connector.clock.advance(1000)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    assert len(connector.provider.envelopes) == 1


def test_an_attempt_that_was_taken_over_writes_nothing_any_more():
    connector = Connector()
    package = connector.ready()

    def another_takes_over():
        connector.clock.advance(1000)
        connector.submit(package.id, None)

    connector.provider.during["create"] = another_takes_over
    answered = connector.send(package.id)
    assert answered == connector.now(package.id)
    assert answered.provider.reference == ("env-1",)
    assert events(connector, package.id) == [EventType.PACKAGE_SENT]
    assert "start" not in connector.provider.calls[connector.provider.calls.index("started") :]


def test_two_sends_at_once_submit_once():
    connector = Connector()
    package = connector.ready()
    connector.provider.during["create"] = lambda: connector.send(package.id)
    connector.send(package.id)
    assert connector.provider.calls.count("create") == 1


def test_a_deletion_while_sending_withdraws_once_it_is_out():
    connector = Connector()
    package = connector.ready()
    connector.provider.during["create"] = lambda: connector.delete(package.id, "changed our minds")
    assert connector.send(package.id).status_reason == "withdrawal_pending"
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.CANCELLED
    assert events(connector, package.id) == [EventType.PACKAGE_SENT, EventType.PACKAGE_CANCELLED]


def test_large_packages_are_submitted_by_the_workflow():
    connector = Connector()
    package = connector.create().package
    body = b"%PDF-" + bytes(11 * 1024 * 1024)
    connector.add_document(package.id, body)
    connector.add_recipient(package.id)
    sending = connector.send(package.id)
    assert sending.status is PackageStatus.SENDING
    assert connector.provider.calls == []
    connector.submit(package.id, sending.send_attempt)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_an_announced_upload_that_never_came_is_named():
    from esign.domain.drafts import UploadRequest

    connector = Connector()
    package = connector.ready()
    connector.add_document(package.id, source=UploadRequest(10, "ab" * 32), content_type="application/pdf")
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/documents/1", "upload_missing")]


@pytest.mark.parametrize("final", ["decline", "withdraw"])
def test_a_package_at_its_end_cannot_be_sent(final):
    connector = Connector()
    package = connector.sent()
    if final == "decline":
        connector.provider.decline(package.recipients[0].id, "no")
        connector.run_refresh(package.id)
    else:
        connector.delete(package.id)
    with pytest.raises(WrongState):
        connector.send(package.id)


def test_another_accounts_package_is_simply_not_found():
    connector = Connector()
    package = connector.ready()
    connector.account = GLOBEX
    with pytest.raises(NotFound):
        connector.send(package.id)


def test_a_person_resolves_a_submission_only_after_its_deadline_and_grace():
    from esign.operations.resolve_package import resolve_package

    connector = Connector()
    package = connector.ready()
    connector.provider.findable = False
    connector.provider.fail["created"] = [OutcomeUnknown("lost")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    ports: dict[str, Any] = {
        "packages": connector.packages,
        "access": connector.access,
        "submission": connector.submission,
    }
    with pytest.raises(WrongState):
        resolve_package(connector.account, package.id, reference=None, **ports)
    connector.clock.advance(1000)
    resolved = resolve_package(connector.account, package.id, reference=None, **ports)
    assert (resolved.status, resolved.attention) == (PackageStatus.DRAFT, None)


def in_doubt_halfway():
    """A part of the envelope is known to be there, and the answer to the next step was lost."""
    connector = Connector()
    package = connector.ready()
    connector.provider.findable = False
    connector.provider.fail["start"] = [OutcomeUnknown("lost")]
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)
    connector.clock.advance(1000)
    ports: dict[str, Any] = {
        "reference": None,
        "packages": connector.packages,
        "access": connector.access,
        "submission": connector.submission,
    }
    return connector, package, ports


def test_what_is_known_to_be_there_is_withdrawn_when_a_person_says_that_nothing_arrived():
    from esign.operations.resolve_package import resolve_package

    connector, package, ports = in_doubt_halfway()
    assert resolve_package(connector.account, package.id, **ports).status is PackageStatus.DRAFT
    assert [e.status for e in connector.provider.envelopes.values()] == [PackageStatus.CANCELLED]


def test_what_cannot_be_withdrawn_leaves_the_package_in_doubt():
    from esign.operations.resolve_package import resolve_package

    connector, package, ports = in_doubt_halfway()
    connector.provider.fail["withdraw"] = [ProviderUnavailable("down")]
    with pytest.raises(ProviderUnavailable):
        resolve_package(connector.account, package.id, **ports)
    assert connector.now(package.id).status is PackageStatus.SENDING


def test_a_part_that_cannot_be_removed_keeps_a_withdrawn_submission_in_doubt():
    connector, package, _ = in_doubt_halfway()
    connector.provider.findable = True
    connector.delete(package.id)
    connector.provider.fail["withdraw"] = [ProviderUnavailable("down")]
    connector.submit(package.id, None)
    assert connector.now(package.id).attention.code is Attention.OUTCOME_UNKNOWN
    connector.clock.advance(10_000)
    connector.submit(package.id, None)
    assert connector.now(package.id).status is PackageStatus.DELETED
