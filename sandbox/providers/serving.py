"""Runs a simulator's ASGI app over real HTTP in a thread of this process, and takes it away. Knows no vendor."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Literal, Self

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


class Served:
    """A context manager: inside it `app` answers at `url`. Port 0 takes a free one."""

    def __init__(self, app: ASGIApp, port: int = 0, *, lifespan: Literal["auto", "off"] = "auto") -> None:
        # h11 for the sake of the faults: they close its transport.
        self._config = uvicorn.Config(
            app, http="h11", log_level="error", access_log=False, timeout_graceful_shutdown=2, lifespan=lifespan
        )
        self._socket = _bound(port)
        self._socket.listen()
        self._server, self._thread = self._made()
        self._port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self._port}"

    def _made(self) -> tuple[uvicorn.Server, threading.Thread]:
        server = uvicorn.Server(self._config)
        return server, threading.Thread(target=server.run, args=([self._socket],), daemon=True)

    def go_down(self) -> None:
        """Nobody listens any more: connections are refused. What it knows stays, and so does its port: nobody else's."""
        self._end()
        self._socket = _bound(self._port)

    def come_back(self) -> None:
        """At the same address."""
        self._socket.listen()
        self._server, self._thread = self._made()
        self._thread.start()

    def _end(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=30)
        self._socket.close()

    def __enter__(self) -> Self:
        """The socket listens already, so a request made now waits for the server and is not refused."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


class Attended(Served):
    """With a second way in, `desk_url`, that stays open when the service goes down: people sign and its engineers work
    while nobody can reach its API."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._desk = Served(app)
        self.desk_url = self._desk.url
        super().__init__(app, port, lifespan="off")  # the desk's is the longer one

    def __enter__(self) -> Self:
        self._desk.__enter__()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._desk.__exit__(kind, error, trace)


def _bound(port: int) -> socket.socket:
    """Made with its protocol named: asyncio turns Nagle's delay (40 ms per answer) off for such sockets only."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    return bound
