"""Legal hold, and other changes of the rules by which things go. No package is looked at for ever: whoever changes a
rule has the packages looked at that it concerns.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from esign.domain.account import Account, Forgetting
from esign.domain.errors import NotFound
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Package
from esign.domain.status import CLOSED
from esign.operations.packages import Change, change, load
from esign.ports import AccountStore, Clock, Listing, PackageStore

APART = timedelta(seconds=0.1)  # between two looks, so that an account's archive does not hide what others have due


def hold_package(account: AccountId, package_id: str, *, held: bool, packages: PackageStore, clock: Clock) -> Package:
    """Nothing of the package is removed while it is held, whatever its dates. Raises NotFound."""

    def decide(current: Package) -> Change | None:
        if current.hold is held:
            return None
        word = "put on hold" if held else "released from its hold"
        told = entry(
            clock.now(), EntryKind.DECISION, f"A person had the package {word}.", code="hold" if held else "release"
        )
        return Change(replace(current, hold=held), timeline=(told,))

    package = change(packages, load(packages, account, package_id), decide)
    if not held and package.status in CLOSED:
        packages.schedule_retention(account, package.id, at=clock.now())
    return package


def change_retention(
    account: AccountId,
    *,
    forgetting: Forgetting | None = None,
    held: bool | None = None,
    accounts: AccountStore,
    packages: PackageStore,
    clock: Clock,
) -> tuple[Account, int]:
    """The account with its new rules, and how many of its packages will be looked at because of them.

    Raises NotFound, StaleVersion.
    """
    before = accounts.get(account)
    if before is None:
        raise NotFound("No such account.", code="account_not_found")
    after = replace(
        before,
        forgetting=before.forgetting if forgetting is None else forgetting,
        hold=before.hold if held is None else held,
    )
    if after == before:
        return before, 0
    saved = accounts.save(before, after)
    return saved, 0 if saved.hold else _look_at_all(account, packages, clock)


def _look_at_all(account: AccountId, packages: PackageStore, clock: Clock) -> int:
    at, cursor, found = clock.now(), None, 0
    while True:
        page, cursor = packages.listing(account, Listing(limit=200, cursor=cursor))
        for head in page:
            if head.status in CLOSED:
                packages.schedule_retention(account, head.id, at=at + found * APART)
                found += 1
        if cursor is None:
            return found
