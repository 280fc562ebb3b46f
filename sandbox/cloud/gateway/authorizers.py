"""Lambda authorizers as API Gateway runs them: identity sources, cache, policy. A refusal is a type of gateway response.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from sandbox.cloud.gateway.model import Authorizer, Route
from sandbox.cloud.gateway.request import Request, authorizer_event
from sandbox.cloud.resources.site import ACCOUNT
from sandbox.cloud.runtime import Invocation
from sandbox.cloud.runtime.function import Json

_DENIED = "User is not authorized to access this resource with an explicit deny"


class RefusedError(Exception):
    """`kind` is the type of the gateway response, `reason` its message where it is not the usual one."""

    def __init__(self, kind: str, reason: str | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Cached:
    answer: Json
    until: float


class Authorizers:
    def __init__(self, invoke: Callable[[str, bytes], Invocation]) -> None:
        self._invoke = invoke
        self._cache: dict[tuple[str, ...], _Cached] = {}
        self._lock = Lock()

    def authorize(self, request: Request, route: Route, parameters: Mapping[str, str]) -> dict[str, Json]:
        """What the handler finds in requestContext.authorizer. RefusedError: the request goes no further."""
        authorizer = route.authorizer
        assert authorizer is not None  # noqa: S101 (asked only for routes that have one)
        arn = _method_arn(request)
        identity = [_identity(source, request) for source in authorizer.sources]
        if not all(identity) and (authorizer.type == "TOKEN" or authorizer.ttl > 0):
            raise RefusedError("UNAUTHORIZED")
        key = (authorizer.id, *(value or "" for value in identity))
        answer: dict[str, Json] | None = self._cached(key) if authorizer.ttl > 0 else None
        if answer is None:
            answer = self._ask(authorizer, _event(authorizer, request, route, parameters, arn, identity))
            with self._lock:
                self._cache[key] = _Cached(answer, time.monotonic() + authorizer.ttl)
        _check(answer["policyDocument"], arn)
        context: dict[str, Json] = answer["context"]
        return context

    def _cached(self, key: tuple[str, ...]) -> Json:
        with self._lock:
            found = self._cache.get(key)
        return found.answer if found and found.until > time.monotonic() else None

    def _ask(self, authorizer: Authorizer, event: Mapping[str, Json]) -> dict[str, Json]:
        invocation = self._invoke(authorizer.function, json.dumps(event).encode())
        answer = invocation.payload
        if invocation.error:
            raise RefusedError("UNAUTHORIZED" if answer.get("errorMessage") == "Unauthorized" else "AUTHORIZER_FAILURE")
        context = answer.get("context") or {} if isinstance(answer, dict) else None
        valid = context is not None and isinstance(answer.get("policyDocument"), dict) and answer.get("principalId")
        if not valid or any(isinstance(value, dict | list) for value in (context or {}).values()):
            raise RefusedError("AUTHORIZER_CONFIGURATION_ERROR")
        texts = {key: _text(value) for key, value in (context or {}).items()}
        latency = int(invocation.milliseconds)
        given = {"principalId": answer["principalId"], "integrationLatency": latency, **texts}
        return {"policyDocument": answer["policyDocument"], "context": given}


def _event(
    authorizer: Authorizer,
    request: Request,
    route: Route,
    parameters: Mapping[str, str],
    arn: str,
    identity: list[str | None],
) -> dict[str, Json]:
    if authorizer.type == "TOKEN":
        return {"type": "TOKEN", "methodArn": arn, "authorizationToken": identity[0]}
    return authorizer_event(request, route, parameters, arn)


def _text(value: Json) -> str:
    """AWS hands every value of an authorizer's context on as text."""
    return value if isinstance(value, str) else json.dumps(value)


def _method_arn(request: Request) -> str:
    api = request.api
    return f"arn:aws:execute-api:{api.region}:{ACCOUNT}:{api.id}/{api.stage}/{request.method}{request.path}"


def _identity(source: str, request: Request) -> str | None:
    if source.startswith("method.request.header."):
        return request.header(source.removeprefix("method.request.header."))
    if source.startswith("method.request.querystring."):
        return dict(request.query_pairs()).get(source.removeprefix("method.request.querystring."))
    if source.startswith("stageVariables."):
        return request.api.variables.get(source.removeprefix("stageVariables."))
    return {"context.httpMethod": request.method, "context.path": request.path}.get(source)


def _check(policy: Mapping[str, Json], arn: str) -> None:
    """RefusedError unless a statement allows the method's ARN and none denies it."""
    effects = {statement["Effect"] for statement in _listed(policy.get("Statement", [])) if _covers(statement, arn)}
    if "Deny" in effects:
        raise RefusedError("ACCESS_DENIED", _DENIED)
    if "Allow" not in effects:
        raise RefusedError("ACCESS_DENIED")


def _covers(statement: Mapping[str, Json], arn: str) -> bool:
    acts = any(_like(action.lower(), "execute-api:invoke") for action in _listed(statement.get("Action", [])))
    return acts and any(_like(resource, arn) for resource in _listed(statement.get("Resource", [])))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _like(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text) is not None
