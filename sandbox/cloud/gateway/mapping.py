"""Integrations of type AWS: Velocity templates between the request and the function, and between its answer and HTTP.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html, and
api-gateway-override-request-response-parameters.html. What a template may say here is what airspeed knows of Velocity and
what is written below of `$input`, `$context` and `$util`; anything else fails loudly. Knows no template of ours.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import airspeed

from sandbox.cloud.gateway.model import Integration, Route
from sandbox.cloud.gateway.request import Request
from sandbox.cloud.gateway.response import MalformedResponseError, Response
from sandbox.cloud.runtime import Invocation
from sandbox.cloud.runtime.function import Json


class NoTemplateError(LookupError):
    """No template takes the request's content type, and nothing is passed through: 415."""


@dataclass(frozen=True, slots=True)
class _Given:
    """`$input.params()`: the last value of each name."""

    path: Mapping[str, str]
    querystring: Mapping[str, str]
    header: Mapping[str, str]


class _Body(str):
    """A Java String, as far as templates ask it: its characters are units of UTF-16."""

    __slots__ = ()

    def length(self) -> int:
        return len(self.encode("utf-16-le")) // 2

    def substring(self, start: int, end: int) -> str:
        if not 0 <= start <= end <= self.length():
            raise IndexError("StringIndexOutOfBoundsException")
        return self.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", errors="replace")


class _Input:
    def __init__(self, body: str, given: _Given, parsed: Json = None) -> None:
        self.body = _Body(body)
        self._given = given
        self._parsed = parsed

    def params(self) -> _Given:
        return self._given

    def path(self, expression: str) -> Json:
        if expression != "$":
            raise NotImplementedError(f"the local gateway knows no $input.path({expression!r})")
        return self._parsed


class _Util:
    def base64Encode(self, text: str) -> str:  # noqa: N802 - AWS's name
        return base64.b64encode(str(text).encode()).decode()


def mapped_event(request: Request, route: Route, parameters: Mapping[str, str]) -> bytes:
    """What the function is given. Raises NoTemplateError."""
    content_type = (request.header("content-type") or "application/json").split(";")[0].strip().lower()
    template = route.integration.templates.get(content_type)
    if template is None:
        raise NoTemplateError(content_type)
    return fill_request(
        template,
        request.body.decode("utf-8", errors="replace"),
        path=parameters,
        query=dict(request.query_pairs()),
        headers=dict(request.headers),
        method=request.method,
        resource=route.path,
    ).encode()


def fill_request(
    template: str,
    body: str,
    *,
    path: Mapping[str, str],
    query: Mapping[str, str],
    headers: Mapping[str, str],
    method: str,
    resource: str,
) -> str:
    """A request's template, filled in. `resource` is the route, with its variables unfilled."""
    given = _Given(dict(path), dict(query), dict(headers))
    return _merged(template, _Input(body, given), {"httpMethod": method, "resourcePath": resource})


def mapped_response(integration: Integration, invocation: Invocation, request: Request) -> Response:
    """The first response whose pattern fits the function's error, without one the response that has no pattern."""
    chosen = _chosen(integration, invocation)
    context: dict[str, Json] = {"requestId": request.id, "responseOverride": {}}
    content_type, template = next(
        iter(chosen.get("ResponseTemplates", {}).items()), ("application/json", "$input.body")
    )
    said = _Input("", _Given({}, {}, {}), invocation.payload)
    body = _merged(template, said, context).encode()
    status = int(context["responseOverride"].get("status") or chosen["StatusCode"])
    return Response(status, (("Content-Type", content_type), ("x-amzn-RequestId", request.id)), body)


def _chosen(integration: Integration, invocation: Invocation) -> Mapping[str, Json]:
    message = str((invocation.payload or {}).get("errorMessage", "")) if invocation.error else None
    for response in integration.responses:
        pattern = response.get("SelectionPattern")
        if pattern is None and message is None:
            return response
        if pattern is not None and message is not None and re.fullmatch(pattern, message):
            return response
    raise MalformedResponseError


def _merged(template: str, given: _Input, context: Mapping[str, Json]) -> str:
    return str(_compiled(template).merge({"input": given, "util": _Util(), "context": context}))


@cache
def _compiled(template: str) -> airspeed.Template:
    return airspeed.Template(template)
