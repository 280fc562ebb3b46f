"""What a provider's callback does: it wakes a refresh, and nothing else. Its body changes no state."""

from __future__ import annotations

from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.ports import Clock, PackageStore, Workflows


def receive_callback(
    account: AccountId,
    package: PackageId,
    *,
    told: str,
    code: str,
    packages: PackageStore,
    workflows: Workflows,
    clock: Clock,
    remind: bool = False,
) -> None:
    """`told` is our sentence for the timeline (no vendor text); `remind`: a signer asked for a new link.

    The caller has checked the capability token; the package is not read here.
    """
    now = clock.now()
    packages.append_timeline(account, package, (entry(now, EntryKind.CALLBACK, told, code=code),))
    asked = packages.wake(account, package, now=now)
    if remind or not asked.leased:
        workflows.refresh(account, package, wanted=asked.wanted, remind=remind)
