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


@dataclass(frozen=True, slots=True)
class Stock:
    """`stuck` by the codes of `find_stuck`; `credentials_days` is negative after the end, None where nobody knows an end."""

    stuck: Mapping[str, int]
    credentials_days: float | None

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
    first = min((one.ends for one in known_ends(accounts, end_of=end_of)), default=None)
    days = (first - clock.now()) / timedelta(days=1) if first else None
    return Stock(dict(Counter(one.code for one in found)), days)
