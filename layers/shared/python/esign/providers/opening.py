"""What an account's provider is opened with, for one invocation. It knows no vendor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esign.http.renewal import Renew, never
from esign.providers.secured import check_addresses

if TYPE_CHECKING:  # an account's capabilities are asked for without any HTTP library
    from esign.http.deadline import Deadline
    from esign.http.redaction import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Credentials are asked for by each call, so that renewed ones count at once; `renew` looks for renewed ones.

    `hosts`: where the stage lets providers be (none: any public host); `allow_loopback`: also on its own machine.
    """

    credentials: Callable[[], Mapping[str, str]] = field(repr=False)
    deadline: Deadline
    observe: Callable[[Exchange], None]
    allow_loopback: bool = False
    hosts: Collection[str] = ()
    renew: Renew = never

    def check(self, addresses: Mapping[str, str | None]) -> None:
        """By pointer. Raises Unprocessable where one may not be called."""
        check_addresses(addresses, allow_loopback=self.allow_loopback, hosts=self.hosts)
