"""listPackages and listEvents: what the account has, and what happened to a package."""

from __future__ import annotations

from esign.domain.events import TimelineEntry
from esign.domain.ids import AccountId
from esign.domain.package import PackageHead
from esign.operations.packages import load_head
from esign.ports import Listing, PackageStore


def list_packages(
    account: AccountId, query: Listing, *, packages: PackageStore
) -> tuple[tuple[PackageHead, ...], str | None]:
    """Newest first, and the cursor of the next page (None: the end)."""
    return packages.listing(account, query)


def list_events(
    account: AccountId, package_id: str, *, cursor: str | None, limit: int, packages: PackageStore
) -> tuple[tuple[TimelineEntry, ...], str | None]:
    """The package's story, oldest first. Raises NotFound."""
    head = load_head(packages, account, package_id)
    return packages.timeline(account, head.id, cursor=cursor, limit=limit)
