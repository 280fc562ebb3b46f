"""`esign packages stuck`: what a person should look at, and what should have gone on by itself and did not.

Attention is found in each account's listing, lateness in index `due`: what lies in it for longer than two polls of a fresh
package was not taken up by the sweep. What waits for a resting endpoint has a date to come, so it is not late: the alarm
endpoint-paused is for that. No scan. Names no cause; the codes that are not `attention`'s are `Overdue`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from esign.domain.ids import AccountId
from esign.domain.package import PackageHead
from esign.domain.status import PackageStatus
from esign.domain.timing import Timing, seconds
from esign.ports import SHARDS, AccountStore, Clock, Due, DueKind, Listing, PackageStore


class Overdue(StrEnum):
    SEND = "send_overdue"
    READ = "read_overdue"
    DELIVERY = "delivery_overdue"


_FOLLOWED = frozenset({PackageStatus.IN_PROCESS, PackageStatus.SIGNED, PackageStatus.EXPIRED})


@dataclass(frozen=True, slots=True)
class Stuck:
    """One package, once, for its gravest reason; `since` is UTC."""

    head: PackageHead
    code: str
    since: datetime


def find_stuck(
    account: AccountId | None, *, packages: PackageStore, accounts: AccountStore, clock: Clock, timing: Timing
) -> Iterator[Stuck]:
    """Of one account, or (None) of all: those with attention first, account by account, then the late ones, oldest first
    in each shard. The indexes follow the table by moments."""
    owners = [account] if account else [record.id for record in accounts.list()]
    told = set()
    for owner in owners:
        for head in _with_attention(owner, packages):
            told.add(head.id)
            if head.attention and not head.archived:
                yield Stuck(head, head.attention.code.value, head.attention.since)
    before = clock.now() - seconds(2 * timing.poll_plan[0])
    for late in _late(packages, before, owners):
        if late.head.id not in told:
            told.add(late.head.id)
            yield late


def _with_attention(account: AccountId, packages: PackageStore) -> Iterator[PackageHead]:
    query = Listing(attention=True, limit=200)
    while True:
        heads, cursor = packages.listing(account, query)
        yield from heads
        if cursor is None:
            return
        query = replace(query, cursor=cursor)


def _late(packages: PackageStore, before: datetime, owners: Iterable[AccountId]) -> Iterator[Stuck]:
    wanted = frozenset(owners)
    for due in _due(packages, before):
        head = packages.head(due.account, due.package) if due.account in wanted else None
        code = _overdue(due, head) if head else None
        if head and code:
            yield Stuck(head, code.value, due.due_at)


def _due(packages: PackageStore, before: datetime) -> Iterator[Due]:
    for shard in range(SHARDS):
        cursor: str | None = None
        while True:
            lines, cursor = packages.due(shard, before=before, cursor=cursor)
            yield from lines
            if cursor is None:
                break


def _overdue(due: Due, head: PackageHead) -> Overdue | None:
    """None: nothing that a contract waits for."""
    if due.kind is DueKind.DELIVERY:
        return Overdue.DELIVERY
    if due.kind is not DueKind.REFRESH:
        return None
    if head.status is PackageStatus.SENDING:
        return Overdue.SEND
    return Overdue.READ if head.status in _FOLLOWED else None
