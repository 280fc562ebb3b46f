"""Puts the simulator together as one ASGI app. Knows no server: uvicorn in server.py, a Lambda adapter elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route as StarletteRoute

from sandbox.providers.connective import control_api, v3, v4
from sandbox.providers.connective.pages import signing_page
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator
from sandbox.providers.connective.state import InMemoryState, State
from sandbox.providers.connective.web import Endpoint
from sandbox.providers.faults import Transported
from sandbox.signing.notary import Notary


def create_app(
    *,
    state: State | None = None,
    environments: Iterable[Environment] = (Environment(),),
    notary: Notary | None = None,
) -> Starlette:
    """The simulator over `state` (default: in memory); its Simulator is `app.state.simulator`.

    v3 at /webportalapi/v3, v3.1 at /webportalapi/v3.1, v4 at /esig/webportalapi/v4, control at /_control.
    """
    simulator = Simulator(state or InMemoryState(), notary or Notary(), environments)
    vendor = [
        StarletteRoute(route.path, Endpoint(simulator, route), methods=[route.method])
        for route in (*v3.ROUTES, *v4.ROUTES)
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        simulator.courier.close()

    human = StarletteRoute("/signinit", signing_page, methods=["GET", "POST"])
    app = Transported(routes=[*vendor, *control_api.routes(simulator), human], lifespan=lifespan)
    app.state.simulator = simulator
    return app
