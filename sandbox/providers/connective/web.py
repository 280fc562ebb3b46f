"""HTTP plumbing of both API versions: authentication, body, faults, request log, errors. Knows no operation's meaning.

A route is a row (Route); its handler is a plain function from Call to a Starlette response.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.providers import faults
from sandbox.providers.connective import throttle
from sandbox.providers.connective.errors import Refusal, bad_request
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator
from sandbox.providers.jsontypes import JsonValue

UNAUTHORIZED = {"WWW-Authenticate": 'Basic realm="eSignatures"'}
BYTES_FIELDS = frozenset({"Document", "Representation", "Base64data"})


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. `body` is the parsed JSON; `files` are the binary parts of a multipart request."""

    simulator: Simulator
    environment: Environment
    version: str
    operation: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    base_url: str
    files: Mapping[str, bytes] = field(default_factory=dict)


Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """`operation` is the Swagger's operationId where it has one; `path` has the names package, document, correlation."""

    version: str
    operation: str
    method: str
    path: str
    handler: Handler


class Endpoint:
    """A route as an ASGI app."""

    def __init__(self, simulator: Simulator, route: Route) -> None:
        self._simulator, self._route = simulator, route
        self._late: list[tuple[Request, Environment]] = []  # calls that were heard and are not done yet (commits_late)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        environment = _authenticated(request, self._simulator)
        while self._late:
            await self._answer(*self._late.pop())
        fault = faults.take(self._simulator.state, self._route.operation, self._route.version) if environment else None
        body: Any = None
        if environment is None:
            response = Response(status_code=401, headers=UNAUTHORIZED)  # the body of a 401 is [U]
        elif throttled := throttle.refusal(self._simulator, environment):
            response = throttled
        elif fault and fault.before:
            response = await fault.instead()
            if fault.fault == "commits_late":
                await request.body()
                self._late.append((request, environment))
        else:
            body, response = await self._answer(request, environment)
        self._log(request, environment, response.status_code, body)
        await faults.deliver(fault, response, scope, receive, send)

    async def _answer(self, request: Request, environment: Environment) -> tuple[Any, Response]:
        body: Any = None
        try:
            body, files = await _read(request)
            call = Call(
                simulator=self._simulator,
                environment=environment,
                version=self._route.version,
                operation=self._route.operation,
                path=request.path_params,
                query=request.query_params,
                body=body,
                base_url=str(request.base_url).rstrip("/"),
                files=files,
            )
            return body, await run_in_threadpool(self._route.handler, call)
        except Refusal as refusal:
            content = refusal.body(self._route.version, environment.switches)
            return body, JSONResponse(content, refusal.status)

    def _log(self, request: Request, environment: Environment | None, status: int, body: JsonValue) -> None:
        entry = {
            "environment": environment.name if environment else None,
            "operation": self._route.operation,
            "version": self._route.version,
            "method": request.method,
            "path": request.url.path,
            "query": dict(request.query_params),
            "status": status,
            "at": self._simulator.now().isoformat(),
            "body": _without_bytes(body),
        }
        self._simulator.state.record("requests", entry)


def _authenticated(request: Request, simulator: Simulator) -> Environment | None:
    """HTTP Basic (Swagger, securityDefinitions)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return simulator.authenticate(user, password) if scheme.lower() == "basic" and colon else None


async def _read(request: Request) -> tuple[Any, dict[str, bytes]]:
    """JSON, or multipart with a JSON part `Data` and binary parts (§A2 Add Document)."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        return await _read_multipart(request)
    raw = await request.body()
    if not raw:
        return None, {}
    if content_type != "application/json":
        raise bad_request("Request.ContentType")
    return _parsed(raw), {}


async def _read_multipart(request: Request) -> tuple[Any, dict[str, bytes]]:
    async with request.form() as form:
        parts = {
            name: await part.read() if isinstance(part, UploadFile) else part.encode() for name, part in form.items()
        }
    if "Data" not in parts:
        raise bad_request("Request.DataPartMissing")
    return _parsed(parts.pop("Data")), parts


def _parsed(raw: bytes) -> JsonValue:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise bad_request("Request.NotJson") from error


def _without_bytes(node: JsonValue) -> JsonValue:
    """The body for the request log: documents are replaced by their length."""
    if isinstance(node, list):
        return [_without_bytes(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {k: f"<{len(v)} characters>" if k in BYTES_FIELDS else _without_bytes(v) for k, v in node.items()}
