"""Writes openapi.json from the route table and the models: `python -m esign.coupa.openapi > openapi.json`.

No function imports this. What one endpoint takes and answers beyond its route is one row of `endpoints.ENDPOINTS`.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from esign.coupa import answers, errors, query
from esign.coupa.endpoints import ENDPOINTS, Endpoint
from esign.coupa.routes import IDEMPOTENCY_KEY_PATTERN, ROUTES, Need, Route
from esign.coupa.schemas import reference, schemas
from esign.domain.status import PackageStatus

if TYPE_CHECKING:
    from pydantic import BaseModel

VERSION = "1.0.0"
PACKAGE_ID = r"^pkg_[0-7][0-9a-hjkmnp-tv-z]{25}$"  # as `ids.is_package_id` has it; a test compares

Schema = dict[str, Any]

_PARAMETERS: dict[str, Schema] = {
    "packageId": {"schema": {"type": "string", "pattern": PACKAGE_ID}},
    "documentId": {
        "schema": {"type": "string", "pattern": r"^[^/]{1,255}$"},
        "description": "the file's id, or the id of the document that was signed",
    },
    "recipientId": {
        "schema": {"type": "string", "pattern": r"^[^/]{1,255}$"},
        "description": "the recipient's id or externalId",
    },
    "refresh": {"schema": {"type": "boolean", "default": False}, "description": "read the provider first, and wait"},
    "delivery": {
        "schema": {"enum": ["auto", "inline", "url"], "default": "auto"},
        "description": "auto: bytes while all files fit 4 MiB, else links",
    },
    "status": {"schema": {"enum": [item.value for item in PackageStatus]}},
    "externalId": {"schema": {"type": "string", "minLength": 1, "maxLength": 255}},
    "createdAfter": {"schema": {"type": "string", "format": "date-time"}},
    "cursor": {"schema": {"type": "string", "pattern": f"^{query.CURSOR}$"}, "description": "of the page before"},
    "limit": {"schema": {"type": "integer", "minimum": 1, "maximum": query.MOST, "default": query.USUAL}},
}

_IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": IDEMPOTENCY_KEY_PATTERN},
    "description": "Chosen by the caller, kept 7 days: the same request under the same key (the same body, byte by byte) "
    "has one effect, and is answered like the first time, with the package as it is now and `Idempotency-Replayed: true`. "
    "Another request under it is 409 `idempotency_key_in_use`; while the first is at work 409 `request_in_flight` with "
    "Retry-After. Failures are not kept.",
}
_REPLAYED: Schema = {
    "schema": {"const": "true"},
    "description": "the answer to a request that was answered before, under its Idempotency-Key",
}
_WRITES = frozenset({"POST", "PUT", "DELETE"})


# Answered by every endpoint: the door's, the gateway's and the store's own.
_ALWAYS = frozenset({400, 401, 403, 429, 500, 502, 503, 504})
_WITH_BODY = frozenset({413, 415, 422})
_WITH_PROVIDER = frozenset({409, 422})
_MEANINGS = {
    400: "Malformed: not JSON, a wrong type, an unknown or missing member, or a query parameter that cannot be read",
    401: "Missing or wrong credentials",
    403: "The account may not do this",
    404: "No such thing in this account",
    409: "The package's status does not allow it, or an id or Idempotency-Key is in use with another content",
    413: "Too large",
    415: "Not application/json in UTF-8",
    422: "Understood, but the package or its provider cannot take it; `errors` lists every reason",
    429: "Too many calls",
    500: "The connector failed",
    502: "The provider refused or broke its contract",
    503: "The provider or the store is not available",
    504: "Nobody knows yet whether it worked: ask Get Package",
}


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Coupa Open eSign Connector",
            "version": VERSION,
            "description": "What Coupa's Open eSign framework calls. JSON in camelCase, times in RFC 3339 UTC; absent "
            "members are left out of answers, and null in a request means absent.",
            "license": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
        },
        "servers": [{"url": "{baseUrl}", "variables": {"baseUrl": {"default": "https://connector.example.com"}}}],
        "security": [{"basic": []}],
        "tags": [{"name": route.operation, "description": route.summary} for route in ROUTES],
        "paths": _paths(),
        "webhooks": {"notification": {"post": _webhook()}},
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "account id and account secret"}
            },
            "parameters": {"idempotencyKey": _IDEMPOTENCY_KEY},
            "headers": {"replayed": _REPLAYED},
            "schemas": schemas(_published()),
            "responses": {str(status): _problem(status) for status in _MEANINGS},
        },
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in ROUTES:
        for method, path in route.endpoints:
            paths.setdefault(path, {})[method.lower()] = _operation(route, method, path)
    return paths


def _operation(route: Route, method: str, path: str) -> dict[str, Any]:
    endpoint, writes = ENDPOINTS[method, path], method in _WRITES
    in_path = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    made: dict[str, Any] = {
        "operationId": endpoint.id or route.operation_id,
        "tags": [route.operation],
        "summary": route.summary,
        "parameters": [{"name": name, "in": "path", "required": True} | _PARAMETERS[name] for name in in_path]
        + [{"name": name, "in": "query"} | _PARAMETERS[name] for name in endpoint.parameters]
        + [{"$ref": "#/components/parameters/idempotencyKey"}] * writes,
        "responses": {str(status): _success(status, model, writes=writes) for status, model in endpoint.success.items()}
        | {
            str(status): {"$ref": f"#/components/responses/{status}"}
            for status in sorted(_fails(route, endpoint) | ({409} if writes else set()))
        },
    }
    return made | ({"requestBody": _body(endpoint)} if endpoint.body else {})


def _fails(route: Route, endpoint: Endpoint) -> frozenset[int]:
    return (
        _ALWAYS
        | endpoint.fails
        | (_WITH_BODY if endpoint.body else frozenset())
        | (_WITH_PROVIDER if Need.CREDENTIALS in route.needs else frozenset())
    )


def _body(endpoint: Endpoint) -> dict[str, Any]:
    assert endpoint.body is not None  # noqa: S101 - asked only for endpoints that take one
    content: dict[str, Any] = {"schema": reference(endpoint.body)}
    if endpoint.example:
        content["example"] = endpoint.example
    return {"required": endpoint.body_needed, "content": {"application/json": content}}


def _success(status: int, model: type[BaseModel] | None, *, writes: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"description": {201: "Made", 204: "Gone", 302: "A short-lived link"}.get(status, "Done")}
    if model:
        made["content"] = {"application/json": {"schema": reference(model)}}
    if status == 302 or (status == 201 and model is answers.Package):
        made["headers"] = {"Location": {"schema": {"type": "string"}}}
    if writes:
        made["headers"] = made.get("headers", {}) | {"Idempotency-Replayed": {"$ref": "#/components/headers/replayed"}}
    return made


def _problem(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": _MEANINGS[status],
        "content": {errors.MEDIA_TYPE: {"schema": reference(answers.Problem)}},
    }
    if status == 401:
        made["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in {409, 429, 503}:
        made["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return made


def _webhook() -> dict[str, Any]:
    header = {"in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": "notification",
        "summary": "An event, posted to the configured URL; headers as Standard Webhooks 1.0.0 has them",
        "parameters": [{"name": n, **header} for n in ("webhook-id", "webhook-timestamp", "webhook-signature")],
        "requestBody": {"content": {"application/json": {"schema": reference(answers.Notification)}}},
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "No more, please"}},
        "security": [],
    }


def _published() -> set[type[BaseModel]]:
    """Every model that an endpoint takes or gives."""
    models: set[type[BaseModel] | None] = {answers.Problem, answers.Notification}
    for endpoint in ENDPOINTS.values():
        models |= {endpoint.body, *endpoint.success.values()}
    return {model for model in models if model}


def text() -> str:
    """openapi.json as it stands in the repository."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
