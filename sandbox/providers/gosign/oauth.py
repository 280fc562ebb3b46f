"""OAuth2 v2 (§9) and GoSign 5 over it (§9.7): tokens, envelopes, getUrl. Routes and handlers; rules are elsewhere."""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import cast
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.providers.gosign import identity, intake, lifecycle, pages, rest_v1, signing, views
from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.vocabulary import Dialect
from sandbox.providers.gosign.web import Call, Handler, Route, ok, refuse_json

V4, GS5 = "/gosign/secure/oauth/api/v2", "/gosign/oauth/api/gs5/v2"
TOKEN, GET_URL = "/gosign/oauth/token", "/gosign/secure/oauth/getUrl"


def bearer(call: Call) -> tuple[Customer, str]:
    """The customer and the user of the token, GoSign's own (§9) or the identity provider's (§12). 401 otherwise."""
    scheme, _, presented = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not presented:
        raise Refusal("invalid_token", "Full authentication is required to access this resource", 401)
    code, user, end = call.simulator.tokens.get(presented, ("", "", call.simulator.now()))
    if code and call.simulator.now() < end:
        return call.simulator.customer(code), user
    if presented.count(".") != 2:
        raise Refusal("invalid_token", f"Invalid access token: {presented}", 401)
    failures = []
    for customer in call.simulator.customers.values():
        try:
            return customer, identity.check(call.simulator, customer, presented)
        except Refusal as refusal:
            failures.append(refusal)
    raise failures[0]


def _token(call: Call) -> Response:
    """§9.1: parameters in the query; in a form as well; the client's also by HTTP Basic."""
    form = {name: values[0] for name, values in parse_qs(call.raw.decode("utf-8", "replace")).items()}
    given = {**form, **call.query, **basic(call.headers.get("authorization", ""))}
    if given.get("grant_type") != "password":
        return oauth_error("unsupported_grant_type", 'must be set to "password"')
    for customer in call.simulator.customers.values():
        secret = customer.clients.get(given.get("client_id", ""))
        if secret is not None and secrets.compare_digest(secret, given.get("client_secret", "")):
            return _granted(call, customer, given)
    return oauth_error("invalid_client", "Bad client credentials", 401)


def _granted(call: Call, customer: Customer, given: dict[str, str]) -> Response:
    users = call.simulator.directory(customer.code).values()
    user = next((user for user in users if given.get("username") in {user.username, user.email}), None)
    if not user or not user.password or not secrets.compare_digest(user.password, given.get("password", "")):
        return oauth_error("invalid_grant", "Bad credentials")
    token = str(uuid.uuid4())
    end = call.simulator.now() + timedelta(seconds=customer.token_seconds)
    call.simulator.tokens[token] = (customer.code, user.ext_id, end)
    scope = given.get("scope", "read write")
    return JSONResponse(
        {"access_token": token, "token_type": "bearer", "expires_in": customer.token_seconds, "scope": scope}
    )


def basic(header: str) -> dict[str, str]:
    scheme, _, pair = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = base64.b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client, "client_secret": secret}


def oauth_error(code: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": code, "error_description": description}, status)


def _insert(call: Call) -> Response:
    """§9.2: a result code, or the envelope."""
    customer, user = bearer(call)
    body = call.object()
    dialect = cast("Dialect", call.version)
    envelope = intake.insert(call.simulator, customer, dialect, body, loader=user)
    if body.get("responseWithEnvelope"):
        return JSONResponse(views.simple(envelope, customer, with_bytes=True))
    return ok(customer)


def _get(call: Call) -> Response:
    return _shown(call, with_bytes=False)


def _get_with_documents(call: Call) -> Response:
    return _shown(call, with_bytes=True)


def _shown(call: Call, *, with_bytes: bool) -> Response:
    customer, _ = bearer(call)
    envelope = call.simulator.view(customer, call.path["ext_id"])
    return JSONResponse(views.simple(envelope, customer, with_bytes=with_bytes))


def _status(call: Call) -> Response:
    """§9.6: a JSON string."""
    customer, _ = bearer(call)
    return JSONResponse(views.status_word(call.simulator.view(customer, call.path["ext_id"])))


def _delete(call: Call) -> Response:
    customer, _ = bearer(call)
    rest_v1.delete_envelope(call.simulator, customer, call.path["ext_id"])
    return ok(customer)


def _get_url(call: Call) -> Response:
    """§9.5: text/plain, a link that signs in the user's stead."""
    customer, _ = bearer(call)
    missing = [name for name in ("command", "envelopeExtId", "extUserId") if not call.query.get(name)]
    if missing or call.query["command"] != "sign":
        raise illegal(f"{', '.join(missing) or 'command'}: mandatory; command must be sign")
    envelope = call.simulator.view(customer, call.query["envelopeExtId"])
    people = signing.people_named(call.simulator, envelope, call.query["extUserId"])
    if not people:
        raise Refusal("USER_NOT_FOUND", f"User not found: {call.query['extUserId']}")
    lifecycle.whose_turn(envelope, people)
    redirect = call.query.get("extRedirect", "")
    return PlainTextResponse(pages.make_link(call.simulator, envelope.ext_id, min(people), redirect))


def _rows(version: str, base: str) -> Iterator[Route]:
    table: tuple[tuple[str, str, str, Handler], ...] = (
        ("InsertEnvelope", "POST", "/envelopes", _insert),
        ("GetEnvelope", "GET", "/envelopes/{ext_id}", _get),
        ("GetEnvelope", "GET", "/envelopes/{ext_id}/withDocuments", _get_with_documents),
        ("GetEnvelopeStatus", "GET", "/envelopes/{ext_id}/status", _status),
        ("DeleteEnvelope", "POST", "/envelopes/{ext_id}/delete/", _delete),
        ("DeleteEnvelope", "POST", "/envelopes/{ext_id}/delete", _delete),
    )
    for operation, method, path, handler in table:
        yield Route(version, operation, method, base + path, handler, refuse_json)


ROUTES = (
    Route("oauth", "Token", "POST", TOKEN, _token, refuse_json),
    *_rows("oauth", V4),
    *_rows("gs5", GS5),
    Route("oauth", "GetUrl", "GET", GET_URL, _get_url, refuse_json),
)
