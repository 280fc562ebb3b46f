"""POST /callbacks/contract-signatures/{account}/{token}: the app's webhook, for every contract of the customer's site.

It is answered 204 (contracts/contract-signatures.md §2.6: 201, 202 or 204), also for contracts that are none of ours.
"""

from __future__ import annotations

from esign.domain.account import Account
from esign.operations.receive_callback import once_per_event
from esign.providers.contract_signatures.callback import PROVIDER, TOLD, parse
from esign.runtime.callbacks import Answered, Meaning, account_callback, receive
from esign.runtime.calls import Call
from esign.runtime.composition import App

DONE = {"statusCode": 204, "headers": {}, "body": ""}
LATER = {"statusCode": 503, "headers": {}, "body": ""}


def answer(app: App, account: Account, call: Call) -> Answered:
    """What is no message, or about a contract that is none of ours, is not kept: it may name people."""
    hint = parse(call.body)
    package = app.packages.by_reference(account.id, PROVIDER, hint.contract) if hint else None
    if hint is None or package is None:
        return Answered(DONE, "unknown_package" if hint else "no_message")
    if hint.kind == "creation":  # we made it: nothing to learn, and a read may come before the vendor shows it
        return Answered(DONE, "nothing_new", package)

    def wake() -> None:
        receive(app, PROVIDER, account.id, package, call, Meaning(TOLD[hint.kind], hint.kind))

    new = once_per_event(account.id, hint.event, wake, keys=app.idempotency, clock=app.clock)
    return Answered(DONE, "ok" if new else "repeated", package)


handler = account_callback(PROVIDER, answer, trouble=LATER)
