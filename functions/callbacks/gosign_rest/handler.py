"""/callbacks/gosign/{account}/{token}/…: GoSign's ping, notifications in both formats, and whether a person may work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign.domain.account import Account
from esign.operations.is_withdrawn import is_withdrawn
from esign.providers.gosign import callback_rest as rest
from esign.providers.gosign.callback_access import Unproven, check
from esign.providers.gosign.callback_notice import Unreadable
from esign.runtime.callbacks import Answered, Response, account_callback, notified
from esign.runtime.calls import Call

if TYPE_CHECKING:
    from esign.runtime.composition import App


def answer(app: App, account: Account, call: Call) -> Answered:
    now = app.clock.now()
    try:
        check(
            call.headers,
            account.settings,
            credentials=lambda: app.accounts.credentials(account.id),
            keys=lambda issuer, key: app.issuer_keys.of(issuer, key, now=now.timestamp()),
            now=now,
        )
    except Unproven as refusal:
        return Answered(rest.unauthorized(refusal.detail), refusal.kind)
    if "user" in call.parameters:
        gone = is_withdrawn(account.id, call.parameters["envelope"], packages=app.packages)
        return Answered(rest.withdrawn() if gone else rest.workable(), "withdrawn" if gone else "workable")
    return _notification(app, account, call) if "envelope" in call.parameters else Answered(rest.online())


def _notification(app: App, account: Account, call: Call) -> Answered:
    try:
        notice = rest.parse(call.body, whole=call.whole)
    except Unreadable as unreadable:
        return Answered(rest.outcome("failed_please_discard", str(unreadable)), "unreadable")
    envelope = call.parameters["envelope"]
    if notice.envelope not in {"", envelope}:
        return Answered(rest.outcome("failed_please_discard", "Address and body name two envelopes."), "two_envelopes")
    package = notified(app, account, envelope, call, notice.of(account.settings))
    if package is None:
        return Answered(rest.outcome("failed_please_discard", "The envelope is not known here."), "unknown_package")
    return Answered(rest.outcome("succeeded"), package=package)


def trouble(call: Call) -> Response:
    if "user" in call.parameters:
        return rest.undecided()
    asked_to_wait = rest.outcome("failed_please_retry", "The connector cannot take it at the moment.")
    return asked_to_wait if "envelope" in call.parameters else rest.unavailable()


handler = account_callback("gosign", answer, trouble=trouble)
