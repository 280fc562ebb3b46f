"""A secret that was changed reaches a running function: refused once, read anew once, never more. Over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from esign.domain.account import Account
from esign.domain.errors import CredentialsRefused
from esign.domain.ids import AccountId
from esign.http.deadline import Deadline
from esign.http.redaction import Exchange
from esign.http.tokens import process_tokens
from esign.ports import SignatureProvider
from esign.runtime.providers import ProviderRegistry
from sandbox.provider_side import DOORS, ProviderSide, Sides
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.factories import an_account


class CachedAccounts(MemoryAccounts):
    """Gives out what a process has cached until it is told to forget that. `reads` counts how often the store was asked."""

    def __init__(self, account: Account, *, cached: Mapping[str, str], stored: Mapping[str, str]) -> None:
        super().__init__(account, credentials=stored)
        self.cached: Mapping[str, str] | None = cached
        self.reads = 0

    def credentials(self, account: AccountId) -> Mapping[str, str]:
        if self.cached is None:
            self.reads += 1
            self.cached = super().credentials(account)
        return self.cached

    def forget_credentials(self, account: AccountId) -> None:
        super().forget_credentials(account)
        self.cached = None


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    with Sides() as opened:
        yield opened


@pytest.fixture(params=[door for door in DOORS if door != "gosign5-fea-otp"])
def side(request: pytest.FixtureRequest, sides: Sides) -> ProviderSide:
    process_tokens.cache_clear()
    return sides[request.param]


class Opened:
    def __init__(self, side: ProviderSide, *, stored: Mapping[str, str], cached: Mapping[str, str]) -> None:
        account = an_account(provider=side.provider, settings=side.settings)
        self.accounts = CachedAccounts(account, cached=cached, stored=stored)
        self.calls: list[Exchange] = []
        registry = ProviderRegistry(self.accounts, lambda: Deadline(20), self.calls.append, allow_loopback=True)
        self.provider: SignatureProvider = registry.open(account)


def worn(credentials: Mapping[str, str]) -> dict[str, str]:
    """As they were before somebody changed each of them."""
    return {name: f"0{secret[1:]}" for name, secret in credentials.items()}


def test_a_secret_that_was_changed_is_read_anew_and_the_refused_call_is_made_with_it(side: ProviderSide) -> None:
    opened = Opened(side, stored=side.credentials, cached=worn(side.credentials))
    opened.provider.verify()
    assert opened.accounts.reads == 1


def test_one_that_is_still_refused_is_read_once_and_not_tried_again(side: ProviderSide) -> None:
    wrong = worn(side.credentials)
    opened = Opened(side, stored=wrong, cached=wrong)
    with pytest.raises(CredentialsRefused):
        opened.provider.verify()
    once = len(opened.calls)
    with pytest.raises(CredentialsRefused):
        opened.provider.verify()
    assert opened.accounts.reads == 1
    assert len(opened.calls) == 2 * once


def test_another_one_that_is_refused_too_ends_the_matter(side: ProviderSide) -> None:
    wrong = worn(side.credentials)
    opened = Opened(side, stored=worn(wrong) | {next(iter(wrong)): "another"}, cached=wrong)
    with pytest.raises(CredentialsRefused):
        opened.provider.verify()
    assert opened.accounts.reads == 1


def test_credentials_that_are_taken_are_not_read_again(side: ProviderSide) -> None:
    opened = Opened(side, stored={}, cached=side.credentials)
    opened.provider.verify()
    assert opened.accounts.reads == 0
