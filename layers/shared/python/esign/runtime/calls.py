"""One call of a provider, out of API Gateway's event: behind a proxy integration, or through a mapping template.

Knows neither tokens nor vendors.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a provider, decoded: `headers` with lower-case names, `query` with its first values.

    `whole` False: only the head of a large body came this far.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True


def read_call(event: Event) -> Call:
    """The call in a REST-proxy event (payload 1.0), or in what a mapping template made of one (infra/mapping.py)."""
    return _mapped(event) if "mapped" in event else _proxied(event)


def _mapped(event: Event) -> Call:
    """Names and values are base64; `size` counts the characters of the whole body, of which the first 32 K are there, as
    Java counts them: in units of UTF-16."""
    body = base64.b64decode(event["body"])
    return Call(
        method=event["httpMethod"],
        path=event["resource"],
        parameters=_pairs(event["pathParameters"]),
        query=_pairs(event["query"]),
        headers={name.lower(): value for name, value in _pairs(event["headers"]).items()},
        body=body,
        whole=len(body.decode().encode("utf-16-le")) // 2 >= event["size"],
    )


def _pairs(told: Sequence[Sequence[str]]) -> dict[str, str]:
    return {base64.b64decode(name).decode(): base64.b64decode(value).decode() for name, value in told}


def _proxied(event: Event) -> Call:
    return Call(
        method=event["httpMethod"],
        path=event["path"],
        parameters=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=_body(event),
    )


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body)
    except (binascii.Error, ValueError):
        return b""
