"""The way from an account to its provider: settings, credentials, and the account's budget of calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from esign.domain.account import Account
from esign.domain.capabilities import Capabilities
from esign.domain.errors import CredentialsRefused, NotFound, RateLimited
from esign.domain.ids import AccountId
from esign.operations.story import Story
from esign.ports import AccountStore, CallBudget, Clock, Providers, SignatureProvider

# contracts/connective.md §A1: 100 calls / 60 s per connection. An account may set its own figure.
CALLS_PER_MINUTE = 100


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """Opens providers for operations; everything that calls a provider goes through here."""

    accounts: AccountStore
    providers: Providers
    budget: CallBudget
    clock: Clock

    def account(self, account: AccountId) -> Account:
        record = self.accounts.get(account)
        if record is None:
            raise NotFound("No such account.", code="account_not_found")
        return record

    def capabilities(self, account: AccountId) -> Capabilities:
        return self.providers.capabilities(self.account(account))

    def take(self, account: Account, calls: int) -> float:
        """Take so many calls from the account's budget; else the seconds to wait, and nothing is taken."""
        per_minute = account.calls_per_minute or CALLS_PER_MINUTE
        return self.budget.take(account.id, calls=calls, per_minute=per_minute, now=self.clock.now())

    def unbudgeted(self, account: AccountId) -> SignatureProvider:
        """The account's provider for questions that it answers without any call: what it can do, what it would refuse."""
        return self.providers.open(self.account(account))

    @contextmanager
    def open(
        self, account: AccountId | Account, *, calls: int, story: Story | None = None
    ) -> Iterator[SignatureProvider]:
        """The account's provider, with `calls` taken from its budget (an estimate: documents + the fixed steps).

        Given the account's record, it is not read again. No calls: they were taken beforehand.

        `story` hears of every call, and is written at the end as far as no commit took it.
        Raises RateLimited with the seconds to wait. Credentials that the provider refuses are dropped from the cache,
        so that renewed ones are found by the next call.
        """
        record = account if isinstance(account, Account) else self.account(account)
        wait = self.take(record, calls) if calls else 0
        if wait > 0:
            raise RateLimited("The account's budget of provider calls is used up for the moment.", retry_after=wait)
        try:
            yield self.providers.open(record, observe=story.heard if story else None)
        except Exception as failure:
            if isinstance(failure, CredentialsRefused):
                self.accounts.forget_credentials(record.id)
            if story:
                story.close()
            raise
        if story:
            story.close()
