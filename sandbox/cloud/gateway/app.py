"""The gateway as a raw ASGI application: `/<api>/<path>` stands for AWS's `https://<id>.execute-api…/<stage>/<path>`.

It enforces API Gateway's limits: 10 MB in, 6 MB to and from Lambda, the integration's time-out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from sandbox.cloud.gateway.authorizers import Authorizers, RefusedError
from sandbox.cloud.gateway.mapping import NoTemplateError, mapped_event, mapped_response
from sandbox.cloud.gateway.matching import find_route
from sandbox.cloud.gateway.model import RestApi, Route
from sandbox.cloud.gateway.request import Request, proxy_event
from sandbox.cloud.gateway.response import (
    MalformedResponseError,
    Response,
    gateway_response,
    mock_response,
    proxy_response,
)
from sandbox.cloud.runtime import Invocation
from sandbox.cloud.runtime.function import LARGEST_EVENT, Json

LARGEST_BODY = 10 * 1024 * 1024

Scope = MutableMapping[str, Json]
Receive = Callable[[], Awaitable[MutableMapping[str, Json]]]
Send = Callable[[MutableMapping[str, Json]], Awaitable[None]]


class Gateway:
    def __init__(self, apis: Sequence[RestApi], invoke: Callable[[str, bytes], Invocation]) -> None:
        self._apis = apis
        self._invoke = invoke
        self._authorizers = Authorizers(invoke)
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError("the gateway speaks HTTP only")
        response = await self._respond(scope, receive)
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})

    def api(self, word: str) -> RestApi:
        """The API that is called so. KeyError when none or several are."""
        exact = [one for one in self._apis if one.word == word.lower()]
        found = exact or [one for one in self._apis if one.is_called(word)]
        if len(found) != 1:
            raise KeyError(f"{word!r} names {len(found)} of the APIs {[one.name for one in self._apis]}")
        return found[0]

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        word, _, rest = scope["raw_path"].decode("latin-1").split("?")[0].lstrip("/").partition("/")
        try:
            api = self.api(word)
        except KeyError:
            return Response(404, [("Content-Type", "text/plain")], b"No such API on the local gateway\n")
        body = await _body(receive)
        request = _request(scope, api, f"/{rest}", body or b"")
        if body is None:
            return gateway_response("REQUEST_TOO_LARGE", request)
        found = find_route(api.routes, request.method, request.path)
        if found is None:
            return gateway_response("MISSING_AUTHENTICATION_TOKEN", request)
        try:
            return await self._serve(request, *found)
        except RefusedError as refused:
            return gateway_response(refused.kind, request, message=refused.reason)

    async def _serve(self, request: Request, route: Route, parameters: Mapping[str, str]) -> Response:
        loop = asyncio.get_running_loop()
        authorizer = None
        if route.authorizer:
            authorize = self._authorizers.authorize
            authorizer = await loop.run_in_executor(self._threads, authorize, request, route, parameters)
        if route.integration.type == "MOCK":
            return mock_response(route.integration, request)
        mapped = route.integration.type == "AWS"
        try:
            event = (
                mapped_event(request, route, parameters)
                if mapped
                else json.dumps(proxy_event(request, route, parameters, authorizer), ensure_ascii=False).encode()
            )
        except NoTemplateError:
            return gateway_response("UNSUPPORTED_MEDIA_TYPE", request)
        if len(event) > LARGEST_EVENT:
            return gateway_response("REQUEST_TOO_LARGE", request)
        call = loop.run_in_executor(self._threads, self._invoke, route.integration.function, event)
        try:
            invocation = await asyncio.wait_for(asyncio.shield(call), route.integration.timeout)
            if mapped:
                return mapped_response(route.integration, invocation, request)
            if invocation.error:
                return gateway_response("INTEGRATION_FAILURE", request)
            return proxy_response(invocation.payload, request)
        except TimeoutError:
            return gateway_response("INTEGRATION_TIMEOUT", request)
        except (MalformedResponseError, json.JSONDecodeError):
            return gateway_response("INTEGRATION_FAILURE", request)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, read to its end even when it is too large, since the client is still sending; None then."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= LARGEST_BODY else None


def _request(scope: Scope, api: RestApi, path: str, body: bytes) -> Request:
    client, (_, port) = scope["client"][0], scope["server"]
    headers = [(name.decode("latin-1").title(), value.decode("latin-1")) for name, value in scope["headers"]]
    forwarded = [("X-Forwarded-For", client), ("X-Forwarded-Port", str(port)), ("X-Forwarded-Proto", "http")]
    return Request(
        api=api,
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers=[*headers, *forwarded],
        body=body,
        client=client,
    )
