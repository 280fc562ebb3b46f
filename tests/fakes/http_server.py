"""A real HTTP server on the loopback whose answers a test writes, down to single bytes and broken connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Exchange(BaseHTTPRequestHandler):
    """What an answer function gets: `answer()` for a well-formed one, `raw()` and `hang_up()` for the others."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seen: Seen

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.raw(body)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen = Seen(self.command, self.path, headers, self.rfile.read(length))
        server: LocalServer = self.server.local  # type: ignore[attr-defined]
        server.seen.append(self.seen)
        try:
            server.script(self)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815

    def log_message(self, *_args: object) -> None:
        return


@dataclass
class LocalServer:
    script: Callable[[Exchange], None]
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def local_server(*script: Callable[[Exchange], object]) -> Iterator[LocalServer]:
    """Answers request n with function n, the last one for all further requests."""
    remaining = list(script)

    def next_answer(exchange: Exchange) -> None:
        (remaining.pop(0) if len(remaining) > 1 else remaining[0])(exchange)

    local = LocalServer(next_answer)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self):
            local.connections += 1
            return super().get_request()

        def handle_error(self, *_args: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Exchange)
    server.local = local  # type: ignore[attr-defined]
    local.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield local
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def replies(status: int = 200, body: bytes = b"{}", **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(status, body, **headers)


def hangs_up(exchange: Exchange) -> None:
    exchange.hang_up()
