"""The door for providers' callbacks: token, raw copy, wake-up, and the vendor's own "done".

Design: state-and-delivery, Callback addresses. A bad token is 404 and nothing is read; after the check, allowed headers, a
hash and the first 32 KB of the body are kept for 30 days; the answer takes milliseconds and calls no provider.
"""

from __future__ import annotations

import base64
import binascii
import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.operations.receive_callback import receive_callback
from esign.runtime.observability import Level, log_request

if TYPE_CHECKING:
    from esign.runtime.composition import App

Event = Mapping[str, Any]
Response = dict[str, Any]

NOT_FOUND: Response = {"statusCode": 404, "headers": {"Content-Type": "text/plain"}, "body": "Not found."}
DONE: Response = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "OK"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a provider, decoded: `headers` with lower-case names, `query` with its first values."""

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a vendor's `callback.py` makes of a call: our sentence for the timeline, and whether a signer asks for a link."""

    told: str
    code: str
    remind: bool = False


Parse = Callable[[Call], Meaning]
Handler = Callable[[Event, object], Response]


def package_callback(provider: str, parse: Parse, *, composition: Callable[[], App] | None = None) -> Handler:
    """A Lambda handler for addresses that carry account, package and token in their path."""

    @functools.wraps(parse)
    def handler(event: Event, _context: object) -> Response:
        began = time.perf_counter()
        app = (composition or _own_app)()
        call = read_call(event)
        account, package = AccountId(call.parameters["account"]), call.parameters["package"]
        known = is_package_id(package) and app.addresses.verify(
            provider, account, PackageId(package), call.parameters["token"]
        )
        if known:
            _receive(app, provider, account, PackageId(package), call, parse(call))
        log_request(
            Level.INFO,
            operation=f"callback_{provider}",
            milliseconds=(time.perf_counter() - began) * 1000,
            fault=False,
            outcome="ok" if known else "bad_token",
            account=account if known else None,
            package=package if known else None,
            provider=provider,
        )
        return DONE if known else NOT_FOUND

    return handler


def _receive(app: App, provider: str, account: AccountId, package: PackageId, call: Call, meaning: Meaning) -> None:
    now = app.clock.now()
    app.raw_callbacks.keep(provider, account, package, headers=call.headers, body=call.body, at=now)
    receive_callback(
        account,
        package,
        told=meaning.told,
        code=meaning.code,
        remind=meaning.remind,
        packages=app.packages,
        workflows=app.workflows,
        clock=app.clock,
    )


def read_call(event: Event) -> Call:
    """The call in a REST-proxy event (payload 1.0)."""
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


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()
