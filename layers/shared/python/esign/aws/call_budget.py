"""How often an account may call its provider, over all running environments (port `CallBudget`).

**What it guarantees**: time is cut into windows of 60 s, the first call of a window opens it, and no window grants more than
`per_minute` calls, whatever runs beside it. Windows follow one another without touching the same second twice, yet the end
of one and the start of the next may lie close together: 60 s taken anywhere may hold up to twice the budget. A provider that
counts in a sliding window may therefore still answer 429, which every caller obeys. A reply lost on the way may count
twice, never zero times. Clocks of environments that differ by d seconds move a window's end by as much.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from esign.aws import schema
from esign.aws.codec import Item
from esign.aws.schema import Key, account_partition, key
from esign.aws.table import ConditionFailed, Table, update
from esign.domain.ids import AccountId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WINDOW = timedelta(seconds=60)


class DynamoBudget:
    """See `esign.ports.CallBudget`. One conditional write in the common case, two where a window opens."""

    def __init__(self, client: DynamoDBClient, table: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._table = Table(client, table, sleep=sleep)

    def take(self, account: AccountId, *, calls: int, per_minute: int, now: datetime) -> float:
        """More calls than a window holds take a whole one."""
        calls = min(calls, per_minute)
        place = key(account_partition(account), schema.BUDGET)
        while True:
            found = self._add(place, calls, per_minute - calls, now)
            if found is None:
                return 0.0
            opened = _opened(found)
            if opened is not None and now < opened + WINDOW:
                return (opened + WINDOW - now).total_seconds()
            if self._open(place, calls, now, opened):
                return 0.0

    def _add(self, place: Key, calls: int, most: int, now: datetime) -> Item | None:
        """None: granted in the running window; else the window as it is (empty: there was never one)."""
        values = {":calls": calls, ":most": most, ":ended": now - WINDOW}
        try:
            self._table.write(update(place, "ADD #used :calls", values, "#windowStart > :ended AND #used <= :most"))
        except ConditionFailed as failed:
            return failed.item or {}
        return None

    def _open(self, place: Key, calls: int, now: datetime, seen: datetime | None) -> bool:
        """False: somebody else opened one first."""
        values = {":now": now, ":calls": calls, ":schema": schema.SCHEMA, ":seen": seen}
        condition = "#windowStart = :seen" if seen else "attribute_not_exists(#windowStart)"
        try:
            expression = "SET #windowStart = :now, #used = :calls, #schema = :schema"
            self._table.write(update(place, expression, values, condition))
        except ConditionFailed:
            return False
        return True


def _opened(item: Item) -> datetime | None:
    return datetime.fromisoformat(item["windowStart"]["S"]) if "windowStart" in item else None
