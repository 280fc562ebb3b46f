"""A Lambda function URL without Lambda: what it makes of a request, and of a function's answer.

Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (payload format 2.0).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Answers = Callable[[Mapping[str, Any], Any], Any]
CONTEXT = SimpleNamespace(aws_request_id="1", function_name="simulator")


def event(method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    host = url.netloc.decode()
    http = {"method": method, "path": url.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": ""}
    return {
        "version": "2.0",
        "rawPath": url.path,
        "rawQueryString": url.query.decode(),
        "headers": {**headers, "host": host, "x-forwarded-proto": url.scheme, "x-forwarded-port": str(url.port or 443)},
        "requestContext": {"http": http, "domainName": host, "stage": "$default", "requestId": "1"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def content(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body", "")
    return base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


class FunctionUrl(httpx.BaseTransport):
    """For a client of this process; `fresh` makes the function anew for each request, as in an environment of its own."""

    def __init__(self, fresh: Callable[[], Answers]) -> None:
        self._fresh = fresh

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        told = event(request.method, request.url, dict(request.headers), request.read())
        answer = self._fresh()(told, CONTEXT)
        return httpx.Response(answer["statusCode"], headers=answer.get("headers", {}), content=content(answer))


class FunctionUrlApp:
    """The same as an ASGI app, for `sandbox.providers.serving.Served`."""

    def __init__(self, fresh: Callable[[], Answers]) -> None:
        self._fresh = fresh

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        told = event(request.method, httpx.URL(str(request.url)), dict(request.headers), await request.body())
        answer = await run_in_threadpool(lambda: self._fresh()(told, CONTEXT))
        await Response(content(answer), answer["statusCode"], answer.get("headers", {}))(scope, receive, send)


def make_state(dynamodb: Any, s3: Any, *, name: str) -> None:
    """The table and the bucket of the simulator, as infra/stacks/preproduction.py describes them."""
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
