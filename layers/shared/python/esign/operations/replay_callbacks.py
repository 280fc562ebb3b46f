"""`esign callbacks replay`: take the kept calls of a provider for the hint that they are, once more.

However many there were, one wake-up is enough: the refresh reads what is true now. Their contents are not looked at, and
nobody is reminded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import PackageHead
from esign.domain.status import PackageStatus
from esign.domain.wording import many
from esign.operations.packages import load_head, require
from esign.ports import Clock, KeptCallback, PackageStore, RawCallbacks, Workflows

REFRESHED = (PackageStatus.SENDING, PackageStatus.IN_PROCESS, PackageStatus.SIGNED, PackageStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """`running`: a refresh was at work already and sees it; None: nothing was done."""

    package: PackageHead
    callbacks: tuple[KeptCallback, ...]
    running: bool | None = None


def replay_callbacks(
    account: AccountId,
    package_id: str,
    *,
    since: datetime | None,
    dry_run: bool,
    packages: PackageStore,
    raw_callbacks: RawCallbacks,
    workflows: Workflows,
    clock: Clock,
) -> Replayed:
    """`since` is UTC; calls are kept for 30 days. Raises NotFound, and WrongState where no read can change anything."""
    head = load_head(packages, account, package_id)
    kept = raw_callbacks.kept(head.provider.name, account, head.id, since=since)
    if dry_run or not kept:
        return Replayed(head, kept)
    text = f"A person replayed {many(len(kept), 'call')} of the provider."
    told = entry(clock.now(), EntryKind.DECISION, text, code="callbacks_replayed")
    running = refresh_again(head, packages=packages, workflows=workflows, clock=clock)
    packages.append_timeline(account, head.id, (told,))
    return Replayed(head, kept, running)


def refresh_again(head: PackageHead, *, packages: PackageStore, workflows: Workflows, clock: Clock) -> bool:
    """Have the provider read as if it had called. True: a refresh is at work already and will see it. Raises WrongState."""
    require(head, *REFRESHED, to="read its provider again")
    asked = packages.wake(head.account, head.id, now=clock.now())
    if not asked.leased:
        workflows.refresh(head.account, head.id, wanted=asked.wanted)
    return asked.leased
