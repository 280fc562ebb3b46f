"""Runs the console on 127.0.0.1, at its own port if that is free."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.console.app import create_app
from sandbox.console.desk import Desk
from sandbox.console.guard import Guard
from sandbox.providers.serving import Served

PORT = 8080


class Console(Served):
    """A context manager: inside it the console answers at `url`. A port that is taken becomes a free one."""

    def __init__(self, desk: Desk, port: int = PORT) -> None:
        guard = Guard(create_app(desk))
        try:
            super().__init__(guard, port)
        except OSError:
            super().__init__(guard, 0)
        number = urlsplit(self.url).port
        guard.hosts = frozenset({f"127.0.0.1:{number}", f"localhost:{number}"})
