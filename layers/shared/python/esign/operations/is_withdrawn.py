"""Whether Coupa has withdrawn a package: what a provider may ask before it lets a person sign."""

from __future__ import annotations

from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.domain.status import PackageStatus
from esign.ports import PackageStore

WITHDRAWN = frozenset({PackageStatus.CANCELLED, PackageStatus.DELETED})


def is_withdrawn(account: AccountId, package_id: str, *, packages: PackageStore) -> bool:
    """False for a package that the account does not have: the provider's other envelopes are not ours to stop."""
    head = packages.head(account, PackageId(package_id)) if is_package_id(package_id) else None
    return head is not None and (head.withdrawing or head.status in WITHDRAWN)
