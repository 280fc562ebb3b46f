"""Writes openapi.json from the route table and the models: `python -m esign.coupa.openapi > openapi.json`.

No function imports this. What one endpoint takes and answers beyond its route is one row of `ENDPOINTS`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from esign.coupa import answers, errors, models, models_documents, models_recipients, query
from esign.coupa.routes import IDEMPOTENCY_KEY_PATTERN, ROUTES, Need, Route
from esign.domain.status import PackageStatus

VERSION = "1.0.0"
PACKAGE_ID = r"^pkg_[0-7][0-9a-hjkmnp-tv-z]{25}$"  # as `ids.is_package_id` has it; a test compares

Schema = dict[str, Any]

_REF = "#/components/schemas/{model}"
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


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path. `success`: status -> model, None for no body; `fails`: statuses beyond the usual ones."""

    success: dict[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    body_needed: bool = True
    parameters: tuple[str, ...] = ()
    fails: frozenset[int] = frozenset()
    id: str | None = None  # where a route has several endpoints; None: the route's own
    example: dict[str, Any] | None = None


_PACKAGE = Endpoint({200: answers.Package}, fails=frozenset({404, 409, 422}))
_STATE = frozenset({404, 409})
_ACCOUNT_CALLBACK, _PACKAGE_CALLBACK = "/v1/callback", "/v1/packages/{packageId}/callback"

ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1/packages"): Endpoint(
        {201: answers.Package, 200: answers.Package},
        models.PackageRequest,
        fails=frozenset({409}),
        example={"name": "Master agreement", "externalId": "CLM-4711", "sequentialSigning": True},
    ),
    ("POST", "/v1/packages/{packageId}/documents"): Endpoint(
        {201: answers.DocumentsAnswer},
        models_documents.DocumentsRequest,
        fails=_STATE,
        example={"documents": [{"name": "agreement.pdf", "externalId": "A-1", "content": "JVBERi0xLjcK"}]},
    ),
    ("POST", "/v1/packages/{packageId}/recipients"): Endpoint(
        {201: answers.RecipientsAnswer},
        models_recipients.RecipientsRequest,
        fails=_STATE,
        example={"recipients": [{"fullName": "Anna Berg", "email": "anna.berg@example.com"}]},
    ),
    ("POST", "/v1/packages/{packageId}/send"): _PACKAGE,
    ("GET", "/v1/packages/{packageId}"): Endpoint({200: answers.Package}, parameters=("refresh",), fails=_STATE),
    ("GET", "/v1/packages/{packageId}/summary"): Endpoint(
        {200: answers.PackageSummary}, parameters=("refresh",), fails=_STATE
    ),
    ("GET", "/v1/packages/{packageId}/signed-documents"): Endpoint(
        {200: answers.SignedDocumentsAnswer}, parameters=("delivery",), fails=_STATE | {413}
    ),
    ("GET", "/v1/packages/{packageId}/signed-documents/{documentId}"): Endpoint(
        {302: None}, fails=_STATE, id="getSignedDocument"
    ),
    ("DELETE", "/v1/packages/{packageId}"): Endpoint(
        {200: answers.Package}, models.DeleteRequest, body_needed=False, fails=_STATE
    ),
    ("PUT", _ACCOUNT_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer}, models.AccountCallbackRequest, fails=_STATE, id="configureAccountCallback"
    ),
    ("GET", _ACCOUNT_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer}, fails=frozenset({404}), id="getAccountCallback"
    ),
    ("DELETE", _ACCOUNT_CALLBACK): Endpoint({204: None}, fails=_STATE, id="deleteAccountCallback"),
    ("PUT", _PACKAGE_CALLBACK): Endpoint(
        {200: answers.CallbackAnswer},
        models.CallbackRequest,
        fails=_STATE,
        example={"url": "https://example.coupahost.com/esign", "events": ["package.completed"]},
    ),
    ("GET", _PACKAGE_CALLBACK): Endpoint({200: answers.CallbackAnswer}, fails=frozenset({404}), id="getCallback"),
    ("DELETE", _PACKAGE_CALLBACK): Endpoint({204: None}, fails=_STATE, id="deleteCallback"),
    ("GET", "/v1/account"): Endpoint({200: answers.Account}, fails=frozenset({404})),
    ("GET", "/v1/packages"): Endpoint(
        {200: answers.PackagesAnswer}, parameters=("status", "externalId", "createdAfter", "cursor", "limit")
    ),
    ("GET", "/v1/packages/{packageId}/events"): Endpoint(
        {200: answers.EventsAnswer}, parameters=("cursor", "limit"), fails=frozenset({404})
    ),
    ("POST", "/v1/packages/{packageId}/reminders"): _PACKAGE,
    ("PUT", "/v1/packages/{packageId}/expiry"): Endpoint({200: answers.Package}, models.ExpiryRequest, fails=_STATE),
    ("POST", "/v1/packages/{packageId}/skip-signers"): _PACKAGE,
    ("GET", "/v1/packages/{packageId}/recipients/{recipientId}/signing-url"): Endpoint(
        {200: answers.SigningUrlAnswer}, fails=frozenset({404, 409, 422})
    ),
}

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
            "schemas": _schemas(),
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
    content: dict[str, Any] = {"schema": _ref(endpoint.body)}
    if endpoint.example:
        content["example"] = endpoint.example
    return {"required": endpoint.body_needed, "content": {"application/json": content}}


def _success(status: int, model: type[BaseModel] | None, *, writes: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"description": {201: "Made", 204: "Gone", 302: "A short-lived link"}.get(status, "Done")}
    if model:
        made["content"] = {"application/json": {"schema": _ref(model)}}
    if status == 302 or (status == 201 and model is answers.Package):
        made["headers"] = {"Location": {"schema": {"type": "string"}}}
    if writes:
        made["headers"] = made.get("headers", {}) | {"Idempotency-Replayed": {"$ref": "#/components/headers/replayed"}}
    return made


def _problem(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": _MEANINGS[status],
        "content": {errors.MEDIA_TYPE: {"schema": _ref(answers.Problem)}},
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
        "requestBody": {"content": {"application/json": {"schema": _ref(answers.Notification)}}},
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "No more, please"}},
        "security": [],
    }


class _Published(GenerateJsonSchema):
    """pydantic's schemas without what says nothing to Coupa: titles made of names, null as the default, our docstrings."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic asks about each
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        return {key: value for key, value in super().enum_schema(schema).items() if key != "description"}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas() -> Schema:
    """Every model that an endpoint takes or gives, with all that they refer to."""
    models: set[type[BaseModel] | None] = {answers.Problem, answers.Notification}
    for endpoint in ENDPOINTS.values():
        models |= {endpoint.body, *endpoint.success.values()}
    named = sorted((model for model in models if model), key=lambda model: model.__name__)
    _, made = models_json_schema(
        [(model, "validation") for model in named], ref_template=_REF, schema_generator=_Published
    )
    return {name: {k: v for k, v in schema.items() if k != "title"} for name, schema in made["$defs"].items()}


def text() -> str:
    """openapi.json as it stands in the repository."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
