"""/_control/…: what a test or the demo does in place of human beings, time and bad luck, as far as it is any vendor's.

JSON in and out, no login: for local use; control.py is the client. Each vendor adds its own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.providers import faults
from sandbox.providers.jsontypes import JsonObject, JsonValue
from sandbox.signing.notary import Notary


class Book(faults.Memory, Protocol):
    """What a simulator remembers."""

    def entries(self, log: str) -> list[dict[str, Any]]: ...


Function = Callable[[Any, Request, JsonObject], JsonValue]  # of the simulator, the request and its body
Row = tuple[str, str, Function]  # method, path
R = TypeVar("R", bound=Exception)


def routes(
    table: Iterable[Row], *, book: Book, notary: Notary, refusal: type[R], refuse: Callable[[R], Response]
) -> list[Route]:
    """The vendor's own functions and everybody's. `refuse` is what a `refusal` of the vendor's looks like here."""
    rows = [*table, *_everybodys(book)]
    found = [
        Route(f"/_control{path}", _endpoint(call, refusal, refuse), methods=[method]) for method, path, call in rows
    ]

    async def authority(_: Request) -> Response:
        return Response(notary.root_pem, media_type="application/x-pem-file")

    return [*found, Route("/_control/ca.pem", authority)]


def _everybodys(book: Book) -> tuple[Row, ...]:
    def log(_: object, request: Request, __: JsonObject) -> JsonValue:
        return book.entries(request.path_params["log"])

    def add_fault(_: object, __: Request, body: JsonObject) -> JsonValue:
        faults.add(book, body)
        return {}

    def clear_faults(_: object, __: Request, ___: JsonObject) -> JsonValue:
        faults.clear(book)
        return {}

    return ("GET", "/logs/{log}", log), ("POST", "/faults", add_fault), ("DELETE", "/faults", clear_faults)


def _endpoint(call: Function, refusal: type[R], refuse: Callable[[R], Response]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await request.json() if await request.body() else {}
        try:
            answer = await run_in_threadpool(call, request.app.state.simulator, request, body)
        except refusal as refused:
            return refuse(refused)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"code": "CONTROL_INVALID", "message": str(error)}, 400)
        return JSONResponse(answer)

    return endpoint
