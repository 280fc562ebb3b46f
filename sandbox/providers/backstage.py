"""The hand that plays a vendor's clock and bad luck, and shows what was seen. Knows no vendor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import httpx

from sandbox.providers import faults
from sandbox.providers.courier import Courier, Habits
from sandbox.providers.jsontypes import JsonValue
from sandbox.providers.notebook import Notebook


class NotTheirTurn(Exception):
    """Nobody of that name, address or id may act now."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What a vendor's document leaves open; each vendor adds its own."""

    callbacks: Habits = Habits()


S = TypeVar("S", bound=Switches)


def _any_success(answer: httpx.Response) -> bool:
    return answer.is_success


class Backstage(Generic[S]):
    """What a simulated vendor inherits. `taken` tells which answers to a callback end its tries."""

    def __init__(
        self, notebook: Notebook, switches: S, *, taken: Callable[[httpx.Response], bool] = _any_success
    ) -> None:
        self.notebook, self.switches, self._initial = notebook, switches, switches
        self.courier = Courier(notebook, taken=taken)
        self._ahead = timedelta()

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Moves the clock."""
        self._ahead += timedelta(seconds=seconds)

    def configure(self, **changes: JsonValue) -> None:
        """Fields of the switches; `callbacks` is merged key by key."""
        if "callbacks" in changes:
            changes["callbacks"] = replace(self.switches.callbacks, **changes["callbacks"])
        self.switches = replace(self.switches, **changes)

    def fault(self, operation: str, fault: faults.Kind, **rule: JsonValue) -> None:
        """See faults.Fault. The operations are named in app.py."""
        faults.add(self.notebook, {"operation": operation, "fault": fault, **rule})

    @property
    def faults_to_come(self) -> bool:
        return bool(self.notebook.get_value("faults"))

    def requests(self, operation: str = "") -> list[dict[str, Any]]:
        """{operation, method, path, query, status, authorized}."""
        return [entry for entry in self.notebook.entries("requests") if operation in {"", entry["operation"]}]

    def callbacks(self, package: str | int | None = None) -> list[dict[str, Any]]:
        """Every try of a callback, once none is on its way: {url, package, method, status, attempt}.

        `package`: the vendor's id of what they tell about; None: all.
        """
        self.courier.release()
        self.courier.settle(5.0)
        return [
            call for call in self.notebook.entries("callbacks") if package is None or call["package"] == str(package)
        ]

    def reset(self) -> None:
        """Logs, faults, clock and switches."""
        self.courier.settle(5.0)
        self.notebook.clear()
        self.switches, self._ahead = self._initial, timedelta()
