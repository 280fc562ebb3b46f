"""Coupa's endpoint for notifications: checks, keeps and answers them, and misbehaves when told to.

A real HTTP server in a thread of this process, on a free port of 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import uvicorn

from sandbox.coupa.webhooks import problem_with

Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notification:
    """One call as it arrived; `problem` says why it was not believed, `answered` is 0 if the caller had gone by then."""

    received_at: datetime
    path: str
    headers: dict[str, str] = field(repr=False)
    body: dict[str, Any]
    problem: str | None
    answered: int

    @property
    def accepted(self) -> bool:
        return 200 <= self.answered < 300

    @property
    def event_id(self) -> str:
        return str(self.body.get("eventId", ""))

    @property
    def type(self) -> str:
        return str(self.body.get("type", ""))

    @property
    def package_id(self) -> str:
        return str(self.body.get("packageId", ""))

    @property
    def sequence(self) -> int:
        return int(self.body.get("sequence", 0))


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """What one call gets instead of a welcome: after `seconds`, a status (None: the one it deserves) with headers."""

    status: int | None = None
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


class Receiver(AbstractContextManager["Receiver"]):
    """`secrets` (whsec_ + base64) and `basic` (user, password) are what notifications must prove to know.

    Everything that arrived is in `received`, in order; `accepted` is what got a 2xx.
    """

    def __init__(self, *, secrets: Sequence[str] = (), basic: tuple[str, str] | None = None) -> None:
        self.secrets = tuple(secrets)
        self.basic = basic
        self._received: list[Notification] = []
        self._misbehave: deque[Misbehaviour] = deque()
        self._arrived = threading.Condition()
        config = uvicorn.Config(
            self._app, interface="asgi3", host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="coupa-receiver", daemon=True)
        self.port = 0

    def __enter__(self) -> Receiver:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the receiver did not start")
            time.sleep(0.005)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/coupa/notifications"

    @property
    def received(self) -> tuple[Notification, ...]:
        with self._arrived:
            return tuple(sorted(self._received, key=lambda one: one.received_at))

    @property
    def accepted(self) -> tuple[Notification, ...]:
        return tuple(one for one in self.received if one.accepted)

    def of(self, package_id: str) -> tuple[Notification, ...]:
        """What was accepted about one package, in order of arrival."""
        return tuple(one for one in self.accepted if one.package_id == package_id)

    def wait_for(self, package_id: str, type: str, *, timeout: float = 10.0) -> Notification:  # noqa: A002
        """The first accepted notification of this package and type; TimeoutError names what came instead."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._found(package_id, type), timeout):
                came = [one.type for one in self._received if one.package_id == package_id]
                raise TimeoutError(f"no {type} within {timeout:g} s; came: {came}")
            found = self._found(package_id, type)
        assert found is not None  # noqa: S101
        return found

    # Misbehaviour, used up call by call in the order given

    def fail(self, status: int = 503, *, times: int = 1, retry_after: int | None = None) -> None:
        headers = (("retry-after", str(retry_after)),) if retry_after is not None else ()
        self._next(Misbehaviour(status, headers=headers), times)

    def hang(self, seconds: float, *, times: int = 1) -> None:
        """Answer late, as the call deserves."""
        self._next(Misbehaviour(seconds=seconds), times)

    def redirect(self, to: str, *, times: int = 1, status: int = 307) -> None:
        self._next(Misbehaviour(status, headers=(("location", to),)), times)

    def gone(self, *, times: int = 1) -> None:
        self._next(Misbehaviour(410), times)

    def behave(self) -> None:
        """Forget all misbehaviour that was not used up."""
        self._misbehave.clear()

    def _next(self, how: Misbehaviour, times: int) -> None:
        self._misbehave.extend([how] * times)

    def _found(self, package_id: str, type: str) -> Notification | None:  # noqa: A002
        matching = (one for one in self._received if one.accepted and (one.package_id, one.type) == (package_id, type))
        return next(matching, None)

    async def _app(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _whole(receive)
        problem = self._problem(scope["method"], headers, body)
        arrived = datetime.now(UTC)
        how = self._misbehave.popleft() if self._misbehave else Misbehaviour()
        status = how.status or (204 if problem is None else 401)
        gone = await _hangs_up_within(how.seconds, receive)
        self._keep(Notification(arrived, scope["path"], headers, _object(body) or {}, problem, 0 if gone else status))
        answer = [(name.encode(), value.encode()) for name, value in how.headers]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": b""})

    def _problem(self, method: str, headers: dict[str, str], body: bytes) -> str | None:
        if method != "POST":
            return f"{method} instead of POST"
        if _object(body) is None:
            return "the body is not a JSON object"
        return problem_with(headers, body, secrets=self.secrets, now=time.time(), basic=self.basic)

    def _keep(self, notification: Notification) -> None:
        with self._arrived:
            self._received.append(notification)
            self._arrived.notify_all()


async def _whole(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _hangs_up_within(seconds: float, receive: Callable[[], Awaitable[Message]]) -> bool:
    """Waits `seconds` unless the caller goes before; the request is read, so nothing else can come from it."""
    if not seconds:
        return False
    try:
        await asyncio.wait_for(receive(), seconds)
    except TimeoutError:
        return False
    return True


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
