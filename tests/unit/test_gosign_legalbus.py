"""LegalBus takes an envelope in charge and says later what became of it: nothing is asked of it before."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from esign.domain.capabilities import Feature
from esign.domain.errors import CredentialsRefused, OutcomeUnknown, ProviderRefused
from esign.domain.package import Charge, Package, Verdict, VerdictKind
from esign.domain.status import PackageStatus
from esign.http.deadline import Deadline
from esign.ports import Absent, Found, TakenInCharge, Unknown
from esign.providers.gosign.vendor import open_provider
from esign.providers.opening import Opening
from tests.fakes.clock import START
from tests.fakes.connector import Connector
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.http_server import Exchange, LocalServer, local_server
from tests.fakes.papers import Papers, a_pdf
from tests.fakes.provider import FakeProviders

SETTINGS = {"integration": "legalbus", "loadedByExtId": "segr", "externalSystemCode": "EMA", "companion": True}
SECRET = "a-customer-code"


def says(http: int = 200, **body: object):
    return lambda exchange: exchange.answer(http, json.dumps(body).encode() if body else b"")


def vanishes(exchange: Exchange) -> None:
    exchange.hang_up()


@contextmanager
def legalbus(*insertion, companion=None):
    """(the server of LegalBus, the provider); REST v1 is a server of its own, so that every call is seen for what it is."""
    with local_server(*insertion) as proxy, local_server(companion or says(500)) as rest:
        settings = SETTINGS | {"legalbusUrl": f"{proxy.url}/legalbus/services/v1", "baseUrl": rest.url}
        provider = open_provider(
            an_account(provider="gosign", settings=settings),
            Opening(
                credentials=lambda: {"customerCode": SECRET},
                deadline=Deadline(60),
                observe=lambda _: None,
                allow_loopback=True,
            ),
        )
        yield proxy, rest, provider


def ready():
    package = a_package()
    return replace(package, documents=(a_document(package.id),), recipients=(a_recipient(package.id),))


def send(provider, package=None):
    return provider.send(
        package or ready(), Papers(default=a_pdf(2)), progress={}, checkpoint=lambda _: None, callback_url=None
    )


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        (says(code="OK", message="b5f7-1"), "b5f7-1"),
        (says(code="OK", message=4711), "4711"),
        (says(returnStatus={"code": "ok", "message": " b5 "}), "b5"),
        (says(204), None),
        (says(200), None),
        (says(code="OK"), None),
        (says(code="OK", message="x" * 500), None),
        (says(code="OK", message={"id": 1}), None),
    ],
)
def test_an_insertion_is_only_taken_in_charge_under_the_id_that_the_answer_gives(answer, receipt):
    with legalbus(answer) as (_, _, provider):
        assert send(provider) == TakenInCharge(receipt)


def test_the_call_is_the_rest_call_at_legalbus_own_address():
    with legalbus(says(code="OK", message="1")) as (proxy, rest, provider):
        package = ready()
        send(provider, package)
        (seen,) = proxy.seen
        body = json.loads(seen.body)
        assert (seen.method, seen.path) == ("PUT", f"/legalbus/services/v1/envelopes/{package.id}")
        assert (body["customerCode"], body["externalSystemCode"]) == (SECRET, "EMA")
        assert body["envelope"]["externalId"] == package.id
        assert rest.seen == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(code="cust_not_found", message=f"customerCode = {SECRET}"), CredentialsRefused),
        (says(400, code="illegal_argument"), ProviderRefused),
        (says(code="error"), OutcomeUnknown),
        (says(500), OutcomeUnknown),
        (vanishes, OutcomeUnknown),
        (lambda exchange: exchange.answer(200, b"<html>"), OutcomeUnknown),
    ],
)
def test_what_legalbus_refuses_or_leaves_unsaid_has_the_right_name(answer, error):
    with legalbus(answer) as (_, rest, provider), pytest.raises(error) as raised:
        send(provider)
    assert rest.seen == []
    assert SECRET not in f"{raised.value.detail} {raised.value.fault}"


def test_nothing_is_asked_before_legalbus_has_said_what_became_of_it():
    with legalbus(says(204)) as (proxy, rest, provider):
        assert isinstance(provider.find(replace(ready(), charge=Charge(START)), {}), Unknown)
        assert proxy.seen == rest.seen == []
        assert not provider.capabilities.supports(Feature.RECOVER_LOST_SEND)


@pytest.mark.parametrize(
    ("documents", "found"), [(1, Found), (0, Unknown)], ids=["with our documents", "with other documents"]
)
def test_an_envelope_that_exists_is_read_by_the_companion(documents, found):
    package = ready()
    ours = [{"externalId": d.id} for d in package.documents[:documents]] or [{"externalId": "another"}]
    shown = says(externalId=package.id, status="PGS", documents=ours)
    judged = replace(package, verdicts=(Verdict(VerdictKind.EXISTS, (package.id,)),))
    with legalbus(says(204), companion=shown) as (proxy, rest, provider):
        assert isinstance(provider.find(judged, {}), found)
        assert (len(proxy.seen), len(rest.seen)) == (0, 1)


def test_an_envelope_that_exists_no_more_is_absent():
    judged = replace(ready(), verdicts=(Verdict(VerdictKind.EXISTS, ("x",)),))
    with legalbus(says(204), companion=says(code="ENVELOPE_NOT_FOUND")) as (_, _, provider):
        assert isinstance(provider.find(judged, {}), Absent)


class Always(FakeProviders):
    """Every account has this provider."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider

    def open(self, account, *, observe=None):
        return self.provider


def whole(provider) -> tuple[Connector, Package]:
    """The connector in memory, with a real LegalBus account."""
    connector = Connector()
    connector.access = replace(connector.access, providers=Always(provider))
    connector.refresh = replace(connector.refresh, access=connector.access)
    package = connector.create(sequential_signing=True).package
    connector.add_document(package.id, a_pdf(2))
    connector.add_recipient(package.id)
    return connector, package


def calls(server: LocalServer) -> list[str]:
    return [seen.method for seen in server.seen]


def test_the_whole_way_of_a_send_makes_one_call():
    with legalbus(says(code="OK", message="r-7")) as (proxy, rest, provider):
        connector, package = whole(provider)
        assert connector.send(package.id).status is PackageStatus.SENDING
        connector.clock.advance(3600)
        connector.run_refresh(package.id)
        connector.verdict(package.id, VerdictKind.REFUSED, receipt="r-6")
        connector.verdict(package.id, VerdictKind.ACCEPTED, receipt="r-7")
        assert connector.now(package.id).status is PackageStatus.IN_PROCESS
        assert calls(proxy) == ["PUT"]
        assert rest.seen == []


def test_a_lost_reply_waits_for_the_verdict_and_inserts_nothing_again():
    with legalbus(vanishes) as (proxy, rest, provider):
        connector, package = whole(provider)
        with pytest.raises(OutcomeUnknown):
            connector.send(package.id)
        for _ in range(4):
            connector.clock.advance(3600)
            connector.run_refresh(package.id)
        connector.verdict(package.id, VerdictKind.ACCEPTED, receipt="r-7")
        assert connector.now(package.id).status is PackageStatus.IN_PROCESS
        assert calls(proxy) == ["PUT"]
        assert rest.seen == []
