"""When a package's provider is read next, if nobody calls back. A pure function of the package and the time."""

from __future__ import annotations

from datetime import datetime

from esign.domain.package import AttentionNote, PackageHead
from esign.domain.status import Attention, PackageStatus
from esign.domain.timing import Timing, seconds


def next_poll(package: PackageHead, *, now: datetime, timing: Timing, fast: bool = False) -> datetime | None:
    """UTC; None: no need to look again, or no use (see `given_up`). `fast`: the provider calls nobody back.

    Design: 5 min, 1 h, 6 h after sending, then daily, and after the expiry.
    """
    if given_up(package, now=now, timing=timing):
        return None
    if package.status is PackageStatus.SIGNED:
        return now + seconds(_between(timing.files_retry, _age(package, now) / 4, timing.poll_daily))
    if package.status is PackageStatus.EXPIRED:
        until = package.updated_at + seconds(timing.watch_expired)
        due = now + seconds(timing.poll_daily)
        return due if due < until else None
    if package.status is PackageStatus.SENDING and package.charge:
        return package.charge.since + seconds(timing.late_verdict)
    if package.status is not PackageStatus.IN_PROCESS:
        return None
    sent = package.sent_at or package.created_at
    planned = [sent + seconds(after) for after in timing.poll_plan]
    if package.expires_at is not None:
        planned.append(package.expires_at + seconds(timing.poll_after_expiry))
    longest = timing.poll_fast if fast else timing.poll_daily
    return min([moment for moment in planned if moment > now] + [now + seconds(longest)])


def untouched_until(package: PackageHead, *, timing: Timing) -> datetime:
    """UTC. Before that nobody touches a submission but the attempt that has it: the provider may commit after our
    time-out."""
    return (package.send_deadline or package.updated_at) + seconds(timing.send_grace)


def next_look(since: datetime, *, now: datetime, timing: Timing) -> datetime:
    """UTC: when to ask again for a submission in doubt since then. Once the grace is over, then ever more rarely: nobody
    else may decide while a look is under way."""
    if now <= since:
        return now + seconds(timing.send_grace)
    return now + seconds(_between(timing.poll_plan[0], (now - since).total_seconds() / 4, timing.poll_daily))


def given_up(package: PackageHead, *, now: datetime, timing: Timing) -> AttentionNote | None:
    """What a person is told when to wait longer is in vain: nothing waits for ever without anybody knowing."""
    if package.status is PackageStatus.SIGNED and _age(package, now) >= timing.files_missing:
        step = "The provider has not given the signed files. Look there, then say `esign packages recollect <id>`."
        return AttentionNote(Attention.EVIDENCE_REJECTED, now, step)
    if package.status is PackageStatus.SENDING and package.charge:
        if now < package.charge.since + seconds(timing.late_verdict):
            return None
        step = (
            "The provider took the package in charge and never said what became of it. Look there, then say "
            "`esign packages resolve <id> --reference R` or `--not-sent`."
        )
        return AttentionNote(Attention.STUCK, now, step)
    sent = package.sent_at or package.created_at
    if package.status is PackageStatus.IN_PROCESS and now >= sent + seconds(timing.stuck_after):
        step = "Nothing happened for too long. Look at the provider; `esign packages refresh <id>` reads it again."
        return AttentionNote(Attention.STUCK, now, step)
    return None


def _age(package: PackageHead, now: datetime) -> float:
    """Seconds since the package changed last; for one that is SIGNED, since all had signed."""
    return (now - package.updated_at).total_seconds()


def _between(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))
