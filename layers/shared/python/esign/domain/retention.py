"""When what of an ended package has to go, by its account's rules. Pure functions of the package, the account, the time.

A hold, of the account or of the package, stops everything. Nothing goes of a package that is still open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from esign.domain.account import Account
from esign.domain.package import Package, PackageHead
from esign.domain.status import CLOSED, PackageStatus
from esign.domain.timing import Timing, seconds


def next_date(package: Package, account: Account, *, timing: Timing) -> datetime | None:
    """When something has to go next (UTC, perhaps past); None: nothing ever, as things are."""
    return min(_dates(package, account, timing), default=None)


def _dates(package: Package, account: Account, timing: Timing) -> Iterator[datetime]:
    if is_held(package, account) or package.status not in CLOSED:
        return
    for date in (personal_until(package, account, timing), copy_until(package, account)):
        if date is not None:
            yield date
    if (date := evidence_until(package, account)) is not None:
        yield date


def is_held(package: PackageHead, account: Account) -> bool:
    return package.hold or account.hold


def personal_until(package: PackageHead, account: Account, timing: Timing) -> datetime | None:
    """What is personal in the table, and the staged documents. An expired package may come back for some days."""
    days = account.forgetting.after_days
    if days is None or package.forgotten_at is not None:
        return None
    ended = ended_at(package)
    reopens = seconds(timing.watch_expired) if package.status is PackageStatus.EXPIRED else timedelta(0)
    return ended + max(timedelta(days=days), reopens)


def copy_until(package: Package, account: Account) -> datetime | None:
    """The provider's own copy: only of what we keep ourselves, so never where it is Coupa's only one."""
    days, rule = account.forgetting.after_days, account.forgetting
    if days is None or not rule.provider_copy or package.copy_removed_at is not None:
        return None
    kept = package.status is PackageStatus.COMPLETE and bool(package.files)
    return ended_at(package) + timedelta(days=days) if kept else None


def evidence_until(package: Package, account: Account) -> datetime | None:
    """The signed files and their evidence: when the last lock has ended, where the account wants them gone. Files of a
    package that never completed have none; whoever removes a file finds out whether that is so."""
    if not account.forgetting.evidence or not package.files:
        return None
    return max(file.locked_until or ended_at(package) for file in package.files)


def ended_at(package: PackageHead) -> datetime:
    """Packages of before we noted it: at least since then they have not changed."""
    return package.ended_at or package.completed_at or package.updated_at
