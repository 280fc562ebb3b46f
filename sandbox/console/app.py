"""The console as an ASGI app: its routes, each a few words on what another module does."""

from __future__ import annotations

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.console import contracts, docs, start, words
from sandbox.console.desk import Desk, ProviderNotReady
from sandbox.console.render import STATIC, Frame, page, trouble


def create_app(desk: Desk) -> Starlette:
    console = _Console(desk)
    routes = [
        Route("/", console.listing),
        Route("/new", console.choose),
        Route("/new/{door}", console.blank, methods=["GET"]),
        Route("/new/{door}", console.submit, methods=["POST"]),
        Route("/contracts/{account}/{package}", console.contract, methods=["GET"]),
        Route("/contracts/{account}/{package}", console.act, methods=["POST"]),
        Route("/contracts/{account}/{package}/files/{file}", console.file),
        Route("/faults", console.faults, methods=["GET"]),
        Route("/faults", console.switch, methods=["POST"]),
        Route("/docs", console.docs),
        Route("/docs/{name}", console.docs_file),
        Route("/openapi.json", console.openapi),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    handlers = {
        HTTPException: console.not_found,
        ProviderNotReady: console.not_ready,
        httpx.HTTPError: console.broken,
        Exception: console.broken,
    }
    return Starlette(routes=routes, exception_handlers=handlers)


class _Console:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self, request: Request) -> Response:
        return contracts.listing(self._desk, request.query_params)

    def choose(self, _: Request) -> Response:
        return start.choose(self._desk)

    def blank(self, request: Request) -> Response:
        return start.blank(self._desk, request.path_params["door"])

    async def submit(self, request: Request) -> Response:
        return await start.submit(self._desk, request.path_params["door"], request)

    def contract(self, request: Request) -> Response:
        return contracts.one(self._desk, request.path_params["account"], request.path_params["package"])

    async def act(self, request: Request) -> Response:
        form = await request.form()
        account, package = request.path_params["account"], request.path_params["package"]
        return await run_in_threadpool(contracts.act, self._desk, account, package, form)

    def file(self, request: Request) -> Response:
        where = request.path_params
        view = "view" in request.query_params
        return contracts.file(self._desk, where["account"], where["package"], where["file"], view=view)

    def faults(self, _: Request) -> Response:
        open_doors = [one for one in self._desk.doors if one in self._desk.world.sides.open]
        return page("faults.html", Frame.of(self._desk), doors=open_doors, on=self._desk.faults.on)

    async def switch(self, request: Request) -> Response:
        form = await request.form()
        fault, door, on = (str(form.get(name, "")) for name in ("fault", "door", "on"))
        known = fault in words.FAULTS and door in ({""} if fault == "coupa" else set(self._desk.doors))
        if fault == "none":
            await run_in_threadpool(self._desk.faults.all_off)
        elif known:
            await run_in_threadpool(self._desk.faults.switch, fault, door, on=on == "yes")
        else:
            return trouble(Frame.of(self._desk), "Not found", "There is no such switch.", status=404)
        return RedirectResponse("/faults", 303)

    def docs(self, _: Request) -> Response:
        return docs.browse(Frame.of(self._desk), self._api)

    def docs_file(self, request: Request) -> Response:
        found = docs.bundled(request.path_params["name"])
        return found or trouble(Frame.of(self._desk), "Not found", "There is no such file.", status=404)

    def openapi(self, _: Request) -> Response:
        return docs.openapi(self._api)

    def not_found(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = (
            "There is no such page." if status == httpx.codes.NOT_FOUND else "The console does not know this request."
        )
        return trouble(Frame.of(self._desk), "Not found", text, status=status)

    def not_ready(self, _: Request, error: Exception) -> Response:
        return trouble(Frame.of(self._desk), "The provider is not ready", str(error), status=503)

    def broken(self, _: Request, error: Exception) -> Response:
        """What is not answered: the simulator is down while a switch of it is meant, or a function hangs."""
        down = isinstance(error, httpx.HTTPError)
        text = "Somebody who was asked did not answer. Look at the faults that are on, then try again."
        return trouble(
            Frame.of(self._desk),
            "No answer" if down else "The console has failed",
            text if down else f"{type(error).__name__}. The terminal of `make sandbox` says more.",
            status=502 if down else 500,
        )

    @property
    def _api(self) -> str:
        return self._desk.world.cloud.base_url("coupa")
