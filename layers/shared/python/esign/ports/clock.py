"""Time of day, and the one way to wait."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time of day, UTC, and the one way to wait."""

    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...
