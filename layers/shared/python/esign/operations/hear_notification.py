"""What a provider's notification does where it comes to the account's one address: the package that it names is looked for
here, a refresh is woken, and what no read will show is kept.

Design: architecture, "A callback is a hint". Its second exception: a provider whose reads show nobody may move the
recipients by what it notifies; a package never.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.domain.transitions import advance
from esign.operations.packages import Change, change
from esign.operations.receive_callback import receive_callback
from esign.operations.seen import seen
from esign.ports import Bell, Clock, PackageStore, ProviderNotice, Snapshot, Workflows


def is_ours(account: AccountId, package_id: str, *, packages: PackageStore) -> bool:
    """Whether the account has this package; another account's is as unknown as none."""
    return is_package_id(package_id) and packages.head(account, PackageId(package_id)) is not None


def hear_notification(
    account: AccountId,
    package: PackageId,
    notice: ProviderNotice,
    *,
    packages: PackageStore,
    workflows: Workflows,
    bell: Bell,
    clock: Clock,
) -> None:
    """Of a package that the account has. Hearing the same again changes nothing and wakes a refresh."""
    if notice.reason or notice.people:
        _take_over(account, package, notice, packages=packages, bell=bell, now=clock.now())
    receive_callback(
        account, package, told=notice.told, code=notice.code, packages=packages, workflows=workflows, clock=clock
    )


def _take_over(
    account: AccountId,
    package_id: PackageId,
    notice: ProviderNotice,
    *,
    packages: PackageStore,
    bell: Bell,
    now: datetime,
) -> None:
    package = packages.get(account, package_id)
    if package is None:
        return
    before = package.sequence
    after = change(packages, package, lambda current: _decide(current, notice, now))
    if after.sequence > before:
        bell.ring(account, package_id)


def _decide(current: Package, notice: ProviderNotice, now: datetime) -> Change | None:
    """Recipients forwards only, and while signing goes on; the package itself waits for a read."""
    if current.status is not PackageStatus.IN_PROCESS:
        return None
    known = replace(current, told_reason=notice.reason or current.told_reason)
    people = tuple(notice.people(current)) if notice.people else ()
    shown = Snapshot(current.status, current.provider.status or "", people)
    step = advance(known, seen(known, shown), now)
    if step.package.recipients == current.recipients and known.told_reason == current.told_reason:
        return None
    after = replace(step.package, provider=current.provider, attention=current.attention)
    told_line = entry(now, EntryKind.CALLBACK, "What the provider told of the recipients was taken over.")
    return Change(after, events=step.events, timeline=(told_line,) if step.events else ())
