"""Lambda's Runtime API for one execution environment.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. Each environment has a port of its own, because the
client reports an init error through http.client, which takes no path in AWS_LAMBDA_RUNTIME_API.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Event, Thread
from typing import Literal

VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    body: bytes
    deadline_ms: int
    arn: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`exited` carries the exit code as its body; the others carry what the function's process posted."""

    kind: Literal["response", "error", "init_error", "exited"]
    body: bytes


class RuntimeApi:
    """`requests` goes to the function, `answers` comes from it; `ready` is set once it first asked for work."""

    def __init__(self) -> None:
        self.requests: SimpleQueue[Request | None] = SimpleQueue()
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.ready = Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.requests.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet per answer
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        api = self.server.api
        api.ready.set()
        request = api.requests.get()
        if request is None:
            self.close_connection = True
            return
        self._answer(
            200,
            request.body,
            **{
                "Lambda-Runtime-Aws-Request-Id": request.id,
                "Lambda-Runtime-Deadline-Ms": str(request.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": request.arn,
                "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{request.id.replace('-', '')[:24]};Sampled=0",
            },
        )

    def do_POST(self) -> None:
        body = self._body()
        self._answer(202, b'{"status":"OK"}')
        self.server.api.answers.put(Answer(self._kind(), body))

    def _kind(self) -> Literal["response", "error", "init_error"]:
        if self.path.startswith(f"{VERSION}/init/error"):
            return "init_error"
        return "response" if self.path.endswith("/response") else "error"

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Silence: a request per invocation would drown the function's own lines."""
