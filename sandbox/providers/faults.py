"""Made-up trouble: rules that match an operation so many times, and how each shows on the wire. Knows no packages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from sandbox.providers.jsontypes import JsonValue

Kind = Literal["http", "slow", "garbage", "truncated", "reset", "lost_reply", "commits_late"]


class Memory(Protocol):
    """What of a simulator's state the rules need."""

    def lock(self) -> AbstractContextManager[object]: ...
    def put_value(self, name: str, value: JsonValue) -> None: ...
    def get_value(self, name: str) -> JsonValue: ...


class Transported(Starlette):
    """Starlette that tells the faults which TCP connection a request came by (uvicorn's `send` knows it)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["simulator.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Fault:
    """`operation` "*" matches all, `version` "" all; `after` matches pass before the rule bites, then `times` bite.

    http: answers `status` (with Retry-After `retry_after` seconds) without doing the work · garbage: does the work,
    answers 200 with no JSON · truncated: does the work, answers half the body · slow: works, answers after `seconds` ·
    reset: closes the connection before working · lost_reply: does the work, then closes without an answer ·
    commits_late (Connective): closes without an answer, and does the work right before the operation is called again.
    """

    fault: Kind
    operation: str = "*"
    version: str = ""
    times: int = 1
    after: int = 0
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0

    @property
    def before(self) -> bool:
        """The work is not done."""
        return self.fault in {"http", "reset", "commits_late"}

    async def instead(self) -> Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Response("simulated fault", self.status, headers)


def add(state: Memory, rule: Mapping[str, Any]) -> None:
    """Unknown keys raise TypeError."""
    fault = Fault(**rule)
    with state.lock():
        state.put_value("faults", [*(state.get_value("faults") or []), asdict(fault)])


def clear(state: Memory) -> None:
    state.put_value("faults", [])


def take(state: Memory, operation: str, version: str) -> Fault | None:
    """The first matching rule that bites, counted down."""
    with state.lock():
        rules: list[dict[str, Any]] = state.get_value("faults") or []
        for index, rule in enumerate(rules):
            if rule["operation"] not in {"*", operation} or rule["version"] not in {"", version}:
                continue
            bites = rule["after"] == 0
            rules[index] = {**rule, "times": rule["times"] - 1} if bites else {**rule, "after": rule["after"] - 1}
            state.put_value("faults", [left for left in rules if left["times"] > 0])
            return Fault(**rule) if bites else None
    return None


async def deliver(fault: Fault | None, response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends the response, or what the fault makes of it."""
    kind = fault.fault if fault else None
    if fault and kind == "slow":
        await _wait(fault.seconds, receive)
    if kind in {"reset", "lost_reply", "commits_late"}:
        await hang_up(scope)
        return
    if kind == "garbage":
        response = Response(b"<html>\x00not what you asked for", 200, media_type="application/json")
    await response(scope, receive, _cut(send) if kind == "truncated" else send)


async def _wait(seconds: float, receive: Receive) -> None:
    """Until the caller hangs up at the latest: an answer that nobody waits for would only keep the server from ending."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass


async def hang_up(scope: Scope) -> None:
    """Closes the TCP connection without an answer. Outside uvicorn (no transport) the call fails instead."""
    transport = scope.get("simulator.transport")
    if transport is None:
        raise ClientDisconnect
    transport.abort()
    await asyncio.sleep(0)  # lets the server notice, or it would complain that there was no response


def _cut(send: Send) -> Send:
    """Half of the body under the content-length of the whole half: valid HTTP, broken JSON."""
    held: list[Message] = []

    async def cut(message: Message) -> None:
        if message["type"] == "http.response.start":
            held.append(message)
            return
        half = message.get("body", b"")[: len(message.get("body", b"")) // 2]
        headers = [(key, value) for key, value in held[0]["headers"] if key != b"content-length"]
        await send({**held[0], "headers": [*headers, (b"content-length", str(len(half)).encode())]})
        await send({**message, "body": half})

    return cut
