"""Something moves on the screen where a command takes longer than a second and a person watches: on standard error, gone
when the answer comes. Knows no command.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 1.0  # seconds without anything on the screen

Tick = Callable[[], None]


def somebody_watches() -> bool:
    return sys.stderr.isatty()


class Waiting:
    """One run's sign of life. Where nobody watches (a pipe, a log) it does nothing."""

    def __init__(self, *, watched: Callable[[], bool] = somebody_watches, patience: float = PATIENCE) -> None:
        self._watched = watched
        self._patience = patience
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._status: Status | None = None

    def begin(self) -> None:
        """From now on somebody waits."""
        if self._timer is None and self._watched():
            self._timer = threading.Timer(self._patience, self._appear)
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """Something is about to be printed or asked."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._status:
                self._status.stop()
            self._timer = self._status = None

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Says at once what goes on."""
        from cli.render import console

        self.end()
        with console(stderr=True).status(what):
            yield
        self.begin()

    @contextmanager
    def counting(self, what: str, *, total: int | None = None) -> Iterator[Tick]:
        """A bar for many steps; the caller ticks each. Without a total it only counts."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        from cli.render import console

        self.end()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console(stderr=True), transient=True, disable=not self._watched()) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
        self.begin()

    def _appear(self) -> None:
        from cli.render import console

        with self._lock:
            if self._timer is not None and self._status is None:
                self._status = console(stderr=True).status("Working …")
                self._status.start()
