"""What the console has in its hands: the sandbox, and one account of Coupa's for each door that was opened."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from sandbox.console.faults import Faults
from sandbox.console.uploads import Uploads
from sandbox.coupa.client import CoupaClient
from sandbox.coupa.receiver import Notification
from sandbox.provider_side import ProviderSide
from sandbox.world import Login, World

TIMEOUT = 60.0  # seconds: a function's first call on a slow machine


@dataclass(frozen=True, slots=True)
class Holding:
    """An account with Coupa's key to it. `features`: each with None, or why the provider cannot do it."""

    account: str
    door: str
    coupa: CoupaClient = field(repr=False)
    features: Mapping[str, str | None] = field(repr=False)

    def can(self, feature: str) -> bool:
        return self.features.get(feature, "") is None


class ProviderNotReady(Exception):
    """The account could not be proven; the sentence says why."""


class Desk:
    """`doors` are those that may be opened; `logins` accounts that exist already, one for each of their doors."""

    def __init__(self, world: World, doors: Sequence[str], *, logins: Iterable[Login] = ()) -> None:
        self.world, self.doors = world, tuple(doors)
        self.faults, self.uploads = Faults(world), Uploads()
        self.notices: dict[str, str] = {}  # package id: what its page says until the next thing is done
        self._logins = {login.door: login for login in logins}
        self._holdings: dict[str, Holding] = {}
        self._lock, self._stack = threading.Lock(), ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def holdings(self) -> list[Holding]:
        """Of the doors that are open; those with an account from before are opened now."""
        for door in [one for one in self._logins if one not in self._holdings]:
            self.at(door)
        return list(self._holdings.values())

    def holding(self, account: str) -> Holding | None:
        return next((one for one in self.holdings() if one.account == account), None)

    def at(self, door: str) -> Holding:
        """Opens the door when it is asked for first: starts its simulator, adds an account, proves it, tells Coupa's
        endpoint. Raises ProviderNotReady."""
        with self._lock:
            if door not in self._holdings:
                self._holdings[door] = self._opened(door)
            return self._holdings[door]

    def _opened(self, door: str) -> Holding:
        login = self._logins.get(door) or self.world.add_account(f"Sandbox, {door}", door=door)
        self._logins[door] = login
        coupa = self._stack.enter_context(self.world.coupa(login, timeout=TIMEOUT))
        proven = coupa.verify_account()
        if not proven.ok:
            raise ProviderNotReady(str(proven.json.get("detail") or f"verifyAccount answered {proven.status}."))
        coupa.configure_callback({"url": self.world.receiver.url})
        return Holding(str(login.account), door, coupa, _features(proven.json))

    def side(self, holding: Holding) -> ProviderSide:
        return self.world.sides[holding.door]

    def heard(self, package: str) -> list[Notification]:
        """What came to Coupa's endpoint about a package, accepted or not, in the order of arrival."""
        return [one for one in self.world.receiver.received if one.package_id == package]


def _features(proven: Mapping[str, Any]) -> dict[str, str | None]:
    listed = proven["capabilities"]["features"]
    return {one["name"]: None if one["supported"] else one.get("reason", "") for one in listed}
