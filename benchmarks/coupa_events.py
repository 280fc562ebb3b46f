"""What API Gateway, Step Functions and SQS hand to the functions, as small as it can be. Knows shapes, not operations."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What the functions use of Lambda's context: time that never runs out."""

    aws_request_id: str = "benchmark"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def rest_call(
    method: str,
    *,
    account: str,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: object = None,
) -> Event:
    """A REST-proxy event (payload 1.0) behind the authorizer."""
    caller = {"accountId": account, "provider": "connective", "settingsVersion": "1"}
    return {
        "httpMethod": method,
        "pathParameters": dict(path or {}) or None,
        "queryStringParameters": dict(query or {}) or None,
        "headers": {"Content-Type": "application/json", "Accept": "application/json"},
        "requestContext": {"requestId": "benchmark", "authorizer": caller},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def authorizer_call(account: str, secret: str) -> Event:
    pair = base64.b64encode(f"{account}:{secret}".encode()).decode()
    arn = "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/GET/v1/account"
    return {"type": "REQUEST", "methodArn": arn, "headers": {"Authorization": f"Basic {pair}"}}


def callback_call(url: str) -> Event:
    """A provider's ping at the address that the connector gave it."""
    path = url[url.index("/callbacks/") :]
    account, package, token = path.split("/")[3:6]
    return {
        "httpMethod": "GET",
        "path": path,
        "pathParameters": {"account": account, "package": package, "token": token},
        "queryStringParameters": None,
        "headers": {},
        "requestContext": {"requestId": "benchmark"},
        "body": None,
        "isBase64Encoded": False,
    }


def bell_message(account: str, package: str) -> Event:
    message = {"messageId": "benchmark", "body": json.dumps({"account": account, "package": package})}
    return {"Records": [message | {"eventSource": "aws:sqs"}]}
