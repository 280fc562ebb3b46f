"""The sweep's own reads: what nobody called about is found, at the price of one write where nothing happened."""

from __future__ import annotations

from esign.domain.errors import CredentialsRefused, ProviderUnavailable
from esign.domain.events import EventType
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.operations.refresh import Next
from esign.ports import SHARDS, RecipientSnapshot
from tests.fakes.connector import Connector


def quiet(connector: Connector, package: Package) -> Package:
    """Coupa knows that it is out, so does the connector the provider's own word for that; two planned reads are over."""
    connector.deliver(package.id)
    for _ in range(2):
        connector.clock.advance(3600)
        connector.sweep()
    return connector.now(package.id)


def _reads(connector: Connector) -> int:
    return connector.provider.calls.count("read")


def _viewed(recipient: Recipient) -> RecipientSnapshot:
    return RecipientSnapshot(recipient.id, RecipientStatus.VIEWED)


def test_a_look_that_finds_nothing_new_writes_no_package_and_starts_nothing() -> None:
    connector = Connector()
    package = quiet(connector, connector.sent())
    started, reads = dict(connector.workflows.started), _reads(connector)
    connector.clock.advance(6 * 3600)
    assert connector.sweep().started == 0
    assert _reads(connector) == reads + 1
    assert connector.now(package.id) == package
    assert connector.workflows.started == started


def test_what_a_look_finds_is_told_to_coupa_without_an_execution() -> None:
    connector = Connector()
    package = quiet(connector, connector.sent())
    connector.provider.only().people[package.recipients[0].id] = _viewed(package.recipients[0])
    started = dict(connector.workflows.started)
    connector.clock.advance(6 * 3600)
    connector.sweep()
    after = connector.now(package.id)
    assert after.recipients[0].status is RecipientStatus.VIEWED
    kinds = [event.type for event in connector.packages.events_after(package.account, package.id, 0)]
    assert kinds[-1] is EventType.RECIPIENT_VIEWED
    assert connector.workflows.started == started


def test_a_failing_provider_is_asked_once_a_round_and_its_packages_are_read_again_later() -> None:
    connector = Connector()
    packages = [quiet(connector, connector.sent()) for _ in range(3)]
    connector.clock.advance(24 * 3600)
    connector.provider.fail["read"] = [ProviderUnavailable("down")] * 9
    reads = _reads(connector)
    connector.sweep()
    assert _reads(connector) == reads + 1
    connector.provider.fail.clear()
    connector.clock.advance(connector.timing.poll_plan[0] + 1)
    connector.sweep()
    assert _reads(connector) == reads + 1 + len(packages)


def test_refused_credentials_that_a_look_meets_are_a_matter_for_a_person() -> None:
    connector = Connector()
    package = quiet(connector, connector.sent())
    connector.provider.fail["read"] = [CredentialsRefused("401")]
    connector.clock.advance(24 * 3600)
    connector.sweep()
    attention = connector.now(package.id).attention
    assert attention is not None
    assert attention.code is Attention.CREDENTIALS_REFUSED


def test_whatever_breaks_one_look_the_others_are_read_and_it_gets_a_run_of_its_own() -> None:
    connector = Connector()
    for _ in range(2):
        quiet(connector, connector.sent())
    connector.clock.advance(24 * 3600)
    connector.provider.fail["read"] = [ZeroDivisionError("a vendor's answer that nobody thought of")]
    reads = _reads(connector)
    assert connector.sweep().started == 1
    assert _reads(connector) == reads + 2


def test_an_account_without_budget_waits_and_nothing_is_lost() -> None:
    connector = Connector()
    package = quiet(connector, connector.sent())
    connector.clock.advance(24 * 3600)
    connector.budget.take(connector.account, calls=100, per_minute=100, now=connector.clock.now())
    reads = _reads(connector)
    connector.sweep()
    assert _reads(connector) == reads
    connector.clock.advance(61)
    connector.sweep()
    assert _reads(connector) == reads + 1
    assert connector.now(package.id).status is PackageStatus.IN_PROCESS


def test_a_shard_that_another_sweeper_has_is_left_to_it() -> None:
    connector = Connector()
    quiet(connector, connector.sent())
    connector.clock.advance(24 * 3600)
    now = connector.clock.now()
    for shard in range(SHARDS):
        connector.packages.take_shard(shard, owner="another", now=now, until=now.replace(year=now.year + 1))
    reads = _reads(connector)
    connector.sweep()
    assert _reads(connector) == reads


def test_no_sweep_starts_a_second_run_beside_one_that_collects() -> None:
    connector = Connector()
    package = connector.sent()
    connector.deliver(package.id)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    assert connector.refresh.sync(package.account, package.id, owner="a run").next is Next.COLLECT
    connector.deliver(package.id)
    connector.clock.advance(connector.timing.files_retry + 1)
    assert connector.sweep().started == 0
    connector.clock.advance(connector.timing.collecting)
    assert connector.sweep().started == 1, "that run crashed"


def test_files_that_are_not_there_yet_are_looked_for_by_plan() -> None:
    connector = Connector()
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.provider.only().files_ready = False
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    connector.clock.advance(connector.timing.files_retry + 1)
    assert connector.sweep().started == 1
