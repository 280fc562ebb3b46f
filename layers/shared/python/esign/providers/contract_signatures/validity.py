"""Until when the account's key is valid. An administrator of the app sets that, and its API does not tell it, so the
account's settings repeat it (seeds/002, Keys: "Not valid after"). Pure."""

from __future__ import annotations

from datetime import datetime

from esign.domain.account import ENDS_SOON


def validity_remark(until: datetime | None, now: datetime) -> tuple[str, ...]:
    """A sentence from two weeks before the end on, or where nobody has said when that is. Times are UTC."""
    if until is None:
        return ("The account's `keyValidUntil` is not set, so nobody will be warned before the key ends.",)
    if until <= now:
        return (f"By the account's settings the key ended on {until.date()}.",)
    if until - now <= ENDS_SOON:
        return (f"The key ends on {until.date()}: make a new one in the app and replace it here.",)
    return ()
