"""A simulator's API as an ASGI app, call by call: made-up trouble, the request log, refusals. Knows no vendor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.providers import faults
from sandbox.providers.courier import Courier
from sandbox.providers.notebook import Notebook

Answer = Callable[[Request], Awaitable[Response]]
Row = tuple[str, str, str, Answer]  # operation, method, path


class Refused(Exception):
    """The vendor says no. `field` is the JSON pointer of what is wrong, where something is."""

    def __init__(self, status: int, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.field = status, message, field


class Endpoint:
    """`refuse` gives a refusal the vendor's shape. The log "requests" notes what was asked, never the body's secrets."""

    def __init__(
        self, notebook: Notebook, operation: str, answer: Answer, *, refuse: Callable[[Refused], Response]
    ) -> None:
        self._notebook, self._operation, self._answer, self._refuse = notebook, operation, answer, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        fault = faults.take(self._notebook, self._operation, "")
        response = await fault.instead() if fault and fault.before else await self._answered(request)
        self._log(request, response.status_code)
        await faults.deliver(fault, response, scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except Refused as refusal:
            return self._refuse(refusal)

    def _log(self, request: Request, status: int) -> None:
        entry = {"operation": self._operation, "method": request.method, "path": request.url.path, "status": status}
        seen = {"query": dict(request.query_params), "authorized": "authorization" in request.headers}
        self._notebook.record("requests", entry | seen)


def app(
    table: Iterable[Row],
    human: Route,
    *,
    notebook: Notebook,
    courier: Courier,
    refuse: Callable[[Refused], Response],
) -> Starlette:
    """The calls of the table, and `human`, where people sign."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        courier.close()

    routes = [
        Route(path, Endpoint(notebook, name, answer, refuse=refuse), methods=[method])
        for name, method, path, answer in table
    ]
    return faults.Transported(routes=[*routes, human], lifespan=lifespan)
