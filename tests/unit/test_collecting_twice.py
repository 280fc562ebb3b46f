"""Two runs of the refresh may collect the same package at the same time: what one has seen, the other must not unsee."""

from __future__ import annotations

import pytest

from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.operations.accept_package import recollect_package
from esign.operations.refresh import Next
from tests.fakes.clock import START
from tests.fakes.connector import Connector


@pytest.fixture
def connector() -> Connector:
    return Connector()


def signed(connector: Connector) -> Package:
    """Everybody signed, and the first run has collected and looked at the files."""
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=START, last=True)
    connector.refresh.sync(connector.account, package.id, owner="first")
    connector.collect(package.id)
    connector.inspect(package.id)
    return connector.now(package.id)


def both_signed(connector: Connector) -> Package:
    """The first run goes on to collect; the provider calls again."""
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    assert connector.refresh.sync(connector.account, package.id, owner="first").next is Next.COLLECT
    connector.callback(package.id)
    connector.clock.advance(connector.timing.refresh_gap)
    return package


def test_a_wake_up_while_files_are_collected_leaves_early_and_calls_nobody(connector: Connector) -> None:
    package = both_signed(connector)
    heard = list(connector.provider.calls)
    assert connector.refresh.sync(connector.account, package.id, owner="second").next is Next.DONE
    assert connector.provider.calls == heard


def test_a_run_whose_answer_was_lost_goes_on_with_its_own_collection(connector: Connector) -> None:
    package = both_signed(connector)
    assert connector.refresh.sync(connector.account, package.id, owner="first").next is Next.COLLECT


def test_a_run_that_crashed_is_followed_by_another_when_it_must_have_ended(connector: Connector) -> None:
    package = both_signed(connector)
    connector.clock.advance(connector.timing.collecting)
    assert connector.refresh.sync(connector.account, package.id, owner="second").next is Next.COLLECT
    assert connector.refresh.sync(connector.account, package.id, owner="third").next is Next.DONE


def test_what_was_not_there_yet_may_be_collected_by_the_next(connector: Connector) -> None:
    package = both_signed(connector)
    connector.provider.only().files_ready = False
    assert connector.collect(package.id) is Next.DONE
    assert connector.refresh.sync(connector.account, package.id, owner="second").next is Next.COLLECT


def test_rejected_evidence_can_be_collected_again_at_once(connector: Connector) -> None:
    package = both_signed(connector)
    connector.provider.only().trail = False
    connector.collect(package.id)
    connector.inspect(package.id)
    connector.complete(package.id)
    assert connector.now(package.id).attention is not None
    recollect_package(connector.account, package.id, **connector.person)
    assert connector.refresh.sync(connector.account, package.id, owner="second").next is Next.COLLECT


def test_collecting_the_same_files_again_keeps_what_was_seen_in_them(connector: Connector) -> None:
    before = signed(connector)
    assert before.status is PackageStatus.SIGNED
    assert connector.collect(before.id) is Next.COMPLETE
    assert connector.now(before.id).files == before.files
