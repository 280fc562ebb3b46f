"""Once an hour: how many packages wait for a person, and how long the credentials last that end first.

Reads every account's listing, so it must not run with each sweep. Names no account: `esign packages stuck` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from esign.domain.account import Account
from esign.domain.timing import Timing
from esign.operations.ending_credentials import known_ends
from esign.operations.find_stuck import find_stuck
from esign.ports import AccountStore, Clock, PackageStore

NO_END = 3650.0  # days: a figure all the same, since silence means that nobody looked, and is an alarm


@dataclass(frozen=True, slots=True)
class Stock:
    """`stuck` by the codes of `find_stuck`; `credentials_days` is negative after the end, NO_END where none is known."""

    stuck: Mapping[str, int]
    credentials_days: float

    @property
    def all_stuck(self) -> int:
        return sum(self.stuck.values())


def take_stock(
    *,
    packages: PackageStore,
    accounts: AccountStore,
    end_of: Callable[[Account], datetime | None],
    clock: Clock,
    timing: Timing,
) -> Stock:
    found = find_stuck(None, packages=packages, accounts=accounts, clock=clock, timing=timing)
    now = clock.now()
    days = ((one.ends - now) / timedelta(days=1) for one in known_ends(accounts, end_of=end_of))
    return Stock(dict(Counter(one.code for one in found)), min(days, default=NO_END))
