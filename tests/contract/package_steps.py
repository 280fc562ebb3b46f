"""What the contract tests of package stores say again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from esign.domain.package import Package
from esign.ports import SHARDS, Created, Due, DueKind, PackageStore
from tests.fakes.clock import START
from tests.fakes.factories import ACME

NOW = START


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def created(store: PackageStore, package: Package) -> Package:
    answer = store.create(package)
    assert isinstance(answer, Created)
    return answer.package


def all_due(store: PackageStore, before: datetime) -> list[Due]:
    return [line for shard in range(SHARDS) for line in store.due(shard, before=before)[0]]


def due_dates(store: PackageStore, package: Package, kind: DueKind = DueKind.REFRESH) -> list[datetime]:
    found = all_due(store, later(1e9))
    return [line.due_at for line in found if line.kind is kind and (line.account, line.package) == (ACME, package.id)]
