"""/_control/…: what a test or the demo does in place of human beings, time and bad luck. Local use, no login.

JSON in and out; control.py is its client. Not part of the vendor's services.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.providers import control_api
from sandbox.providers.gosign import identity, lifecycle, signing, telling, views
from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.model import Document, Envelope
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.telling import Post
from sandbox.providers.jsontypes import JsonObject, JsonValue
from sandbox.signing.sheets import text_pdf

STATUSES = {"NOT_WORKABLE": 409, "ENVELOPE_NOT_FOUND": 404}


def _replace(simulator: Simulator, ext_id: str, body: JsonObject) -> None:
    """A replacement is active: `by` works instead of `who` (§7.1)."""
    with simulator.change(ext_id) as envelope:
        task, event = lifecycle.whose_turn(envelope, signing.people_named(simulator, envelope, body["who"]))
        by = signing.people_named(simulator, envelope, body["by"])
        if not by:
            raise illegal("by: unknown user")
        lifecycle.replace_actor(task, event, min(by))


def _changing(work: Callable[[Simulator, Envelope, JsonObject], None]) -> Callable[[Simulator, str, JsonObject], None]:
    def act(simulator: Simulator, ext_id: str, body: JsonObject) -> None:
        with simulator.change(ext_id) as envelope:
            work(simulator, envelope, body)

    return act


def _expire(simulator: Simulator, envelope: Envelope, _: JsonObject) -> None:
    lifecycle.require_open(envelope)
    envelope.expire_at = simulator.now()
    lifecycle.expire_if_due(envelope, simulator.now())


def _present(_: Simulator, envelope: Envelope, body: JsonObject) -> None:
    """Shows another status than the real one, of the envelope or of `who`'s steps; null ends it."""
    envelope.shown_as = body.get("status", envelope.shown_as)
    for _task, event in envelope.events():
        if event.actor == body.get("who"):
            event.shown_as = body.get("actorStatus")


def _start(simulator: Simulator, envelope: Envelope, _: JsonObject) -> None:
    """§5.1: a draft "must be manually started by the same user"."""
    if envelope.status != "DRF":
        raise illegal(f"Envelope is {envelope.status}")
    lifecycle.start(envelope, simulator.now())


def _to_reject(_: Simulator, envelope: Envelope, __: JsonObject) -> None:
    lifecycle.require_open(envelope)
    envelope.move("TRJ")


def _attach(simulator: Simulator, envelope: Envelope, body: JsonObject) -> None:
    """A person attaches a file: §4.1, docType A. It has no externalId, which is "established by the external system when
    loaded to GoSign"."""
    content, order = text_pdf([str(body["text"])]), len(envelope.documents) + 1
    paper = Document(None, "Attachment", "application/pdf", "attachment.pdf", content, order, simulator.now(), "A")
    envelope.documents.append(paper)


def _lock(_: Simulator, envelope: Envelope, body: JsonObject) -> None:
    envelope.locked = bool(body.get("locked", True))


ACTIONS: dict[str, Callable[[Simulator, str, JsonObject], object]] = {
    "sign": lambda simulator, ext_id, body: signing.sign(simulator, ext_id, body["who"]),
    "prepare": lambda simulator, ext_id, body: signing.prepare(simulator, ext_id, body["who"]),
    "reject": lambda simulator, ext_id, body: signing.reject(simulator, ext_id, body["who"], body.get("note", "")),
    "replace": _replace,
    "start": _changing(_start),
    "cancel": _changing(lambda _, envelope, __: lifecycle.cancel(envelope)),
    "expire": _changing(_expire),
    "toreject": _changing(_to_reject),
    "store": _changing(lambda simulator, envelope, _: lifecycle.store(envelope, simulator.now())),
    "delete": _changing(lambda simulator, envelope, _: lifecycle.delete(envelope, simulator.now())),
    "lock": _changing(_lock),
    "attach": _changing(_attach),
    "present": _changing(_present),
}


def envelopes(simulator: Simulator, _: Request, __: JsonObject) -> JsonValue:
    return [_shown(simulator, envelope) for envelope in simulator.envelopes()]


def act(simulator: Simulator, request: Request, body: JsonObject) -> JsonValue:
    ext_id = request.path_params["ext_id"]
    ACTIONS[request.path_params["action"]](simulator, ext_id, body)
    return _shown(simulator, simulator.any_envelope(ext_id))


def customers(simulator: Simulator, _: Request, __: JsonObject) -> JsonValue:
    return [customer.to_json() for customer in simulator.customers.values()]


def put_customer(simulator: Simulator, request: Request, body: JsonObject) -> JsonValue:
    """Changes a customer, or adds one."""
    code = request.path_params["code"]
    known = simulator.customers.get(code) or Customer(code=code)
    simulator.put_customer(known.changed(**body))
    return {}


def users(simulator: Simulator, request: Request, _: JsonObject) -> JsonValue:
    return [
        {"extId": u.ext_id, "username": u.username, "name": u.name, "surname": u.surname, "email": u.email}
        | {"type": u.type, "authorities": sorted(u.authorities), "enabled": u.enabled, "attributes": u.attributes}
        for u in simulator.directory(request.path_params["code"]).values()
    ]


def token(simulator: Simulator, _: Request, body: JsonObject) -> JsonValue:
    """A JWT of the identity provider as GoSign would send it, with claims replaced: for a receiver's tests."""
    customer = next(iter(simulator.customers.values()))
    trust = customer.identity
    made = identity.token(simulator, customer, trust.gosign_client, trust.notification_audience, **body)
    return {"token": made}


def expire_tokens(simulator: Simulator, _: Request, __: JsonObject) -> JsonValue:
    """No access token is known any more."""
    simulator.tokens.clear()
    return {}


def ping(simulator: Simulator, _: Request, __: JsonObject) -> JsonValue:
    """What the registered addresses answer to §8.2's ping."""
    return [
        telling.ping(target, telling.credentials(simulator, customer, target))
        for customer in simulator.customers.values()
        for target in customer.targets
    ]


def advance(simulator: Simulator, _: Request, body: JsonObject) -> JsonValue:
    """Moves the clock; what falls due, expires at once."""
    with simulator.lock():
        simulator.put_value("clock", (simulator.get_value("clock") or 0.0) + body["seconds"])
        for envelope in simulator.envelopes():
            lifecycle.expire_if_due(envelope, simulator.now())
    return {"now": simulator.now().isoformat()}


def reset(simulator: Simulator, _: Request, __: JsonObject) -> JsonValue:
    simulator.reset()
    return {}


def _shown(simulator: Simulator, envelope: Envelope) -> dict[str, Any]:
    """REST v1's view, with who made it by which door and GoSign's own id."""
    with simulator.lock():  # it reads PDFs, and pdfium is not for two threads at once
        full = views.full(envelope, simulator.directory(envelope.customer), with_bytes=False)
    return full | {"customer": envelope.customer, "door": envelope.door, "id": envelope.number}


def routes(simulator: Simulator, post: Post) -> list[Route]:
    def settle(_: Simulator, __: Request, body: JsonObject) -> JsonValue:
        post.courier.release()
        return {"settled": post.courier.settle(body.get("seconds", 5.0))}

    table: tuple[control_api.Row, ...] = (
        ("GET", "/envelopes", envelopes),
        ("POST", "/envelopes/{ext_id}/{action}", act),
        ("GET", "/customers", customers),
        ("PUT", "/customers/{code}", put_customer),
        ("GET", "/customers/{code}/users", users),
        ("POST", "/token", token),
        ("DELETE", "/tokens", expire_tokens),
        ("POST", "/ping", ping),
        ("POST", "/clock", advance),
        ("POST", "/settle", settle),
        ("POST", "/reset", reset),
    )
    return control_api.routes(table, book=simulator, notary=simulator.notary, refusal=Refusal, refuse=_refused)


def _refused(refusal: Refusal) -> Response:
    return JSONResponse({"code": refusal.code, "message": refusal.message}, STATUSES.get(refusal.code, 400))
