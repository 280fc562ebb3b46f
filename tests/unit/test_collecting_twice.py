"""Two runs of the refresh may collect the same package at the same time: what one has seen, the other must not unsee."""

from __future__ import annotations

import pytest

from esign.domain.package import Package
from esign.domain.status import PackageStatus
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


def test_collecting_the_same_files_again_keeps_what_was_seen_in_them(connector: Connector) -> None:
    before = signed(connector)
    assert before.status is PackageStatus.SIGNED
    assert connector.collect(before.id) is Next.COMPLETE
    assert connector.now(before.id).files == before.files
