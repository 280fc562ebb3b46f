"""/_control/…: what a test or the demo does in place of human beings, time and bad luck. Local use, no login.

JSON in and out; control.py is its client. Not part of the vendor's API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.providers import control_api
from sandbox.providers.connective import lifecycle, signing, views
from sandbox.providers.connective.errors import Refusal, package_not_found
from sandbox.providers.connective.model import Member, Package
from sandbox.providers.connective.simulator import Simulator
from sandbox.providers.jsontypes import JsonObject, JsonValue

Action = Callable[[Simulator, Package, JsonObject], object]


def _sign(simulator: Simulator, package: Package, body: JsonObject) -> object:
    return signing.act(simulator, package, body["who"], email=body.get("email"), method=body.get("method"))


def _begin(_: Simulator, package: Package, body: JsonObject) -> None:
    """The actor's signature is being made in the background."""
    lifecycle.find_step(package, body["who"])[1].status = "Inprogress"


def _reject(simulator: Simulator, package: Package, body: JsonObject) -> None:
    actor = lifecycle.find_step(package, body["who"])[1]
    lifecycle.reject(package, actor, body.get("reason", ""), simulator.now())


def _reassign(simulator: Simulator, package: Package, body: JsonObject) -> object:
    new = Member(body["email"], body.get("firstName", ""), body.get("lastName", ""))
    return signing.reassign(simulator, package, body["who"], new)


def _new_link(simulator: Simulator, package: Package, body: JsonObject) -> None:
    signing.request_new_link(simulator, package, body["who"])


def _expire(simulator: Simulator, package: Package, _: JsonObject) -> None:
    lifecycle.require_status(package, "Pending")
    package.expiry = simulator.now()
    lifecycle.expire_if_due(package, package.expiry)


def _reopen(simulator: Simulator, package: Package, body: JsonObject) -> None:
    now = simulator.now()
    lifecycle.extend(package, now + timedelta(days=body.get("days", 7)), now)


def _fail(simulator: Simulator, package: Package, _: JsonObject) -> None:
    lifecycle.fail(package, simulator.now())


def _revoke(simulator: Simulator, package: Package, _: JsonObject) -> None:
    """By a user in the vendor's own portal."""
    switches = simulator.environment(package.environment).switches
    lifecycle.revoke(package, switches, simulator.now())


def _present(_: Simulator, package: Package, body: JsonObject) -> None:
    """Shows another status than the real one (an unknown word, for instance); null ends it."""
    package.shown_as = body.get("status", package.shown_as)
    package.old_api = body.get("oldApi", package.old_api)
    if "who" in body:
        lifecycle.find_step(package, body["who"])[1].shown_as = body.get("actorStatus")


ACTIONS: dict[str, Action] = {
    "sign": _sign,
    "begin": _begin,
    "reject": _reject,
    "reassign": _reassign,
    "newlink": _new_link,
    "expire": _expire,
    "reopen": _reopen,
    "fail": _fail,
    "revoke": _revoke,
    "present": _present,
}


def packages(simulator: Simulator, request: Request, _: JsonObject) -> JsonValue:
    name = request.query_params.get("environment") or simulator.environments()[0].name
    return [_shown(package) for package in simulator.packages(simulator.environment(name))]


def package(simulator: Simulator, request: Request, _: JsonObject) -> JsonValue:
    return _shown(_found(simulator, request))


def act(simulator: Simulator, request: Request, body: JsonObject) -> JsonValue:
    found = _found(simulator, request)
    environment = simulator.environment(found.environment)
    with simulator.change(environment, found.id) as changing:
        ACTIONS[request.path_params["action"]](simulator, changing, body)
    return _shown(changing)


def environments(simulator: Simulator, _request: Request, _: JsonObject) -> JsonValue:
    return [environment.to_json() for environment in simulator.environments()]


def put_environment(simulator: Simulator, request: Request, body: JsonObject) -> JsonValue:
    """Changes an environment, or adds one (which then needs users of its own)."""
    name = request.path_params["name"]
    known = {environment.name: environment for environment in simulator.environments()}
    changes = {"users": {}, **body} if name not in known else body
    environment = known.get(name, replace(simulator.environments()[0], name=name)).changed(**changes)
    simulator.put_environment(environment)
    return environment.to_json()


def advance(simulator: Simulator, _request: Request, body: JsonObject) -> JsonValue:
    """Moves the clock; what falls due, expires at once."""
    with simulator.state.lock():
        simulator.state.put_value("clock", (simulator.state.get_value("clock") or 0.0) + body["seconds"])
    for environment in simulator.environments():
        simulator.packages(environment)
    return {"now": simulator.now().isoformat()}


def settle(simulator: Simulator, _request: Request, body: JsonObject) -> JsonValue:
    simulator.courier.release()
    return {"settled": simulator.courier.settle(body.get("seconds", 5.0))}


def reset(simulator: Simulator, _request: Request, _: JsonObject) -> JsonValue:
    simulator.state.clear()
    simulator.restore_environments()
    return {}


def routes(simulator: Simulator) -> list[Route]:
    table: tuple[control_api.Row, ...] = (
        ("GET", "/packages", packages),
        ("GET", "/packages/{package}", package),
        ("POST", "/packages/{package}/{action}", act),
        ("GET", "/environments", environments),
        ("PUT", "/environments/{name}", put_environment),
        ("POST", "/clock", advance),
        ("POST", "/settle", settle),
        ("POST", "/reset", reset),
    )
    return control_api.routes(table, book=simulator.state, notary=simulator.notary, refusal=Refusal, refuse=_refused)


def _refused(refusal: Refusal) -> Response:
    return JSONResponse({"code": refusal.code}, refusal.status)


def _found(simulator: Simulator, request: Request) -> Package:
    package_id = request.path_params["package"]
    stored = simulator.state.package(package_id)
    if stored is None:
        raise package_not_found(package_id)
    return simulator.view(simulator.environment(stored.environment), package_id)


def _shown(found: Package) -> dict[str, Any]:
    """v3's status object with the ids, whatever version made the package."""
    return {
        **views.package_status(found),
        "PackageId": found.id,
        "Environment": found.environment,
        "Locations": views.package_locations(found)["Documents"],
    }
