"""From an API Gateway REST-proxy event to a handler's `(request, app) -> Reply`, and back.

Everything that all of Coupa's operations share at the door is here: the caller that the authorizer proved, the body, the
deadline, problem+json, and the one log line. It knows no operation. Nothing here imports boto3, httpx or pydantic.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from esign.coupa import body, errors
from esign.coupa.query import only
from esign.domain.errors import ConnectorError
from esign.domain.ids import AccountId, is_package_id
from esign.http.deadline import Deadline
from esign.runtime.observability import Level, log_request, stack

if TYPE_CHECKING:
    from esign.operations.claim import Claim
    from esign.runtime.composition import App

Event = Mapping[str, Any]
Response = dict[str, Any]

GRACE = 3.0  # seconds kept back from Lambda's own time-out, to store an outcome and to answer
IDEMPOTENCY_KEY = "idempotency-key"
_WRITES = frozenset({"POST", "PUT", "DELETE"})
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Context(Protocol):
    """What we use of Lambda's context object."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Request:
    """One call of an account. `path` and `query` are decoded; header names are lower case; `id` is API Gateway's.
    `address` is the path as the caller wrote it: on API Gateway's own host it begins with the stage."""

    account: AccountId
    provider: str
    settings_version: int
    method: str
    path: Mapping[str, str]
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    id: str
    deadline: Deadline
    address: str
    raw_body: str | None = field(default=None, repr=False)
    body_encoded: bool = False
    claim: Claim | None = None  # the Idempotency-Key that came with it, while it is at work

    def json(self, *, limit: int = body.MAX_PLAIN_BODY) -> object:
        """The JSON body, at most `limit` bytes. Raises MalformedRequest, UnsupportedMedia, TooLarge."""
        return body.read(
            self.raw_body, encoded=self.body_encoded, content_type=self.headers.get("content-type"), limit=limit
        )

    def location(self, made: str) -> dict[str, str]:
        """The header that says where the thing is that this request made: below the address that was called."""
        return {"Location": f"{self.address.rstrip('/')}/{made}"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` None sends none. `package` is for the log, where the path does not name it; `replayed`: it is the
    answer of an earlier request under the same idempotency key."""

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    package: str | None = None
    replayed: bool = False


Work = Callable[[Request, "App"], Reply]
Composition = Callable[[], "App"]


Handler = Callable[[Event, Context], Response]


def coupa_endpoint(
    operation: str, *, query: tuple[str, ...] = (), composition: Composition | None = None
) -> Callable[[Work], Handler]:
    """Make a Lambda handler of an operation's work; its `__wrapped__` is the work behind the door.

    `query` names the parameters that the operation knows, others are refused; `composition` gives the ports, None means
    the process's own App.
    """

    def decorate(work: Work) -> Handler:
        @functools.wraps(work)
        def checked(request: Request, app: App) -> Reply:
            only(request.query, query)
            if request.method not in _WRITES or IDEMPOTENCY_KEY not in request.headers:
                return work(request, app)
            from esign.runtime.idempotency import once

            return once(operation, work, request, app)

        @functools.wraps(checked)
        def handler(event: Event, context: Context) -> Response:
            return _serve(operation, checked, composition or _own_app, event, context)

        return handler

    return decorate


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()


@dataclass(slots=True)
class _Outcome:
    """What is answered and what the log says of it."""

    response: Response
    level: Level
    outcome: str
    package: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict)


def _serve(operation: str, work: Work, composition: Composition, event: Event, context: Context) -> Response:
    began = time.perf_counter()
    request = read_event(event, context)
    try:
        with request.deadline.applies():
            outcome = _answered(work(request, composition().until(request.deadline)))
    except ConnectorError as error:
        outcome = _refused(error, request)
    except Exception as error:  # noqa: BLE001 - the last door: a caller gets a problem, a person the stack
        outcome = _broken(error, request)
    log_request(
        outcome.level,
        operation=operation,
        milliseconds=(time.perf_counter() - began) * 1000,
        fault=outcome.response["statusCode"] >= 500,
        status=outcome.response["statusCode"],
        outcome=outcome.outcome,
        account=request.account,
        package=_named(request) or outcome.package,
        provider=request.provider,
        request=request.id,
        **outcome.notes,
    )
    return outcome.response


def read_event(event: Event, context: Context) -> Request:
    """The request in a REST-proxy event (payload 1.0) behind our authorizer."""
    gateway = event["requestContext"]
    caller = gateway["authorizer"]
    return Request(
        account=AccountId(caller["accountId"]),
        provider=caller["provider"],
        settings_version=int(caller["settingsVersion"]),
        method=event["httpMethod"],
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        id=gateway["requestId"],
        deadline=Deadline(max(1.0, context.get_remaining_time_in_millis() / 1000 - GRACE)),
        address=gateway.get("path", ""),  # $context.path: with the stage, or a domain's base path
        raw_body=event.get("body"),
        body_encoded=bool(event.get("isBase64Encoded")),
    )


def _answered(reply: Reply) -> _Outcome:
    headers = {**reply.headers, "Idempotency-Replayed": "true"} if reply.replayed else reply.headers
    response = _response(reply.status, reply.body, "application/json", headers)
    return _Outcome(response, Level.INFO, "replayed" if reply.replayed else "ok", reply.package)


def _refused(error: ConnectorError, request: Request) -> _Outcome:
    row = errors.told(error)
    wait = errors.retry_after(error)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    problem = errors.problem(error, instance=_instance(request))
    response = _response(row.status, problem, errors.MEDIA_TYPE, headers)
    if row.alert:
        return _Outcome(response, Level.ERROR, error.kind, notes={"stack": stack(error.__traceback__)})
    return _Outcome(response, Level.INFO if row.status < 500 else Level.WARNING, error.kind)


def _broken(error: Exception, request: Request) -> _Outcome:
    hidden = ConnectorError("The connector failed. Nothing is known to be wrong with the request.")
    notes = {"exception": type(error).__name__, "stack": stack(error.__traceback__)}
    problem = errors.problem(hidden, instance=_instance(request))
    return _Outcome(_response(500, problem, errors.MEDIA_TYPE, {}), Level.ERROR, hidden.kind, notes=notes)


def _named(request: Request) -> str | None:
    """The package in the path, for the log: what is no id of ours may be anything that a caller wrote there."""
    named = request.path.get("packageId", "")
    return named if is_package_id(named) else None


def _instance(request: Request) -> str:
    return f"urn:request:{request.id}"


def _response(status: int, content: Mapping[str, Any] | None, media_type: str, headers: Mapping[str, str]) -> Response:
    if content is None:
        return {"statusCode": status, "headers": _HEADERS | dict(headers), "body": "", "isBase64Encoded": False}
    return {
        "statusCode": status,
        "headers": _HEADERS | {"Content-Type": media_type} | dict(headers),
        "body": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        "isBase64Encoded": False,
    }
