"""An agreement whose answer was lost, through the whole connector in memory: found as stuck, resolved by a person."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest

from esign.domain.errors import OutcomeUnknown, Unprocessable, WrongState
from esign.domain.status import Attention, PackageStatus
from esign.operations.find_stuck import find_stuck
from esign.operations.resolve_package import resolve_package
from esign.providers.esigntools.capabilities import declared
from tests.fakes.connector import Connector
from tests.fakes.esigntools import Service
from tests.fakes.papers import a_pdf

LOST = httpx.ReadTimeout("late")


class Desk:
    """A package of two documents; the answer about the second agreement was lost."""

    def __init__(self):
        self.service, self.connector = Service(), Connector()
        providers = cast("Any", self.connector.providers)
        providers.open = lambda _account, observe=None: self.service.provider()
        providers.capabilities = lambda _account: declared()
        self.package = self.connector.create().package.id
        for number in (1, 2):
            self.connector.add_document(self.package, a_pdf(), name=f"{number}.pdf")
        self.connector.add_recipient(self.package)
        self.service.script = [None, LOST]
        with pytest.raises(OutcomeUnknown):
            self.connector.send(self.package)

    def now(self):
        return self.connector.now(self.package)

    def stuck(self):
        c = self.connector
        found = find_stuck(None, packages=c.packages, accounts=c.accounts, clock=c.clock, timing=c.timing)
        return [(one.head.id, one.code) for one in found]

    def resolve(self, reference):
        c = self.connector
        return resolve_package(
            c.account, self.package, reference=reference, packages=c.packages, access=c.access, submission=c.submission
        )


@pytest.fixture
def desk():
    return Desk()


def test_it_is_in_doubt_and_listed_as_stuck(desk):
    assert (desk.now().status, desk.now().attention.code) == (PackageStatus.SENDING, Attention.OUTCOME_UNKNOWN)
    assert desk.stuck() == [(desk.package, "outcome_unknown")]


def test_nobody_asks_for_it_again_however_often_it_is_taken_up(desk):
    for _ in range(5):
        desk.connector.clock.advance(2000)
        desk.connector.submit(desk.package, None)
    assert len(desk.service.calls("POST")) == 2
    assert desk.now().attention.code is Attention.OUTCOME_UNKNOWN


def test_a_person_who_found_it_says_its_id(desk):
    with pytest.raises(WrongState):
        desk.resolve(("1001", "1002"))  # too early
    desk.connector.clock.advance(2000)
    resolved = desk.resolve(("1001", "1002"))
    assert (resolved.status, resolved.attention) == (PackageStatus.IN_PROCESS, None)
    assert resolved.provider.reference == ("1001", "1002")


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (("1002",), "2 different"),
        (("1001", "1002", "1003"), "2 different"),
        (("1001", "1001"), "2 different"),
        (("1001", "agreement 1002"), "2 different"),
        (("1002", "1001"), "agreement 1001"),
        (("1003", "1002"), "agreement 1001"),
    ],
)
def test_what_cannot_be_the_packages_agreements_is_refused_and_nothing_is_stored(desk, reference, why):
    desk.connector.clock.advance(2000)
    before = desk.now()
    with pytest.raises(Unprocessable, match=why):
        desk.resolve(reference)
    assert desk.now() == before


def test_a_person_who_did_not_find_it_has_the_other_documents_taken_back(desk):
    desk.connector.clock.advance(2000)
    assert desk.resolve(None).status is PackageStatus.DRAFT
    assert [made["status"] for made in desk.service.agreements.values()] == ["DELETED"]
    assert desk.connector.send(desk.package).status is PackageStatus.IN_PROCESS
