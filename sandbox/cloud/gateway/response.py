"""What the gateway answers: the function's own answer, or a gateway response of the template.

Sources: docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-responses-types.html, and
set-up-lambda-proxy-integrations.html, output format.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.cloud.gateway.model import GatewayResponse, Integration
from sandbox.cloud.gateway.request import Request, is_binary
from sandbox.cloud.runtime.function import Json

Headers = Sequence[tuple[str, str]]

# Type of gateway response: its status and message, as AWS has them by default.
DEFAULTS: Mapping[str, tuple[int, str | None]] = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, None),
    "AUTHORIZER_FAILURE": (500, None),
    "INTEGRATION_FAILURE": (502, "Internal server error"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "UNAUTHORIZED": (401, "Unauthorized"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type"),
}

# Headers of a function that AWS renames, since they are its own.
_REMAPPED = ("connection", "content-md5", "date", "server", "via", "www-authenticate")
_BREAK = re.compile(r"[\r\n\0]")
_CONTEXT = re.compile(r"\$context\.([A-Za-z_.]+[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers
    body: bytes


class MalformedResponseError(ValueError):
    """The function's answer is no proxy response: AWS makes a 502 of it."""


def gateway_response(kind: str, request: Request, *, message: str | None = None) -> Response:
    """The answer of that type: the API's own, else its DEFAULT_4XX or DEFAULT_5XX, else AWS's. `message` replaces AWS's."""
    status, default_message = DEFAULTS[kind]
    responses = request.api.responses
    custom = responses.get(kind) or responses.get(f"DEFAULT_{status // 100}XX")
    custom = custom or GatewayResponse(status=None, headers={}, templates={})
    text = message or default_message
    content_type, template = _template(custom, request)
    values = _context_values(request, kind, text)
    body = _CONTEXT.sub(lambda match: values.get(match[1], ""), template)
    headers = {
        "Content-Type": content_type,
        "x-amzn-RequestId": request.id,
        "x-amzn-ErrorType": f"{kind.title().replace('_', '')}Exception",
        **{name: _header_value(value, request, values) for name, value in custom.headers.items()},
    }
    return Response(custom.status or status, tuple(headers.items()), body.encode())


def _template(custom: GatewayResponse, request: Request) -> tuple[str, str]:
    templates = custom.templates or {"application/json": '{"message":$context.error.messageString}'}
    accepted = (request.header("accept") or "").split(",")[0].split(";")[0].strip()
    chosen = accepted if accepted in templates else next(iter(templates))
    return chosen, templates[chosen]


def _context_values(request: Request, kind: str, message: str | None) -> dict[str, str]:
    return {
        "error.message": message or "null",
        "error.messageString": json.dumps(message),
        "error.responseType": kind,
        "requestId": request.id,
        "extendedRequestId": request.id,
        "httpMethod": request.method,
        "path": f"/{request.api.stage}{request.path}",
        "stage": request.api.stage,
        "apiId": request.api.id,
        "identity.sourceIp": request.client,
    }


def _header_value(value: str, request: Request, values: Mapping[str, str]) -> str:
    """`'literal'`, `method.request.header.X` or `context.x`."""
    if value.startswith("'"):
        return value.strip("'")
    if value.startswith("method.request.header."):
        return request.header(value.removeprefix("method.request.header.")) or ""
    return values.get(value.removeprefix("context."), "")


def proxy_response(answer: Json, request: Request) -> Response:
    """The function's answer over HTTP. MalformedResponseError when it is no proxy response."""
    if not isinstance(answer, dict) or not answer.keys() <= _FIELDS:
        raise MalformedResponseError
    try:
        status = int(answer.get("statusCode", 200))
    except (TypeError, ValueError):
        raise MalformedResponseError from None
    body = answer.get("body") or ""
    if not isinstance(body, str) or not 100 <= status <= 599:
        raise MalformedResponseError
    return Response(status, _proxy_headers(answer, request), _proxy_body(body, answer, request))


_FIELDS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "cookies"}


def _proxy_headers(answer: Mapping[str, Json], request: Request) -> Headers:
    single, multiple = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise MalformedResponseError
    pairs = [(name, str(value)) for name, values in multiple.items() for value in values]
    named = {name.lower() for name in multiple}
    pairs += [(name, _scalar(value)) for name, value in single.items() if name.lower() not in named]
    pairs = [
        (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value)
        for name, value in pairs
        if name.lower() not in ("content-length", "transfer-encoding")
    ]
    if any(_BREAK.search(name + value) for name, value in pairs):
        raise MalformedResponseError
    if not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", "application/json"))
    return [*pairs, ("x-amzn-RequestId", request.id)]


def _scalar(value: Json) -> str:
    if isinstance(value, dict | list):
        raise MalformedResponseError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _proxy_body(body: str, answer: Mapping[str, Json], request: Request) -> bytes:
    """AWS decodes base64 only where the first type that the client accepts is one of the API's binary types."""
    accepted = (request.header("accept") or "*/*").split(",")[0]
    if answer.get("isBase64Encoded") and is_binary(accepted, request.api.binary_types):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            raise MalformedResponseError from None
    return body.encode()


def mock_response(integration: Integration, request: Request) -> Response:
    """A MOCK integration: its request template names a status, the integration response of that status is the answer."""
    template = integration.templates.get("application/json", '{"statusCode": 200}')
    match = re.search(r'"?statusCode"?\s*:\s*(\d+)', template)
    status = match[1] if match else "200"
    chosen = next((one for one in integration.responses if str(one["StatusCode"]) == status), None)
    if chosen is None:
        chosen = next(iter(integration.responses), dict[str, Json](StatusCode=status))
    headers = {
        name.removeprefix("method.response.header."): value.strip("'")
        for name, value in chosen.get("ResponseParameters", {}).items()
    }
    templates = chosen.get("ResponseTemplates", {})
    content_type, body = next(iter(templates.items()), ("application/json", ""))
    headers = {"Content-Type": content_type, **headers, "x-amzn-RequestId": request.id}
    return Response(int(chosen["StatusCode"]), tuple(headers.items()), body.encode())
