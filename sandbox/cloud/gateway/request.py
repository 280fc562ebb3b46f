"""One HTTP request as API Gateway hands it to Lambda: proxy events of payload format 1.0.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html, input format.
"""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from sandbox.cloud.gateway.model import RestApi, Route
from sandbox.cloud.resources.site import ACCOUNT
from sandbox.cloud.runtime.function import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` without API and stage, as sent; headers in the order in which they came, names in Title-Case."""

    api: RestApi
    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    client: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def header(self, name: str) -> str | None:
        """The last value of that name, whatever its case."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name.lower()), None)

    def query_pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)


def proxy_event(request: Request, route: Route, parameters: Mapping[str, str], authorizer: Json) -> dict[str, Json]:
    """The event for an AWS_PROXY integration. `authorizer` is what the authorizer gave, or None."""
    body, is_base64 = _body(request)
    context = _context(request, route)
    if authorizer is not None:
        context["authorizer"] = authorizer
    return {
        **_common(request, route, parameters),
        "requestContext": context,
        "body": body,
        "isBase64Encoded": is_base64,
    }


def authorizer_event(request: Request, route: Route, parameters: Mapping[str, str], method_arn: str) -> dict[str, Json]:
    """The event for a REQUEST authorizer: no body."""
    common = _common(request, route, parameters)
    return {"type": "REQUEST", "methodArn": method_arn, **common, "requestContext": _context(request, route)}


def is_binary(media_type: str, binary_types: Sequence[str]) -> bool:
    wanted = media_type.split(";")[0].strip().lower()
    major = wanted.split("/")[0]
    return any(one.lower() in ("*/*", "*~1*", wanted, f"{major}/*") for one in binary_types)


def _common(request: Request, route: Route, parameters: Mapping[str, str]) -> dict[str, Json]:
    pairs = request.query_pairs()
    return {
        "resource": route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": _grouped(request.headers),
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _grouped(pairs),
        "pathParameters": dict(parameters) or None,
        "stageVariables": dict(request.api.variables) or None,
    }


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]] | None:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped or None


def _context(request: Request, route: Route) -> dict[str, Json]:
    api, now = request.api, time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": api.id,
        "stage": api.stage,
        "resourceId": route.resource_id,
        "resourcePath": route.path,
        "httpMethod": request.method,
        "path": f"/{api.word}{request.path}",  # as called: the word is what a base path is at a domain of one's own
        "protocol": "HTTP/1.1",
        "requestId": request.id,
        "extendedRequestId": request.id,
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now * 1000),
        "domainName": f"{api.id}.execute-api.{api.region}.amazonaws.com",
        "domainPrefix": api.id,
        "identity": {"sourceIp": request.client, "userAgent": request.header("user-agent")},
    }


def _body(request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if is_binary(request.header("content-type") or "application/json", request.api.binary_types):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode("utf-8", errors="replace"), False
