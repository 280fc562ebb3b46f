"""AWS, the provider and Coupa's endpoint behind one port, with no latency of their own: what they answered once, again.

Recorded from moto and the simulator, then replayed: calls of one kind in their order, kinds in any, since a function's
threads come as they like. A call that was not recorded, or not so often, is refused, and told in `strayed`. One function
speaks to it at a time.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True, slots=True)
class Answer:
    call: str  # what was asked, without ids and times: "POST DynamoDB_20120810.GetItem", "PUT /documents"
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Tape = tuple[Answer, ...]


class Stub:
    """It forwards by `routes`, where the longest prefix of a path counts: {"": aws_url, "/webportalapi": provider_url}.

    `record` and `play` say what it does beside or instead.
    """

    def __init__(self) -> None:
        self.routes: dict[str, str] = {}
        self._lock = Lock()
        self._recorded: list[Answer] | None = None
        self._tape: list[Answer] | None = None
        self.strayed: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stub = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def record(self) -> None:
        self._recorded, self._tape = [], None

    def recorded(self) -> Tape:
        """What was answered since `record`; forwards again."""
        told, self._recorded = tuple(self._recorded or ()), None
        return told

    def play(self, tape: Tape) -> None:
        self._tape, self.strayed = list(tape), []

    def stop(self) -> None:
        self._tape = None

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        call = f"{method} {headers.get('X-Amz-Target') or '/' + urlsplit(path).path.split('/')[1]}"
        with self._lock:
            if self._tape is not None:
                return self._next(call)
        answer = self._forward(call, method, path, headers, body)
        if self._recorded is not None:
            self._recorded.append(answer)
        return answer

    def _next(self, call: str) -> Answer:
        assert self._tape is not None
        for at, answer in enumerate(self._tape):
            if answer.call == call:
                return self._tape.pop(at)
        self.strayed.append(f"{call}, which was not recorded, or not so often")
        return Answer(call, 500, (), b"")

    def _forward(self, call: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        there = urlsplit(self.routes[max(filter(path.startswith, self.routes), key=len)])
        connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=60)
        try:
            connection.request(method, path, body, {k: v for k, v in headers.items() if k.lower() not in _HOP})
            reply = connection.getresponse()
            told = tuple((name, value) for name, value in reply.getheaders() if name.lower() not in _HOP)
            return Answer(call, reply.status, told, reply.read())
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    stub: Stub

    def handle_error(self, request: object, client_address: object) -> None:
        """Silence: a function that is killed after its answer leaves its connections open."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet per answer
    disable_nagle_algorithm = True

    def handle_expect_100(self) -> bool:
        """At once, not with the answer: whoever puts a file waits a second for it."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _serve(self) -> None:
        answer = self.server.stub.answer(self.command, self.path, dict(self.headers.items()), self._body())
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - names that the base class looks for

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Silence."""
