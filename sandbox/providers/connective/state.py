"""The state port of the simulator and its in-memory twin, so that the same app can keep its state elsewhere.

Knows no rules and no HTTP. Values cross the port as copies: who changes a package must save it.
"""

from __future__ import annotations

import copy
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sandbox.providers.connective.model import Package
from sandbox.providers.jsontypes import JsonValue
from sandbox.providers.notebook import Notebook


class State(Protocol):
    """What the simulator remembers. Logs are append-only lists of JSON objects; values are small JSON values."""

    def lock(self) -> AbstractContextManager[object]:
        """Held while one call reads and writes; re-entrant."""
        ...

    def package(self, package_id: str) -> Package | None: ...
    def packages(self, environment: str) -> list[Package]: ...
    def save(self, package: Package) -> None: ...
    def forget(self, package_id: str) -> None: ...
    def put_bytes(self, key: str, data: bytes) -> None: ...
    def get_bytes(self, key: str) -> bytes: ...
    def put_value(self, name: str, value: JsonValue) -> None: ...
    def get_value(self, name: str) -> JsonValue: ...
    def record(self, log: str, entry: dict[str, Any]) -> None: ...
    def entries(self, log: str) -> list[dict[str, Any]]: ...
    def clear(self) -> None: ...


class InMemoryState(Notebook):
    """State of one process; gone with it."""

    def __init__(self) -> None:
        super().__init__()
        self._packages: dict[str, Package] = {}
        self._bytes: dict[str, bytes] = {}

    def package(self, package_id: str) -> Package | None:
        with self._lock:
            return copy.deepcopy(self._packages.get(package_id))

    def packages(self, environment: str) -> list[Package]:
        with self._lock:
            return [copy.deepcopy(p) for p in self._packages.values() if p.environment == environment]

    def save(self, package: Package) -> None:
        with self._lock:
            self._packages[package.id] = copy.deepcopy(package)

    def forget(self, package_id: str) -> None:
        with self._lock:
            self._packages.pop(package_id, None)

    def put_bytes(self, key: str, data: bytes) -> None:
        with self._lock:
            self._bytes[key] = data

    def get_bytes(self, key: str) -> bytes:
        with self._lock:
            return self._bytes[key]

    def clear(self) -> None:
        with self._lock:
            super().clear()
            self._packages.clear()
            self._bytes.clear()
