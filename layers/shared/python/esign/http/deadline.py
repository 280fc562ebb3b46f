"""How long a call may take in all, held under every single read and write.

A socket's time-out counts from byte to byte: a peer that sends one byte a second is never late for it. So the sockets
of `esign.http.network` ask the deadline that applies, not only httpx. Knows nothing of HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_applying: ContextVar[Deadline | None] = ContextVar("esign_deadline", default=None)


class Deadline:
    """A point in monotonic time, `seconds` from now."""

    __slots__ = ("_clock", "_end", "budget")

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self.budget = seconds

    def __repr__(self) -> str:
        return f"Deadline({self.remaining():.1f} s left of {self.budget:g})"

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    @property
    def passed(self) -> bool:
        return self.remaining() == 0.0

    def within(self, seconds: float) -> Deadline:
        """The earlier of this deadline and `seconds` from now."""
        return Deadline(min(seconds, self.remaining()), clock=self._clock)

    @contextmanager
    def applies(self) -> Iterator[None]:
        """Every socket that this thread uses inside obeys this deadline."""
        token = _applying.set(self)
        try:
            yield
        finally:
            _applying.reset(token)


def clip(seconds: float | None) -> float | None:
    """A socket time-out, shortened to what the applying deadline leaves; 0.0 means that no time is left."""
    deadline = _applying.get()
    if deadline is None:
        return seconds
    left = deadline.remaining()
    return left if seconds is None else min(seconds, left)
