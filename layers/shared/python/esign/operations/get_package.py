"""getPackage and getPackageSummary: our own state, at once; an old one wakes a refresh that nobody waits for."""

from __future__ import annotations

from datetime import datetime

from esign.domain.ids import AccountId
from esign.domain.package import Package, PackageHead
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds
from esign.operations.packages import load, load_head
from esign.operations.refresh import Refresh
from esign.ports import Clock, PackageStore, Workflows


def get_package(
    account: AccountId,
    package_id: str,
    *,
    packages: PackageStore,
    workflows: Workflows,
    clock: Clock,
    timing: Timing,
    refresh: Refresh | None = None,
) -> Package:
    """One query; more only when the last provider read is old (a wake-up) or `refresh` asks to read now.

    Raises NotFound; with `refresh` also ProviderError and RateLimited.
    """
    package = load(packages, account, package_id)
    if refresh is not None:
        return refresh.read_now(package)
    _wake_if_stale(package, packages=packages, workflows=workflows, now=clock.now(), timing=timing)
    return package


def get_package_summary(
    account: AccountId,
    package_id: str,
    *,
    packages: PackageStore,
    workflows: Workflows,
    clock: Clock,
    timing: Timing,
    refresh: Refresh | None = None,
) -> PackageHead:
    """One item read; more as in `get_package`."""
    if refresh is not None:
        return refresh.read_now(load(packages, account, package_id))
    head = load_head(packages, account, package_id)
    _wake_if_stale(head, packages=packages, workflows=workflows, now=clock.now(), timing=timing)
    return head


def _wake_if_stale(
    head: PackageHead, *, packages: PackageStore, workflows: Workflows, now: datetime, timing: Timing
) -> None:
    read = head.provider.read_at or head.sent_at
    if head.status is not PackageStatus.IN_PROCESS or read is None or now < read + seconds(timing.stale_read):
        return
    asked = packages.wake(head.account, head.id, now=now)
    if not asked.leased:
        workflows.refresh(head.account, head.id, wanted=asked.wanted)
