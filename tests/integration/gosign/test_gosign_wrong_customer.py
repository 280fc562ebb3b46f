"""A wrong customer code, at every door that has one: told as refused credentials, changes nothing, is repeated nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from esign.domain.errors import CredentialsRefused
from esign.domain.package import Package
from esign.http.deadline import Deadline
from esign.ports import TakenInCharge
from esign.providers.gosign.adapter import GosignProvider
from esign.providers.gosign.vendor import open_provider
from esign.providers.opening import Opening
from sandbox.providers.gosign.server import GosignSimulator
from sandbox.providers.gosign.side import DOORS
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.gosign_envelopes import CODE
from tests.fakes.papers import Papers, a_pdf

GUESSED = "guessed-customer-code"
PAPERS = Papers(default=a_pdf(1))


def opened(gosign: GosignSimulator, door: str, code: str) -> GosignProvider:
    known = {"baseUrl": gosign.url, **DOORS[door](gosign)}
    opening = Opening(
        credentials=lambda: {"customerCode": code},
        deadline=Deadline(60),
        observe=lambda _: None,
        allow_loopback=True,
    )
    return open_provider(an_account(provider="gosign", settings=known), opening)


def contract() -> Package:
    package = a_package(created_at=datetime.now(UTC))
    return replace(package, documents=(a_document(package.id, 1),), recipients=(a_recipient(package.id, 1),))


def send(provider: GosignProvider, package: Package):
    return provider.send(package, PAPERS, progress={}, checkpoint=lambda _: None, callback_url=None)


def unrepeated(refused, capsys) -> bool:
    told = f"{refused.value} {refused.value.detail} {refused.value.fault} {''.join(capsys.readouterr())}"
    return GUESSED not in told


@pytest.mark.parametrize("door", ["gosign-rest", "gosign-soap"])
def test_a_guessed_code_sends_nothing(gosign, door, capsys):
    with pytest.raises(CredentialsRefused) as refused:
        send(opened(gosign, door, GUESSED), contract())
    assert unrepeated(refused, capsys)
    assert gosign.control.envelopes() == []


@pytest.mark.parametrize("door", ["gosign-rest", "gosign-soap"])
@pytest.mark.parametrize("act", [lambda it, package: it.read(package), lambda it, package: it.withdraw(package, None)])
def test_a_guessed_code_reads_and_withdraws_nothing(gosign, door, act, capsys):
    package = contract()
    reference = send(opened(gosign, door, CODE), package)
    sent = replace(package, provider=replace(package.provider, reference=reference))
    before = gosign.control.envelopes()
    with pytest.raises(CredentialsRefused) as refused:
        act(opened(gosign, door, GUESSED), sent)
    assert unrepeated(refused, capsys)
    assert gosign.control.envelopes() == before


def test_by_legalbus_a_guessed_code_is_told_by_the_event_alone(gosign):
    gosign.control.configure(switches={"operation_done": "before"})
    assert isinstance(send(opened(gosign, "gosign-legalbus", GUESSED), contract()), TakenInCharge)
    (done,) = gosign.control.operations()
    assert done["code"] == "cust_not_found"
    assert gosign.control.envelopes() == []
