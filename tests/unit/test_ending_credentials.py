"""Credentials that end soon are told once a day, by a look that no single account can spoil."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from esign.domain.errors import Unprocessable
from esign.domain.ids import AccountId
from esign.operations.ending_credentials import ending_credentials, is_time
from esign.runtime.providers import ProviderRegistry
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.contract_signatures import SETTINGS
from tests.fakes.factories import an_account

NOW = datetime(2026, 11, 22, 6, 0, 30, tzinfo=UTC)


def told(ends, **changes):
    accounts = MemoryAccounts()
    for name in ends:
        accounts.add(an_account(id=AccountId(name), **changes), {})

    def end_of(account):
        if isinstance(ends[account.id], Exception):
            raise ends[account.id]
        return ends[account.id]

    return {one.account for one in ending_credentials(accounts, end_of=end_of, now=NOW)}


def test_those_that_end_within_two_weeks_or_have_ended_are_told():
    days = {"past": -40, "today": 0, "soon": 14, "later": 15}
    assert told({name: NOW + timedelta(days=n) for name, n in days.items()}) == {"past", "today", "soon"}


def test_an_account_with_wrong_settings_or_without_a_known_end_hides_nobody():
    assert told({"wrong": Unprocessable("settings"), "unknown": None, "soon": NOW}) == {"soon"}


def test_a_disabled_account_is_of_no_interest():
    assert told({"soon": NOW}, enabled=False) == set()


@pytest.mark.parametrize(
    ("moment", "expected"), [(NOW, True), (NOW + timedelta(minutes=1), False), (NOW - timedelta(hours=6), False)]
)
def test_the_look_comes_once_a_day(moment, expected):
    assert is_time(moment) is expected


def test_a_vendor_says_when_its_credentials_end_or_does_not():
    registry = ProviderRegistry(MemoryAccounts(), deadline=lambda: pytest.fail("called"), log=print)
    keyed = an_account(
        provider="contract-signatures", settings=SETTINGS | {"keyValidUntil": "2026-12-01T12:00:00+02:00"}
    )
    assert registry.credentials_end(keyed) == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert registry.credentials_end(an_account(provider="contract-signatures", settings=SETTINGS)) is None
    assert registry.credentials_end(an_account(provider="connective")) is None
