"""The doors for providers' callbacks: token, raw copy, wake-up, and the vendor's own "done".

Design: state-and-delivery, Callback addresses. A bad token is 404 and nothing is read; after the check, allowed headers, a
hash and the first 32 KB of the body are kept for 30 days; the answer takes milliseconds and calls no provider.
`package_callback` is for addresses that travel with a package, `account_callback` for the one that an administrator
registers: there the vendor's folder finds the package in what is called. Knows no vendor.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from esign.domain.account import Account
from esign.domain.errors import ConnectorError
from esign.domain.ids import AccountId, PackageId, is_package_id
from esign.operations.hear_notification import hear_notification, is_ours
from esign.operations.receive_callback import receive_callback
from esign.ports import ProviderNotice
from esign.runtime.calls import Call, Event, read_call
from esign.runtime.observability import Level, log_request, stack

if TYPE_CHECKING:
    from esign.runtime.composition import App

Response = dict[str, Any]

NOT_FOUND: Response = {"statusCode": 404, "headers": {"Content-Type": "text/plain"}, "body": "Not found."}
DONE: Response = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "OK"}

NOTED_EVERY = timedelta(hours=1)
# Headers that are kept with a call: never what the caller proves itself with.
KEPT_HEADERS = frozenset(
    {"content-type", "content-length", "user-agent", "soapaction", "x-amzn-trace-id", "x-forwarded-for"}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a vendor's `callback.py` makes of a call: our sentence for the timeline, whether a signer asks for a link, and
    the envelope that it names; one that is not the package's wakes nothing."""

    told: str
    code: str
    remind: bool = False
    envelope: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The vendor's own answer to a call at an account's address; `outcome` and `package` are for the log."""

    response: Response
    outcome: str = "ok"
    package: PackageId | None = None


Parse = Callable[[Call], Meaning]
Trouble = Response | Callable[[Call], Response]
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
        outcome = _at_package(app, provider, account, PackageId(package), call, parse(call)) if known else "bad_token"
        log_request(
            Level.INFO,
            operation=f"callback_{provider}",
            milliseconds=(time.perf_counter() - began) * 1000,
            fault=False,
            outcome=outcome,
            account=account if known else None,
            package=package if known else None,
            provider=provider,
        )
        return DONE if known else NOT_FOUND

    return handler


def _at_package(app: App, provider: str, account: AccountId, package: PackageId, call: Call, meaning: Meaning) -> str:
    """The outcome for the log. While a package is being sent its envelopes are not known yet, and any may be its own."""
    head = app.packages.head(account, package) if meaning.envelope else None
    if head and head.provider.reference and meaning.envelope not in head.provider.reference:
        keep(app, provider, account, package, call)
        return "other_envelope"
    receive(app, provider, account, package, call, meaning)
    return "ok"


def account_callback(
    provider: str, answer: Answer, *, trouble: Trouble, composition: Callable[[], App] | None = None
) -> Handler:
    """A Lambda handler for the one address of an account. `answer` is asked only when the token is right and the account
    is one of this provider; `trouble` is what the vendor takes for "ask again later", and all it hears of an error."""

    @functools.wraps(answer)
    def handler(event: Event, _context: object) -> Response:
        began = time.perf_counter()
        call = read_call(event)
        said, level, notes = _said((composition or _own_app), provider, call, answer, trouble)
        log_request(
            level,
            operation=f"callback_{provider}",
            milliseconds=(time.perf_counter() - began) * 1000,
            fault=level > Level.INFO,
            outcome=said.outcome,
            account=None if said.response is NOT_FOUND else call.parameters["account"],
            package=said.package,
            provider=provider,
            **notes,
        )
        return said.response

    return handler


def _said(
    composition: Callable[[], App], provider: str, call: Call, answer: Answer, trouble: Trouble
) -> tuple[Answered, Level, Mapping[str, object]]:
    """The vendor's answer, or how it hears of our trouble; how loudly to log it, and what else to tell."""
    try:
        return _at_account(composition(), provider, call, answer), Level.INFO, {}
    except ConnectorError as error:
        kind, level, notes = error.kind, Level.WARNING, dict[str, object]()
    except Exception as error:  # noqa: BLE001 - the last door: the vendor asks again, a person gets the stack
        kind, level = "internal_error", Level.ERROR
        notes = {"exception": type(error).__name__, "stack": stack(error.__traceback__)}
    return Answered(trouble(call) if callable(trouble) else trouble, kind), level, notes


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


def notified(app: App, account: Account, package_id: str, call: Call, notice: ProviderNotice) -> PackageId | None:
    """Keep the call and take it for the hint that it is. None: the account has no such package."""
    ours = is_ours(account.id, package_id, packages=app.packages)
    package = PackageId(package_id) if ours else None
    keep(app, account.provider, account.id, package, call)
    if package is not None:
        hear_notification(
            account.id,
            package,
            notice,
            packages=app.packages,
            workflows=app.workflows,
            bell=app.bell,
            clock=app.clock,
        )
    return package


def keep(app: App, provider: str, account: AccountId, package: PackageId | None, call: Call) -> None:
    """The raw copy; `package` None: the call named none of ours."""
    headers = {name: value for name, value in call.headers.items() if name in KEPT_HEADERS}
    app.raw_callbacks.keep(provider, account, package, headers=headers, body=call.body, at=app.clock.now())


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()
