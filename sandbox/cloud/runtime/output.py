"""What a function's process writes, line by line. Must not know what the lines mean."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from threading import Lock


class Output:
    """Reads the pipe `descriptor`; every line goes to `write` at once and, until taken, is kept."""

    def __init__(self, descriptor: int, write: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._write = write
        self._lock = Lock()
        self._kept: list[str] = []
        self._rest = b""
        self._ended = False

    def pump(self) -> None:
        """Read until the other end is closed."""
        while not self._ended:
            select.select([self._descriptor], [], [])
            with self._lock:
                self._drain()

    def take(self) -> tuple[str, ...]:
        """The lines since the last time, with all that lies in the pipe at this moment."""
        with self._lock:
            self._drain()
            lines, self._kept = tuple(self._kept), []
        return lines

    def ended(self) -> bool:
        """Whether the process has closed its end, as it does by ending. `Popen.poll` tells nothing while another waits."""
        with self._lock:
            self._drain()
            return self._ended

    def _drain(self) -> None:
        while not self._ended and select.select([self._descriptor], [], [], 0)[0]:
            chunk = os.read(self._descriptor, 65536)
            self._ended = not chunk
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            if self._ended and self._rest:
                lines.append(self._rest)
            for line in lines:
                text = line.decode("utf-8", errors="replace")
                self._kept.append(text)
                self._write(text)
