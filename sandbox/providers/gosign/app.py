"""Puts the simulator together as one ASGI app. Knows no server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.providers.faults import Transported
from sandbox.providers.gosign import control_api, idp_routes, legalbus, oauth, rest_v1, soap, user_services
from sandbox.providers.gosign.pages import PATH, signing_page
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.telling import Post
from sandbox.providers.gosign.web import Endpoint
from sandbox.signing.notary import Notary


def create_app(*, customers: Iterable[Customer] = (Customer(),), notary: Notary | None = None) -> Starlette:
    """Its Simulator is `app.state.simulator`, whose `url` the server sets.

    REST v1 at /gosign/services/v1, OAuth2 at /gosign/secure/oauth/api/v2, GoSign 5 at /gosign/oauth/api/gs5/v2, SOAP at
    /gosign/ws, LegalBus at /legalbus/gosign/services/v1, the identity provider at /idp, control at /_control.
    """
    simulator = Simulator(notary or Notary(), customers)
    post = Post(simulator)
    simulator.announce = post.announce
    rows = (
        *rest_v1.ROUTES,
        *user_services.ROUTES,
        *oauth.ROUTES,
        *soap.ROUTES,
        *idp_routes.ROUTES,
        *legalbus.routes(post),
    )
    vendor = [Route(row.path, Endpoint(simulator, row), methods=[row.method]) for row in rows]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        post.courier.close()

    human = Route(PATH, signing_page, methods=["GET", "POST"])
    app = Transported(routes=[*vendor, *control_api.routes(simulator, post), human], lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.simulator = simulator
    return app
