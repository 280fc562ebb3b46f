"""Remove an account: only when nothing of it is under way, nothing has still to be told, and nothing is kept any more.

Whoever removes an account takes away who could finish, tell, unlock or delete what is its own. So it has to be disabled
first, and what stands in the way is named. What ended packages still hold may be left behind, if somebody says so; what is
open, untold, locked or on hold may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from esign.domain.account import Account
from esign.domain.errors import WrongState
from esign.domain.ids import PackageId
from esign.domain.package import Package, PackageHead
from esign.domain.retention import is_held
from esign.domain.status import CLOSED
from esign.ports import AccountStore, Clock, Listing, PackageStore

ENOUGH = 20  # obstacles: nobody reads more of them
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`code`: open, untold, locked (until when, UTC), held, archived or personal."""

    package: PackageId
    code: str
    until: datetime | None = None


def remove_account(
    account: Account,
    *,
    leave_archive: bool,
    packages: PackageStore,
    accounts: AccountStore,
    clock: Clock,
    looked: Callable[[], None] = lambda: None,
) -> tuple[Obstacle, ...]:
    """What stands in the way (at most ENOUGH); nothing: the account is gone. `looked` hears of every package.

    `leave_archive`: signed files that are not locked, and what is personal, may stay behind. Raises WrongState while the
    account is enabled, StaleVersion.
    """
    if account.enabled:
        raise WrongState("The account is enabled: Coupa may still make packages.", code="account_enabled")
    found = _obstacles(account, clock.now(), packages, looked)
    grave = (one for one in found if not (leave_archive and one.code in {"archived", "personal"}))
    standing = tuple(islice(grave, ENOUGH))
    if not standing:
        accounts.remove(account)
    return standing


def _obstacles(
    account: Account, now: datetime, packages: PackageStore, looked: Callable[[], None]
) -> Iterator[Obstacle]:
    for head in _all(account, packages):
        if head.status not in CLOSED:
            yield Obstacle(head.id, "open")
        elif is_held(head, account):
            yield Obstacle(head.id, "held")
        elif packages.told(account.id, head.id).waiting:
            yield Obstacle(head.id, "untold")
        elif package := packages.get(account.id, head.id):
            yield from _kept(package, now)
        looked()


def _all(account: Account, packages: PackageStore) -> Iterator[PackageHead]:
    cursor: str | None = None
    while True:
        page, cursor = packages.listing(account.id, Listing(limit=_PAGE, cursor=cursor))
        yield from page
        if cursor is None:
            return


def _kept(package: Package, now: datetime) -> Iterator[Obstacle]:
    locks = [file.locked_until for file in package.files if file.locked_until and file.locked_until > now]
    if locks:
        yield Obstacle(package.id, "locked", max(locks))
    elif package.files:
        yield Obstacle(package.id, "archived")
    elif package.forgotten_at is None:
        yield Obstacle(package.id, "personal")
