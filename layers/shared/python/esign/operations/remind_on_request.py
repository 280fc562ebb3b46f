"""A signer asked the provider for a new link: remind them, if the account says so (a setting of the vendor's folder)."""

from __future__ import annotations

from esign.domain.errors import ConnectorError
from esign.domain.events import EntryKind
from esign.domain.ids import AccountId, PackageId
from esign.domain.status import PackageStatus
from esign.operations.provider_access import ProviderAccess
from esign.operations.story import Story
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
    story = Story(packages, account, package_id, clock)
    try:
        with access.open(account, calls=1, story=story) as provider:
            if not isinstance(provider, Reminds):
                return False
            provider.remind(package)
            story.tell("A signer asked for a new link; a reminder was sent.", kind=EntryKind.DECISION)
    except ConnectorError as failure:
        story.tell("The reminder for a new link failed.", kind=EntryKind.DECISION, code=failure.kind)
        story.close()
        return False
    return True
