"""What a provider says, by itself, of a Send that it had taken in charge: the one callback that changes state.

Design: architecture, "A callback is a hint", its first exception. The caller has checked who calls; a verdict completes no
package, and what only a read can tell is left to the workflow.
"""

from __future__ import annotations

from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Package, Verdict
from esign.domain.timing import Timing
from esign.operations.packages import Change, change
from esign.operations.send_outcomes import heard
from esign.ports import Bell, Clock, PackageStore, Workflows


def settle_submission(
    account: AccountId,
    package_id: PackageId,
    verdict: Verdict,
    *,
    packages: PackageStore,
    workflows: Workflows,
    bell: Bell,
    clock: Clock,
    timing: Timing,
) -> Package | None:
    """The package as it is now; None: the account has no such package. Hearing the same again changes nothing.

    Raises StaleVersion, StoreUnavailable: nothing was changed, the provider may say it again.
    """
    package = packages.get(account, package_id)
    if package is None:
        return None
    now = clock.now()
    decided: Change | None = None

    def decide(current: Package) -> Change | None:
        nonlocal decided
        decided = heard(current, verdict, now=now, timing=timing)
        return decided

    after = change(packages, package, decide)
    if decided is None:
        told = "The provider's verdict on a submission changes nothing: it is settled, or of another request."
        packages.append_timeline(account, package_id, (entry(now, EntryKind.CALLBACK, told, code=verdict.kind.value),))
        return after
    if decided.events:
        bell.ring(account, package_id)
    if decided.refresh_at and decided.refresh_at <= now:
        woken = packages.wake(account, package_id, now=now)
        workflows.refresh(account, package_id, wanted=woken.wanted)
    return after
