"""The doors for providers' callbacks: token, raw copy, wake-up, and the vendor's own "done".

Design: state-and-delivery, Callback addresses. A bad token is 404 and nothing is read; after the check, allowed headers, a
hash and the first 32 KB of the body are kept for 30 days; the answer takes milliseconds and calls no provider.
`package_callback` is for addresses that travel with a package, `account_callback` for the one that an administrator
registers: there the vendor's folder finds the package in what is called. Knows no vendor.
"""

from __future__ import annotations

import base64
import binascii
import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from esign.domain.account import Account
from esign.domain.errors import ConnectorError
from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.operations.receive_callback import receive_callback
from esign.runtime.observability import Level, log_request, stack

if TYPE_CHECKING:
    from esign.runtime.composition import App

Event = Mapping[str, Any]
Response = dict[str, Any]

NOT_FOUND: Response = {"statusCode": 404, "headers": {"Content-Type": "text/plain"}, "body": "Not found."}
DONE: Response = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "OK"}

NOTED_EVERY = timedelta(hours=1)
# Headers that are kept with a call: never what the caller proves itself with.
KEPT_HEADERS = frozenset(
    {"content-type", "content-length", "user-agent", "soapaction", "x-amzn-trace-id", "x-forwarded-for"}
)


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


@dataclass(frozen=True, slots=True)
class Answered:
    """The vendor's own answer to a call at an account's address; `outcome` and `package` are for the log."""

    response: Response
    outcome: str = "ok"
    package: PackageId | None = None


Parse = Callable[[Call], Meaning]
Answer = Callable[["App", Account, Call], Answered]
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
            receive(app, provider, account, PackageId(package), call, parse(call))
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


def account_callback(
    provider: str, answer: Answer, *, trouble: Response, composition: Callable[[], App] | None = None
) -> Handler:
    """A Lambda handler for the one address of an account. `answer` is asked only when the token is right and the account
    is one of this provider; `trouble` is what the vendor takes for "ask again later", and all it hears of an error."""

    @functools.wraps(answer)
    def handler(event: Event, _context: object) -> Response:
        began = time.perf_counter()
        call = read_call(event)
        level, notes = Level.INFO, dict[str, object]()
        try:
            said = _at_account((composition or _own_app)(), provider, call, answer)
        except ConnectorError as error:
            said, level = Answered(trouble, error.kind), Level.WARNING
        except Exception as error:  # noqa: BLE001 - the last door: the vendor asks again, a person gets the stack
            said, level = Answered(trouble, "internal_error"), Level.ERROR
            notes = {"exception": type(error).__name__, "stack": stack(error.__traceback__)}
        log_request(
            level,
            operation=f"callback_{provider}",
            milliseconds=(time.perf_counter() - began) * 1000,
            fault=said.response is trouble,
            outcome=said.outcome,
            account=None if said.response is NOT_FOUND else call.parameters["account"],
            package=said.package,
            provider=provider,
            **notes,
        )
        return said.response

    return handler


def _at_account(app: App, provider: str, call: Call, answer: Answer) -> Answered:
    account_id = AccountId(call.parameters["account"])
    generation = app.addresses.generation(provider, account_id, call.parameters["token"])
    account = app.accounts.get(account_id) if generation is not None else None
    if generation is None or account is None or account.provider != provider or not account.accepts(generation):
        return Answered(NOT_FOUND, "bad_token")
    answered = answer(app, account, call)
    _note(app, account)
    return answered


def _note(app: App, account: Account) -> None:
    """When the provider last called, to the hour: it tells an administrator that the registered address works."""
    now = app.clock.now()
    if account.last_callback_at is None or now - account.last_callback_at > NOTED_EVERY:
        app.accounts.note_callback(account.id, at=now)


def receive(app: App, provider: str, account: AccountId, package: PackageId, call: Call, meaning: Meaning) -> None:
    """Keep the call, tell the package's story, wake the refresh. The token was right, and the package exists."""
    keep(app, provider, account, package, call)
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


def keep(app: App, provider: str, account: AccountId, package: PackageId | None, call: Call) -> None:
    """The raw copy; `package` None: the call named none of ours."""
    headers = {name: value for name, value in call.headers.items() if name in KEPT_HEADERS}
    app.raw_callbacks.keep(provider, account, package, headers=headers, body=call.body, at=app.clock.now())


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
