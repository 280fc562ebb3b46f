"""`esign packages accept` and `recollect`: a person has looked, and decides what no rule may decide.

accept: skipped signers are fine; the evidence that is there is enough; an expired package that the provider reopened or
finished is followed again. recollect: fetch the files anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from esign.domain.errors import WrongState
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.status import Attention, PackageStatus
from esign.domain.transitions import moved
from esign.operations.packages import Change, change, load
from esign.ports import Clock, PackageStore, Workflows

Decide = Callable[[Package, Clock], Package]


def accept_package(
    account: AccountId, package_id: str, *, packages: PackageStore, workflows: Workflows, clock: Clock
) -> Package:
    """Raises NotFound, WrongState when there is nothing that a person could accept."""
    return _decide(account, package_id, _accepted, "accepted", packages=packages, workflows=workflows, clock=clock)


def recollect_package(
    account: AccountId, package_id: str, *, packages: PackageStore, workflows: Workflows, clock: Clock
) -> Package:
    """Raises NotFound, WrongState when no evidence was rejected."""
    return _decide(
        account, package_id, _recollected, "recollected", packages=packages, workflows=workflows, clock=clock
    )


def _accepted(package: Package, clock: Clock) -> Package:
    code = package.attention.code if package.attention else None
    if package.status is PackageStatus.SIGNED and code is Attention.SIGNERS_SKIPPED:
        return replace(package, attention=None, skip_requested=True)
    if package.status is PackageStatus.SIGNED and code is Attention.EVIDENCE_REJECTED:
        return replace(package, attention=None, evidence_accepted=True)
    if package.forgotten_at is not None:
        raise WrongState("What was personal in this package is removed; nobody could be told of it any more.")
    if package.status is PackageStatus.EXPIRED and code is Attention.CHANGED_AFTER_END:
        return replace(moved(package, PackageStatus.IN_PROCESS, clock.now()), attention=None)
    raise WrongState("There is nothing in this package that a person could accept.")


def _recollected(package: Package, _clock: Clock) -> Package:
    code = package.attention.code if package.attention else None
    if package.status is not PackageStatus.SIGNED or code is not Attention.EVIDENCE_REJECTED:
        raise WrongState("Only rejected evidence can be collected again.")
    unseen = tuple(replace(file, observed=None) for file in package.files)
    return replace(package, attention=None, files=unseen)  # the same bytes are looked at again too


def _decide(
    account: AccountId,
    package_id: str,
    decide: Decide,
    word: str,
    *,
    packages: PackageStore,
    workflows: Workflows,
    clock: Clock,
) -> Package:
    def decided(current: Package) -> Change:
        now = clock.now()
        told = entry(now, EntryKind.DECISION, f"A person looked at the package and {word} it.", code=word)
        return Change(replace(decide(current, clock), updated_at=now), timeline=(told,), refresh_at=now)

    after = change(packages, load(packages, account, package_id), decided)
    woken = packages.wake(account, after.id, now=clock.now())
    workflows.refresh(account, after.id, wanted=woken.wanted)
    return after
