"""deletePackage: delete, void or archive, whatever the status asks for. Asking again answers the same.

| status | what happens |
|---|---|
| DRAFT | DELETED, staged documents removed |
| SENDING | `withdrawRequested` stored, 200 with `withdrawal_pending`; the workflow withdraws |
| IN_PROCESS | withdrawn at the provider, confirmed by a read: CANCELLED. Provider down: as SENDING |
| SIGNED, COMPLETE, EXPIRED | archived, also at a provider that puts contracts away; evidence untouched |
| DECLINED, CANCELLED, DELETED, FAILED | answered as it is |
"""

from __future__ import annotations

from dataclasses import replace

from esign.domain.errors import (
    CredentialsRefused,
    ProviderError,
    ProviderNotFound,
    ProviderRefused,
    RateLimited,
    Unprocessable,
    WrongState,
)
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.domain.transitions import moved
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.operations.refresh import Refresh
from esign.operations.story import Story
from esign.ports import Clock, DocumentStore, PackageStore, PutsAway, Workflows

REFUSED = (ProviderRefused, CredentialsRefused)  # answered, and not done
ARCHIVED = frozenset({PackageStatus.SIGNED, PackageStatus.COMPLETE, PackageStatus.EXPIRED})


def delete_package(
    account: AccountId,
    package_id: str,
    reason: str | None,
    *,
    packages: PackageStore,
    documents: DocumentStore,
    access: ProviderAccess,
    refresh: Refresh,
    workflows: Workflows,
    clock: Clock,
) -> Package:
    """Raises NotFound, WrongState where the provider must not withdraw it (state unchanged), CredentialsRefused."""
    package = load(packages, account, package_id)
    match package.status:
        case PackageStatus.DRAFT:
            return _delete_draft(package, packages, documents, clock)
        case PackageStatus.SENDING:
            return _ask_to_withdraw(package, reason, packages, clock)
        case PackageStatus.IN_PROCESS:
            return _withdraw(
                package, reason, packages=packages, access=access, refresh=refresh, workflows=workflows, clock=clock
            )
        case status if status in ARCHIVED:
            archived = change(packages, package, lambda current: _archive(current, clock))
            _put_away(archived, packages=packages, access=access, clock=clock)
            return archived
        case PackageStatus.DELETED if not package.provider.reference:
            _remove_staged(package, documents)  # a former call may have ended between the two
            return package
        case _:
            return package


def _delete_draft(package: Package, packages: PackageStore, documents: DocumentStore, clock: Clock) -> Package:
    def decide(current: Package) -> Change | None:
        if current.status is not PackageStatus.DRAFT:
            return None
        now = clock.now()
        told = entry(now, EntryKind.COUPA_CALL, "Coupa deleted the draft; its staged documents are removed.")
        return Change(moved(current, PackageStatus.DELETED, now), timeline=(told,), forget_refresh=True)

    deleted = change(packages, package, decide)
    if deleted.status is PackageStatus.DELETED:
        _remove_staged(deleted, documents)
    return deleted


def _remove_staged(package: Package, documents: DocumentStore) -> None:
    documents.remove([d.key for d in package.documents if d.key])


def _ask_to_withdraw(package: Package, reason: str | None, packages: PackageStore, clock: Clock) -> Package:
    def decide(current: Package) -> Change | None:
        if current.withdrawing or current.status not in {PackageStatus.SENDING, PackageStatus.IN_PROCESS}:
            return None
        now = clock.now()
        after = replace(current, withdraw_requested=reason or "", status_reason="withdrawal_pending", updated_at=now)
        told = entry(
            now, EntryKind.COUPA_CALL, "Coupa asked to withdraw the package; that follows as soon as possible."
        )
        # While SENDING, the submission's own date stands: nobody touches it before.
        due = now if current.status is PackageStatus.IN_PROCESS else None
        return Change(after, timeline=(told,), refresh_at=due)

    return change(packages, package, decide)


def _withdraw(
    package: Package,
    reason: str | None,
    *,
    packages: PackageStore,
    access: ProviderAccess,
    refresh: Refresh,
    workflows: Workflows,
    clock: Clock,
) -> Package:
    asked = _ask_to_withdraw(package, reason, packages, clock)
    refused: ProviderError | None = None
    try:
        story = Story(packages, package.account, package.id, clock)
        record = access.account(package.account)
        with access.open(record, calls=2, story=story) as provider:
            try:
                provider.withdraw(asked, reason)
            except REFUSED as failure:
                refused = failure
            snapshot = refresh.snapshot(provider, asked, withdrawn=refused is None)
            after = refresh.take_over(asked, snapshot, fast=record.fast_poll, story=story)
    except (ProviderError, RateLimited):
        if refused is None or isinstance(refused, ProviderNotFound):
            woken = packages.wake(package.account, package.id, now=clock.now())
            workflows.refresh(package.account, package.id, wanted=woken.wanted)
            return asked
        after = asked  # nobody could look, but the provider had said no
    if refused is not None and after.status is PackageStatus.IN_PROCESS:
        _take_back(after, packages, clock)
        if isinstance(refused, CredentialsRefused):
            raise refused
        raise WrongState(f"The provider does not let this package be withdrawn: {refused.detail}", fault=refused.fault)
    if after.status in ARCHIVED:
        return change(packages, after, lambda current: _archive(current, clock))
    return after


def _take_back(package: Package, packages: PackageStore, clock: Clock) -> None:
    """Left in, the wish would be carried out some day, long after Coupa was told no. The status is as it was."""

    def decide(current: Package) -> Change | None:
        if current.status is not PackageStatus.IN_PROCESS:
            return None
        told = entry(clock.now(), EntryKind.DECISION, "The provider refused the withdrawal.", code="withdrawal_refused")
        return Change(replace(current, withdraw_requested=None, status_reason=None), timeline=(told,))

    change(packages, package, decide)


def _put_away(package: Package, *, packages: PackageStore, access: ProviderAccess, clock: Clock) -> None:
    """At the provider, where it does that. Its trouble is told and changes nothing here; asking again tries again."""
    record = access.account(package.account)
    if package.copy_removed_at or not access.providers.capabilities(record).puts_away:
        return
    story = Story(packages, package.account, package.id, clock)
    try:
        with access.open(record, calls=1, story=story) as provider:
            if isinstance(provider, PutsAway):
                provider.put_away(package)
    except (ProviderError, RateLimited, Unprocessable) as failure:
        text = f"The provider did not put its contract away: {failure.detail} Deleting again tries again."
        told = entry(clock.now(), EntryKind.PROVIDER_CALL, text, code=failure.kind)
        packages.append_timeline(package.account, package.id, (told,))


def _archive(package: Package, clock: Clock) -> Change | None:
    if package.archived or package.status not in ARCHIVED:
        return None
    told = entry(clock.now(), EntryKind.COUPA_CALL, "Coupa archived the package; its evidence stays.")
    return Change(replace(package, archived=True, updated_at=clock.now()), timeline=(told,))
