"""HTTP plumbing of all doors: bodies, made-up trouble, the request log, refusals. Knows no operation's meaning.

A route is a row (Route); its handler is a plain function from Call to a Starlette response.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.providers import faults
from sandbox.providers.faults import Fault
from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator

NOT_FOUND = 404
LOGGED = 4 * 1024 * 1024  # bytes of a body
SECRETS = frozenset({"customerCode", "password", "client_secret", "access_token"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `body` is what was read of it, as the door reads bodies; `version` is the door."""

    simulator: Simulator
    version: str
    operation: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """§4: JSON; [I] anything else is 415 or ILLEGAL_ARGUMENT."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refusal("ILLEGAL_ARGUMENT", "Content-Type must be application/json", 415)
        try:
            return json.loads(self.raw)
        except ValueError as error:
            raise illegal(f"The body is not valid JSON: {error}") from None

    def object(self) -> dict[str, Any]:
        body = self.json()
        if not isinstance(body, dict):
            raise illegal("The body must be an object")
        return body


Handler = Callable[[Call], Response]
Refuse = Callable[[Call, Refusal], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """`operation` is the document's name of the service; it is what faults and the log know it by."""

    version: str
    operation: str
    method: str
    path: str
    handler: Handler
    refuse: Refuse
    named: Callable[[bytes], str] | None = None  # where the body tells the operation, as in SOAP


class Endpoint:
    """A route as an ASGI app."""

    def __init__(self, simulator: Simulator, route: Route) -> None:
        self._simulator, self._route = simulator, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        operation = self._route.operation if self._route.named is None else self._route.named(raw)
        fault = faults.take(self._simulator, operation, self._route.version)
        if fault and fault.before:
            response = await self._instead(fault, request, raw)
        else:
            response = await run_in_threadpool(self._answer, request, raw)
        self._log(request, operation, response.status_code, raw)
        await faults.deliver(fault, response, scope, receive, send)

    async def _instead(self, fault: Fault, request: Request, raw: bytes) -> Response:
        """A 404 is GoSign's own (§9.4, KO); without its code it would be a proxy's, as below any path that is none here."""
        if fault.fault == "http" and fault.status == NOT_FOUND:
            refusal = Refusal("ENVELOPE_NOT_FOUND", "simulated fault", NOT_FOUND)
            return self._route.refuse(self._call(request, raw), refusal)
        return await fault.instead()

    def _answer(self, request: Request, raw: bytes) -> Response:
        call = self._call(request, raw)
        try:
            return self._route.handler(call)
        except Refusal as refusal:
            return self._route.refuse(call, refusal)

    def _call(self, request: Request, raw: bytes) -> Call:
        return Call(
            simulator=self._simulator,
            version=self._route.version,
            operation=self._route.operation,
            path=request.path_params,
            query=request.query_params,
            headers=request.headers,
            raw=raw,
        )

    def _log(self, request: Request, operation: str, status: int, raw: bytes) -> None:
        entry = {
            "operation": operation,
            "version": self._route.version,
            "method": request.method,
            "path": request.url.path,
            "query": {name: "…" if name in SECRETS else value for name, value in request.query_params.items()},
            "authorized": "authorization" in request.headers,
            "status": status,
            "bytes": len(raw),
            "body": shown(raw),
        }
        self._simulator.record("requests", entry)


def refuse_json(call: Call, refusal: Refusal) -> Response:
    """§9.2, §9.4: {"code", "message"}; with which HTTP status is [U]."""
    statuses = {customer.switches.ko_status for customer in call.simulator.customers.values()}
    status = refusal.status or max(statuses)
    if refusal.code == "invalid_token":  # §9.5, KO
        return JSONResponse({"error": refusal.code, "error_description": refusal.message}, status)
    return JSONResponse({"code": refusal.code, "message": refusal.message}, status)


def ok(customer: Customer, message: str = "Successfull") -> Response:
    """The outcome of an operation, with the vendor's spelling (§9.2)."""
    outcome = {"code": "OK", "message": message}
    return JSONResponse({"returnStatus": outcome} if customer.switches.insert_reply == "returnStatus" else outcome)


def shown(raw: bytes) -> Any:  # noqa: ANN401 - any JSON
    """The JSON body for the log, without documents and secrets; None for anything else and for very large ones."""
    if len(raw) > LOGGED:
        return None
    try:
        return _without(json.loads(raw))
    except ValueError:
        return None


def _without(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {k: "…" if k == "bytes" or k in SECRETS else _without(item) for k, item in value.items()}
    return [_without(item) for item in value] if isinstance(value, list) else value
