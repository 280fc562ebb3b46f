"""Once a day: which accounts' credentials end soon, as far as anybody said when. A person has to renew them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from esign.domain.account import ENDS_SOON, Account
from esign.domain.errors import Unprocessable
from esign.domain.ids import AccountId
from esign.ports import AccountStore

CODE = "credentials_end"  # of the alarm
_HOUR = 6  # UTC


@dataclass(frozen=True, slots=True)
class Ending:
    """`ends` (UTC) may have passed."""

    account: AccountId
    ends: datetime


def is_time(now: datetime) -> bool:
    """Of the sweep that runs every minute: the one that looks."""
    return (now.hour, now.minute) == (_HOUR, 0)


def ending_credentials(
    accounts: AccountStore, *, end_of: Callable[[Account], datetime | None], now: datetime
) -> Iterator[Ending]:
    """Of enabled accounts, from two weeks ahead on."""
    return (one for one in known_ends(accounts, end_of=end_of) if one.ends - now <= ENDS_SOON)


def known_ends(accounts: AccountStore, *, end_of: Callable[[Account], datetime | None]) -> Iterator[Ending]:
    """Of enabled accounts. One whose settings are wrong fails elsewhere, and hides nobody."""
    for account in accounts.list():
        try:
            ends = end_of(account) if account.enabled else None
        except Unprocessable:
            continue
        if ends is not None:
            yield Ending(account.id, ends)
