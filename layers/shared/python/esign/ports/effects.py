"""What is set going elsewhere: workflows, the bell, Coupa, and the addresses that providers call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from esign.domain.events import Event
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import Callback


class Workflows(Protocol):
    """Starts executions; starting the same one twice is one execution."""

    def refresh(self, account: AccountId, package: PackageId, *, wanted: int, remind: bool = False) -> None:
        """`remind`: a signer asked for a new link, so remind them first."""
        ...

    def submit(self, account: AccountId, package: PackageId, *, attempt: str) -> None: ...

    def retain(self, account: AccountId, package: PackageId, *, due: int) -> None:
        """Remove what has to go. `due` (milliseconds since 1970) names the date that it answers."""
        ...


class Bell(Protocol):
    """Tells the deliverer that a package has events waiting. May ring too often, or be lost: the sweep rings again."""

    def ring(self, account: AccountId, package: PackageId) -> None: ...


class Delivered(StrEnum):
    OK = "OK"
    RETRY = "RETRY"
    REJECTED = "REJECTED"  # a 4xx that will not change
    GONE = "GONE"  # 410: the endpoint wants no more


@dataclass(frozen=True, slots=True)
class DeliveryAnswer:
    """What Coupa's endpoint said; `status` None when nothing came back. `retry_after` in seconds."""

    outcome: Delivered
    status: int | None
    detail: str
    retry_after: float | None = None
    milliseconds: int = 0


class CoupaNotifier(Protocol):
    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer: ...


class CallbackAddresses(Protocol):
    """Capability URLs for providers to call (design: callback addresses)."""

    def package_url(
        self, provider: str, account: AccountId, package: PackageId, *, key: str | None = None
    ) -> tuple[str, str]:
        """(url, key id): signed with the newest key, or with the given one."""
        ...

    def verify(self, provider: str, account: AccountId, package: PackageId, token: str) -> bool: ...

    def account_url(self, provider: str, account: AccountId, *, generation: int) -> str:
        """The one address of the whole account, which an administrator registers at the provider."""
        ...

    def generation(self, provider: str, account: AccountId, token: str) -> int | None:
        """Of an account's address; None: the token is none of ours. `Account.accepts` tells whether it still counts."""
        ...
