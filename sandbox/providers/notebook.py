"""What a simulator remembers beside its envelopes: small JSON values and append-only logs. In memory, gone with it."""

from __future__ import annotations

import copy
import threading
from contextlib import AbstractContextManager
from typing import Any

from sandbox.providers.jsontypes import JsonValue


class Notebook:
    """Values cross its border as copies. The lock is held while one call reads and writes; it is re-entrant."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._values: dict[str, Any] = {}
        self._logs: dict[str, list[dict[str, Any]]] = {}

    def lock(self) -> AbstractContextManager[object]:
        return self._lock

    def put_value(self, name: str, value: JsonValue) -> None:
        with self._lock:
            self._values[name] = copy.deepcopy(value)

    def get_value(self, name: str) -> JsonValue:
        with self._lock:
            return copy.deepcopy(self._values.get(name))

    def record(self, log: str, entry: dict[str, Any]) -> None:
        with self._lock:
            self._logs.setdefault(log, []).append(copy.deepcopy(entry))

    def entries(self, log: str) -> list[dict[str, Any]]:
        with self._lock:
            return copy.deepcopy(self._logs.get(log, []))

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._logs.clear()
