"""What providers called with, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from esign.domain.ids import AccountId, PackageId
from esign.ports import KeptCallback


class MemoryRawCallbacks:
    """Port `RawCallbacks`. `calls` holds (provider, account, package) → what was kept."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, AccountId, PackageId | None], list[KeptCallback]] = {}

    def keep(
        self,
        provider: str,
        account: AccountId,
        package: PackageId | None,
        *,
        headers: Mapping[str, str],
        body: bytes,
        at: datetime,
    ) -> str:
        of_package = self.calls.setdefault((provider, account, package), [])
        of_package.append(KeptCallback(f"callbacks/{len(of_package)}", at))
        return of_package[-1].key

    def kept(
        self, provider: str, account: AccountId, package: PackageId, *, since: datetime | None = None
    ) -> tuple[KeptCallback, ...]:
        found = self.calls.get((provider, account, package), [])
        return tuple(sorted((c for c in found if since is None or c.at >= since), key=lambda call: call.at))
