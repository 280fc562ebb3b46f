"""/callbacks/gosign/{account}/{token}/soap: workNotification, getEnvelopeExternalStatus, OperationDone, and ?wsdl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign.domain.account import Account
from esign.domain.ids import PackageId, is_package_id
from esign.operations.is_withdrawn import is_withdrawn
from esign.operations.settle_submission import settle_submission
from esign.providers.gosign import callback_soap as soap
from esign.providers.gosign import callback_soap_answers as answers
from esign.providers.gosign.callback_access import Unproven, check
from esign.providers.gosign.callback_notice import Notice, Unreadable
from esign.runtime.callbacks import Answered, Response, account_callback, keep, notified
from esign.runtime.calls import Call

if TYPE_CHECKING:
    from esign.runtime.composition import App


def answer(app: App, account: Account, call: Call) -> Answered:
    if call.method == "GET":
        newest = app.addresses.account_url(account.provider, account.id, generation=account.callback_generation)
        called = (
            f"{newest.rpartition('/')[0]}/{call.parameters['token']}"  # whoever knows the former learns no newer one
        )
        return Answered(answers.description(call.query, f"{called}/soap"), "description")
    now = app.clock.now()
    try:
        check(
            call.headers,
            account.settings,
            credentials=lambda: app.accounts.credentials(account.id),
            keys=lambda issuer, key: app.issuer_keys.of(issuer, key, now=now.timestamp()),
            now=now,
        )
        said = soap.parse(call.body, whole=call.whole)
    except Unproven as refusal:
        return Answered(answers.fault(401, refusal.detail, client=True), refusal.kind)
    except Unreadable as unreadable:
        return Answered(answers.fault(400, str(unreadable), client=True), "unreadable")
    match said:
        case Notice():
            package = notified(app, account, said.envelope, call, said.of(account.settings))
            return Answered(answers.heard(), "ok" if package else "unknown_package", package)
        case soap.Question():
            return Answered(answers.statuses(said, lambda one: is_withdrawn(account.id, one, packages=app.packages)))
        case soap.Done():
            return _settled(app, account, call, said)


def _settled(app: App, account: Account, call: Call, done: soap.Done) -> Answered:
    verdict = soap.verdict(done, account.settings)
    if verdict is None or not is_package_id(done.envelope):
        return Answered(answers.taken(), "unknown_package")
    after = settle_submission(
        account.id,
        PackageId(done.envelope),
        verdict,
        packages=app.packages,
        workflows=app.workflows,
        bell=app.bell,
        clock=app.clock,
        timing=app.timing,
    )
    keep(app, account.provider, account.id, after.id if after else None, call)
    return Answered(answers.taken(), "ok" if after else "unknown_package", after.id if after else None)


def trouble(call: Call) -> Response:
    try:
        said = soap.parse(call.body, whole=call.whole)
    except Unreadable:
        said = None
    sorry = "The connector cannot take it at the moment."
    return answers.not_now("UNAVAILABLE") if isinstance(said, Notice) else answers.fault(500, sorry, client=False)


handler = account_callback("gosign", answer, trouble=trouble)
