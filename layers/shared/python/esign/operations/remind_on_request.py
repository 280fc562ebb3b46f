"""A signer asked the provider for a new link: remind them, if the account says so (a setting of the vendor's folder)."""

from __future__ import annotations

from esign.domain.errors import ConnectorError
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.domain.status import PackageStatus
from esign.operations.provider_access import ProviderAccess
from esign.ports import Clock, PackageStore, Reminds


def remind_on_request(
    account: AccountId, package_id: PackageId, *, packages: PackageStore, access: ProviderAccess, clock: Clock
) -> bool:
    """Whether a reminder went out. A failure is a line in the timeline, no more: the signer can ask again."""
    package = packages.get(account, package_id)
    if package is None or package.status is not PackageStatus.IN_PROCESS:
        return False
    if not access.account(account).settings.get("remindOnLinkRequest", False):
        return False
    try:
        with access.open(account, calls=1) as provider:
            if not isinstance(provider, Reminds):
                return False
            provider.remind(package)
    except ConnectorError as failure:
        told = entry(clock.now(), EntryKind.PROVIDER_CALL, "The reminder for a new link failed.", code=failure.kind)
        packages.append_timeline(account, package_id, (told,))
        return False
    told = entry(clock.now(), EntryKind.PROVIDER_CALL, "A signer asked for a new link; a reminder was sent.")
    packages.append_timeline(account, package_id, (told,))
    return True
