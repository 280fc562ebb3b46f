"""A completion that broke off between its locks and its last write is taken up again, whatever the rule is by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from esign.domain.errors import StoreUnavailable
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from tests.fakes.connector import Connector
from tests.unit.test_collecting_twice import signed

DAY = 86400


def broken_off(connector: Connector, monkeypatch: pytest.MonkeyPatch, **rule: Any) -> Package:
    """Signed, its files locked by this rule; COMPLETE was never written."""
    connector.settings(**rule)
    package = signed(connector)

    def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("DynamoDB did not answer.")

    with monkeypatch.context() as patch:
        patch.setattr("esign.operations.complete_package.change", unavailable)
        with pytest.raises(StoreUnavailable):
            connector.complete(package.id)
    assert connector.now(package.id).status is PackageStatus.SIGNED
    assert connector.evidence.retained
    return package


def completed(connector: Connector, package: Package) -> Callable[[int], datetime]:
    connector.complete(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE
    start = connector.clock.now()
    return lambda days: start + timedelta(days=days)


def test_a_longer_lock_stays_and_is_what_the_package_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector()
    package = broken_off(connector, monkeypatch, retention_days=3650, retention_mode="COMPLIANCE")
    connector.settings(retention_days=365, retention_mode="GOVERNANCE")
    after = completed(connector, package)
    assert {(until, mode) for until, mode in connector.evidence.retained.values()} == {(after(3650), "COMPLIANCE")}
    assert {file.locked_until for file in connector.now(package.id).files} == {after(3650)}


def test_a_longer_rule_makes_the_lock_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = Connector()
    package = broken_off(connector, monkeypatch, retention_days=365)
    connector.settings(retention_days=3650)
    connector.clock.advance(DAY)
    after = completed(connector, package)
    assert {until for until, _mode in connector.evidence.retained.values()} == {after(3650)}
    assert {file.locked_until for file in connector.now(package.id).files} == {after(3650)}
