"""The REST services of §4.1, authenticated by customerCode in the body. Routes and handlers; rules are elsewhere."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.providers.gosign import intake, lifecycle, views
from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.simulator import Simulator
from sandbox.providers.gosign.web import Call, Route, ok, refuse_json

BASE = "/gosign/services/v1"


def customer_of(call: Call, body: dict[str, Any], *, system: bool = True) -> Customer:
    """§4.1: customerCode and, where the table has it, externalSystemCode are mandatory."""
    if "customerCode" not in body:
        raise illegal("customerCode is mandatory")
    customer = call.simulator.customer(body["customerCode"])
    if system and body.get("externalSystemCode") not in customer.external_systems:
        raise illegal("externalSystemCode is mandatory and must be known")
    return customer


def _insert(call: Call) -> Response:
    """InsertEnvelope: "returns the operation outcome"."""
    customer = _inserted(call)
    return ok(customer)


def _insert2(call: Call) -> Response:
    """InsertEnvelope2: "returns the entire envelope just inserted"."""
    customer = _inserted(call)
    return _shown(call, customer, call.path["ext_id"], with_bytes=True)


def _inserted(call: Call) -> Customer:
    body = call.object()
    inner = body.get("insertEnvelopeRequest", body)  # §6.6; whether that may be is the intake's business
    named = inner if isinstance(inner, dict) else {}
    customer = customer_of(call, named, system=inner is body)
    if inner is not body:
        body = {"insertEnvelopeRequest": {"externalSystemCode": customer.external_systems[0], **named}}
    intake.insert(call.simulator, customer, "rest", body, path_id=call.path["ext_id"])
    return customer


def _get(call: Call) -> Response:
    """GetEnvelope, FindEnvelopeRequest: four mandatory fields."""
    body = call.object()
    customer = customer_of(call, body)
    if body.get("enveExtId") != call.path["ext_id"]:
        raise illegal("enveExtId is mandatory and must be the id of the URL")
    if not isinstance(body.get("withDocBytes"), bool):
        raise illegal("withDocBytes is mandatory")
    try:
        return _shown(call, customer, call.path["ext_id"], with_bytes=body["withDocBytes"])
    except Refusal as refusal:
        return _not_found(customer, refusal)


def _not_found(customer: Customer, refusal: Refusal) -> Response:
    """§3.5.3: "if no stored envelope matches …, the method returns null"; over REST it is [U]."""
    if refusal.code != "ENVELOPE_NOT_FOUND" or customer.switches.not_found == "code":
        raise refusal
    return Response(b"null" if customer.switches.not_found == "null" else b"", media_type="application/json")


def _shown(call: Call, customer: Customer, ext_id: str, *, with_bytes: bool) -> Response:
    with call.simulator.lock():
        envelope = call.simulator.view(customer, ext_id)
        people, future = call.simulator.directory(customer.code), customer.switches.future_steps == "shown"
        found = views.full(envelope, people, with_bytes=with_bytes, future=future)
    if customer.switches.get_envelope == "wrapped":
        return JSONResponse({"envelope": found})
    if customer.switches.get_envelope == "returnStatus":
        return JSONResponse({"returnStatus": {"code": "OK", "message": "Successfull"}, "envelope": found})
    return JSONResponse(found)


def _delete(call: Call) -> Response:
    """DeleteEnvelope: "in the request body must be present the secretariat user"; e-mails go to the users."""
    body = call.object()
    customer = customer_of(call, body, system=False)
    user = call.simulator.directory(customer.code).get(str(body.get("usrExtId", "")))
    if user is None:
        raise Refusal("USER_NOT_FOUND", f"User not found: {body.get('usrExtId')}")
    if not user.authorities & {"ROLE_SEGR", "ROLE_SEGR_ADMIN", "ROLE_ADMIN"}:
        raise Refusal("ACCESS_DENIED", "Only a secretariat user deletes")
    delete_envelope(call.simulator, customer, call.path["ext_id"])
    return ok(customer)


def delete_envelope(simulator: Simulator, customer: Customer, ext_id: str) -> None:
    """Also OAuth2's and SOAP's. "Mail notifications are also sent to users (if enabled)." """
    simulator.view(customer, ext_id)
    with simulator.change(ext_id) as envelope:
        lifecycle.delete(envelope, simulator.now())
    for _, event in envelope.events():
        if event.started and event.status != "WKD":
            simulator.mail(envelope, simulator.user(customer.code, event.actor).email, "deleted")


def _row(operation: str, method: str, path: str, handler: Any) -> Route:  # noqa: ANN401
    return Route("rest", operation, method, BASE + path, handler, refuse_json)


ROUTES = (
    _row("InsertEnvelope", "PUT", "/envelopes/{ext_id}", _insert),
    _row("InsertEnvelope", "PUT", "/envelopes2/{ext_id}", _insert2),
    _row("GetEnvelope", "POST", "/envelopes/{ext_id}", _get),
    # §4.1 with a slash, the public collection without (row 18).
    _row("DeleteEnvelope", "POST", "/envelopes/{ext_id}/delete/", _delete),
    _row("DeleteEnvelope", "POST", "/envelopes/{ext_id}/delete", _delete),
)
