"""The identity provider over HTTP: openid-configuration, JWKS, the token endpoint (§12.1, §12.2, §12.4)."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response

from sandbox.providers.gosign import identity
from sandbox.providers.gosign.oauth import basic, oauth_error
from sandbox.providers.gosign.settings import Customer
from sandbox.providers.gosign.web import Call, Route, refuse_json

BASE = "/idp/{tenant}"


def _tenant(call: Call) -> Customer | None:
    customers = call.simulator.customers.values()
    return next((one for one in customers if one.identity.tenant == call.path["tenant"]), None)


def _configuration(call: Call) -> Response:
    customer = _tenant(call)
    if customer is None:
        return oauth_error("invalid_tenant", "Tenant not found")
    root = f"{call.simulator.url}/idp/{customer.identity.tenant}"
    return JSONResponse(
        {
            "issuer": identity.issuer(call.simulator, customer),
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "id_token_signing_alg_values_supported": [identity.ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }
    )


def _keys(call: Call) -> Response:
    return JSONResponse(call.simulator.keys.public())


def _token(call: Call) -> Response:
    """Client credentials; the audience from `scope` (…/.default), `audience` or `resource`."""
    customer = _tenant(call)
    given = {name: values[0] for name, values in parse_qs(call.raw.decode("utf-8", "replace")).items()}
    given |= basic(call.headers.get("authorization", ""))
    if customer is None or given.get("grant_type") != "client_credentials":
        return oauth_error("unsupported_grant_type" if customer else "invalid_tenant", "client_credentials is needed")
    secret = customer.identity.clients.get(given.get("client_id", ""))
    if secret is None or not secrets.compare_digest(secret, given.get("client_secret", "")):
        return oauth_error("invalid_client", "Bad client credentials", 401)
    audience = given.get("audience") or given.get("resource") or given.get("scope", "").removesuffix("/.default")
    if not audience:
        return oauth_error("invalid_scope", "scope is needed")
    token = identity.token(call.simulator, customer, given["client_id"], audience)
    return JSONResponse({"token_type": "Bearer", "expires_in": identity.HOUR, "access_token": token})


ROUTES = (
    Route(
        "idp",
        "OpenidConfiguration",
        "GET",
        f"{BASE}/v2.0/.well-known/openid-configuration",
        _configuration,
        refuse_json,
    ),
    Route("idp", "Keys", "GET", f"{BASE}/discovery/v2.0/keys", _keys, refuse_json),
    Route("idp", "IdpToken", "POST", f"{BASE}/oauth2/v2.0/token", _token, refuse_json),
)
