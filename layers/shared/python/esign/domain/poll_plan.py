"""When a package's provider is read next, if nobody calls back. A pure function of the package and the time."""

from __future__ import annotations

from datetime import datetime

from esign.domain.package import PackageHead
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds


def next_poll(package: PackageHead, *, now: datetime, timing: Timing) -> datetime | None:
    """UTC; None: no need to look again. Design: 5 min, 1 h, 6 h after sending, then daily, and after the expiry."""
    if package.status is PackageStatus.SIGNED:
        return now + seconds(timing.files_retry)
    if package.status is PackageStatus.EXPIRED:
        until = package.updated_at + seconds(timing.watch_expired)
        due = now + seconds(timing.poll_daily)
        return due if due < until else None
    if package.status is not PackageStatus.IN_PROCESS:
        return None
    sent = package.sent_at or package.created_at
    planned = [sent + seconds(after) for after in timing.poll_plan]
    if package.expires_at is not None:
        planned.append(package.expires_at + seconds(timing.poll_after_expiry))
    return min([moment for moment in planned if moment > now] + [now + seconds(timing.poll_daily)])
