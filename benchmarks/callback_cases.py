"""The callbacks of the other providers as cases: an account of each, a package that is out, and the call. See cases.py.

No simulator is needed: a callback calls no provider, so the package is written as a Send would have left it. The account
was called within the hour; the one write an hour that notes it is not counted.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.apps import CREDENTIALS, an_account
from benchmarks.coupa_events import Event, callback_call
from benchmarks.desk import Desk
from esign.domain.account import Account
from esign.domain.ids import AccountId
from esign.domain.package import Charge, Package, ProviderState
from esign.domain.status import PackageStatus
from tests.fakes.factories import a_full_package
from tests.fakes.gosign_caller import NS, mapped, soap, soap_notification, step, work_notification

_OAUTH = {"integration": "oauth"}  # its reads show nobody: who signed is taken from notifications
_LEGALBUS = {"integration": "legalbus", "loadedByExtId": "segr", "externalSystemCode": "EMA", "companion": True}


def esigntools(desk: Desk) -> Event:
    """seeds/003: `{callbackUrl}?id=1234&eventType=ESIGNED`."""
    package = _out(desk, _account(desk, "esigntools"), reference="1234")
    url, _ = desk.app.addresses.package_url("esigntools", package.account, package.id)
    return callback_call(url) | {"queryStringParameters": {"id": "1234", "eventType": "ESIGNED"}}


def contract_signatures(desk: Desk) -> Event:
    account, contract = _account(desk, "contract-signatures"), str(uuid.uuid4())
    _out(desk, account, reference=contract)
    said = {"eventUuid": str(uuid.uuid4()), "contractId": contract, "eventType": "signature"}
    known = {"account": account.id, "token": _token(desk, account)}
    return _posted(known, json.dumps(said))


def gosign_ping(desk: Desk) -> Event:
    account = _account(desk, "gosign")
    return _asked({"account": account.id, "token": _token(desk, account)})


def gosign_workable(desk: Desk) -> Event:
    account = _account(desk, "gosign")
    ids = {"envelope": _out(desk, account).id, "user": "anna.berg1@example.com"}
    return _asked({"account": account.id, "token": _token(desk, account)} | ids)


def gosign_rest(desk: Desk) -> Event:
    account = _account(desk, "gosign")
    package = _out(desk, account)
    return _notified(desk, account, json.dumps(work_notification(package.id)), envelope=package.id)


def gosign_rest_moves(desk: Desk) -> Event:
    """Somebody signed, and no read of this door would show it."""
    account = _account(desk, "gosign", **_OAUTH)
    package = _out(desk, account)
    signed = [step("anna.berg1@example.com", "WKD", 1, ended="2026-03-02T10:00:00Z")]
    return _notified(desk, account, json.dumps(work_notification(package.id, liveStatus=signed)), envelope=package.id)


def gosign_soap(desk: Desk) -> Event:
    account = _account(desk, "gosign")
    return _notified(desk, account, soap_notification(_out(desk, account).id))


def gosign_soap_question(desk: Desk) -> Event:
    account = _account(desk, "gosign")
    asked = f"<userExtId>anna</userExtId><envelopeExtIdList>{_out(desk, account).id}</envelopeExtIdList>"
    name = "getEnvelopeExternalStatusRequest"
    return _notified(desk, account, soap(f'<q:{name} xmlns:q="{NS}">{asked}</q:{name}>'))


def gosign_soap_done(desk: Desk) -> Event:
    """LegalBus settles a Send that it took in charge."""
    account = _account(desk, "gosign", **_LEGALBUS)
    package = _out(desk, account, in_charge=True)
    fields = f"<ID>77</ID><command>insertEnvelope</command><extId>{package.id}</extId><details/>"
    status = "<returnStatus><code>OK</code><message/></returnStatus>"
    return _notified(
        desk, account, soap(f'<e:OperationDoneEvent xmlns:e="urn:e">{fields}{status}</e:OperationDoneEvent>')
    )


def _account(desk: Desk, provider: str, **settings: Any) -> Account:  # noqa: ANN401 - settings of a provider
    name = AccountId("_".join(["acc", provider, *map(str, settings.values())][:3]).replace("-", "_"))
    known = desk.app.accounts.get(name)
    if known is None:
        now = datetime.now(UTC)
        known = an_account(id=name, provider=provider, settings=settings, last_callback_at=now)
        desk.app.accounts.add(known, CREDENTIALS)
    return known


def _out(desk: Desk, account: Account, *, reference: str | None = None, in_charge: bool = False) -> Package:
    """A package that is out for signature, or whose Send was taken in charge."""
    now = datetime.now(UTC)
    draft = a_full_package(account=account.id, created_at=now, provider=ProviderState(account.provider))
    desk.app.packages.create(draft)
    before = desk.now(draft.id, account.id)
    provider = replace(before.provider, reference=(reference or before.id,))
    sent = replace(before, status=PackageStatus.IN_PROCESS, provider=provider)
    if in_charge:
        sent = replace(before, status=PackageStatus.SENDING, charge=Charge(now, "77"), send_attempt="a")
    return desk.app.packages.commit(before, sent)


def _token(desk: Desk, account: Account) -> str:
    url = desk.app.addresses.account_url(account.provider, account.id, generation=account.callback_generation)
    return url.rpartition("/")[2]


def _notified(desk: Desk, account: Account, body: str, **ids: str) -> Event:
    return mapped(body.encode(), account=account.id, headers={}, token=_token(desk, account), **ids)


def _asked(known: Mapping[str, str]) -> Event:
    return {"httpMethod": "GET", "path": "/callbacks/…", "pathParameters": dict(known), "headers": {}, "body": None}


def _posted(known: Mapping[str, str], body: str) -> Event:
    return _asked(known) | {"httpMethod": "POST", "headers": {"Content-Type": "application/json"}, "body": body}
