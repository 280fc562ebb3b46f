"""A Send that its provider only takes in charge: SENDING until the provider says by itself what became of it."""

from __future__ import annotations

import pytest

from esign.domain.errors import OutcomeUnknown, WrongState
from esign.domain.events import EventType
from esign.domain.package import VerdictKind
from esign.domain.status import Attention, PackageStatus
from esign.operations.resolve_package import resolve_package
from tests.fakes.connector import Connector
from tests.fakes.provider import Envelope

ACCEPTED, REFUSED, EXISTS = VerdictKind.ACCEPTED, VerdictKind.REFUSED, VerdictKind.EXISTS


def asked(receipt="r-1"):
    """A connector, and its package that the provider has in charge."""
    connector = Connector()
    connector.provider.takes_charge = (receipt,)
    package = connector.sent()
    return connector, package


def told(connector, package):
    return [e.type for e in connector.packages.events_after(connector.account, package.id, 0)]


def arrive(connector, package):
    """The envelope is at the provider, although it never said so to a call of ours."""
    connector.provider.envelopes["env-1"] = Envelope(package, None, started=True)


def test_a_package_in_charge_is_sending_and_coupa_is_told_nothing():
    connector, package = asked()
    assert package.status is PackageStatus.SENDING
    assert package.charge.receipt == "r-1"
    assert told(connector, package) == []


def test_sending_again_what_is_in_charge_submits_nothing():
    connector, package = asked()
    assert connector.send(package.id).status is PackageStatus.SENDING
    assert connector.provider.calls == ["charge"]


def test_an_accepted_one_is_in_process_and_coupa_is_told():
    connector, package = asked()
    rung = len(connector.bell.rung)
    connector.verdict(package.id, ACCEPTED, receipt="r-1")
    after = connector.now(package.id)
    assert after.status is PackageStatus.IN_PROCESS
    assert after.provider.reference == ("env-1",)
    assert (after.charge, after.verdicts) == (None, ())
    assert told(connector, package) == [EventType.PACKAGE_SENT]
    assert len(connector.bell.rung) > rung


def test_a_refused_one_has_failed_with_the_code_and_coupa_is_told():
    connector, package = asked()
    connector.verdict(package.id, REFUSED, receipt="r-1", code="bad_doc_format")
    after = connector.now(package.id)
    assert (after.status, after.status_reason) == (PackageStatus.FAILED, "provider_refused: bad_doc_format")
    assert told(connector, package) == [EventType.PACKAGE_FAILED]


def test_a_refused_one_that_coupa_had_deleted_is_gone_without_a_word():
    connector, package = asked()
    connector.delete(package.id)
    connector.verdict(package.id, REFUSED, receipt="r-1")
    assert connector.now(package.id).status is PackageStatus.DELETED
    assert told(connector, package) == []


def test_an_accepted_one_that_coupa_had_deleted_is_withdrawn():
    connector, package = asked()
    arrive(connector, package)
    connector.delete(package.id)
    connector.verdict(package.id, ACCEPTED, receipt="r-1")
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.CANCELLED


def test_the_verdict_on_another_request_changes_nothing():
    connector, package = asked()
    connector.verdict(package.id, REFUSED, receipt="r-0")
    assert connector.now(package.id) == package


@pytest.mark.parametrize(("given", "said"), [(None, "r-9"), ("r-1", None)])
def test_receipts_are_compared_only_where_both_have_one(given, said):
    connector, package = asked(given)
    connector.verdict(package.id, ACCEPTED, receipt=said)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_the_same_verdict_again_tells_coupa_nothing_more():
    connector, package = asked()
    for _ in range(3):
        connector.verdict(package.id, ACCEPTED, receipt="r-1")
    connector.verdict(package.id, REFUSED, receipt="r-1")
    assert told(connector, package) == [EventType.PACKAGE_SENT]


def test_a_verdict_on_an_unknown_package_is_none():
    connector, package = asked()
    connector.verdict("pkg_01jd0000000000000000000000", ACCEPTED)
    assert connector.now(package.id) == package


@pytest.mark.parametrize(("kind", "status"), [(ACCEPTED, PackageStatus.IN_PROCESS), (REFUSED, PackageStatus.FAILED)])
def test_a_verdict_that_overtakes_the_reply_is_kept_and_taken_up(kind, status):
    connector = Connector()
    package = connector.ready()
    connector.provider.takes_charge = ("r-1",)
    connector.provider.during["charge"] = lambda: connector.verdict(package.id, kind, receipt="r-1")
    assert connector.send(package.id).status is status
    assert len(told(connector, package)) == 1


def test_an_early_verdict_on_another_request_is_dropped_when_the_receipt_is_known():
    connector = Connector()
    package = connector.ready()
    connector.provider.takes_charge = ("r-2",)
    connector.provider.during["charge"] = lambda: connector.verdict(package.id, REFUSED, receipt="r-1")
    sending = connector.send(package.id)
    assert sending.status is PackageStatus.SENDING
    connector.verdict(package.id, ACCEPTED, receipt="r-2")
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def lost(connector, package, *, early=None):
    """A Send whose reply is lost, at a provider that no call may ask."""
    connector.provider.findable = False
    connector.provider.takes_charge = ("r-1",)
    connector.provider.fail["charge"] = [OutcomeUnknown("lost")]
    if early:
        connector.provider.during["charge"] = lambda: connector.verdict(package.id, early, receipt="r-1")
    with pytest.raises(OutcomeUnknown):
        connector.send(package.id)


def test_a_lost_reply_is_made_good_by_the_verdict():
    connector = Connector()
    package = connector.ready()
    lost(connector, package)
    assert connector.now(package.id).attention.code is Attention.OUTCOME_UNKNOWN
    connector.verdict(package.id, ACCEPTED, receipt="r-1")
    after = connector.now(package.id)
    assert (after.status, after.attention) == (PackageStatus.IN_PROCESS, None)


def test_a_verdict_before_a_lost_reply_counts_too():
    connector = Connector()
    package = connector.ready()
    lost(connector, package, early=ACCEPTED)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_a_verdict_before_a_crash_is_taken_up_by_the_sweep():
    connector = Connector()
    package = connector.ready()
    connector.provider.takes_charge = ("r-1",)
    connector.provider.fail["charge"] = [KeyboardInterrupt()]
    connector.provider.during["charge"] = lambda: connector.verdict(package.id, ACCEPTED, receipt="r-1")
    with pytest.raises(KeyboardInterrupt):
        connector.send(package.id)
    connector.clock.advance(1000)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    assert "find" not in connector.provider.calls


def test_nothing_is_asked_of_the_provider_while_it_has_the_package_in_charge():
    connector, package = asked()
    for _ in range(5):
        connector.clock.advance(3600)
        connector.run_refresh(package.id)
    connector.submit(package.id, None)
    assert connector.provider.calls == ["charge"]
    assert connector.now(package.id).attention is None


def test_a_verdict_that_never_comes_is_a_persons_matter_after_its_budget():
    connector, package = asked()
    connector.clock.advance(connector.timing.late_verdict + 1)
    connector.run_refresh(package.id)
    assert connector.now(package.id).attention.code is Attention.STUCK
    connector.verdict(package.id, ACCEPTED, receipt="r-1")
    after = connector.now(package.id)
    assert (after.status, after.attention) == (PackageStatus.IN_PROCESS, None)


def test_a_person_cannot_resolve_what_the_provider_may_still_answer():
    connector, package = asked()
    connector.clock.advance(connector.timing.late_verdict - 1)
    resolve = {"packages": connector.packages, "access": connector.access, "submission": connector.submission}
    with pytest.raises(WrongState):
        resolve_package(connector.account, package.id, reference=None, **resolve)
    connector.clock.advance(2)
    assert resolve_package(connector.account, package.id, reference=None, **resolve).status is PackageStatus.DRAFT


def test_an_envelope_of_this_name_that_is_ours_is_a_success():
    connector, package = asked()
    arrive(connector, package)
    connector.verdict(package.id, EXISTS, receipt="r-1")
    assert connector.now(package.id).status is PackageStatus.SENDING
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS
    assert connector.provider.calls == ["charge", "find"]


def test_an_envelope_of_this_name_that_is_not_ours_fails_the_package():
    connector, package = asked()
    connector.verdict(package.id, EXISTS, receipt="r-1", code="already_exists")
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.status_reason) == (PackageStatus.FAILED, "provider_refused: already_exists")


def test_an_envelope_of_this_name_that_nobody_can_look_at_needs_a_person():
    connector, package = asked()
    connector.provider.findable = False
    connector.verdict(package.id, EXISTS, receipt="r-1")
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.attention.code) == (PackageStatus.SENDING, Attention.OUTCOME_UNKNOWN)


def test_a_verdict_wakes_the_workflow_only_where_it_has_something_to_do():
    connector, package = asked()
    connector.verdict(package.id, REFUSED, receipt="another")
    assert connector.workflows.started == {}
    connector.verdict(package.id, EXISTS, receipt="r-1")
    assert list(connector.workflows.started.values()) == [(connector.account, package.id)]
