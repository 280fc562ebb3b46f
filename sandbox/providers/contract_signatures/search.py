"""Search Contracts: its parameters as seeds/002 and contracts/contract-signatures.md §2.3 have them. Knows no HTTP."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.providers.contract_signatures.model import Contract
from sandbox.providers.endpoint import Refused

STATUSES = frozenset({"sent", "ongoing", "rejected", "signed", "expired"})
PLACEMENTS = frozenset({"any", "stacked", "archived"})
MAX_PAGE_SIZE = 100
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):(\d\d)")

RANDOM = "random"  # the default
ORDERS: Mapping[str, Callable[[Contract], Any]] = {  # each with -asc or -desc
    "creation-date": lambda contract: contract.created,
    "name": lambda contract: contract.name.casefold(),
    "creator-id": lambda contract: contract.creator,
}


@dataclass(frozen=True, slots=True)
class Search:
    """One question. `first` and `last` are days in `zone`, both inclusive."""

    template_id: str | None
    statuses: frozenset[str]
    substring: str
    creator_id: str | None
    placement: str
    first: date
    last: date
    zone: tzinfo
    order: str
    page: int
    page_size: int

    def found(self, contracts: Sequence[Contract], now: datetime) -> list[Contract]:
        return self._ordered([contract for contract in contracts if self._matches(contract, now)])

    def shown(self, found: Sequence[Contract]) -> Sequence[Contract]:
        """[C] `page` "has no meaning when" the order is random."""
        start = 0 if self.order == RANDOM else (self.page - 1) * self.page_size
        return found[start : start + self.page_size]

    def _matches(self, contract: Contract, now: datetime) -> bool:
        archived = contract.archived is not None
        return (
            self.template_id in {None, contract.template_id}
            and self.creator_id in {None, contract.creator}
            and contract.status(now) in self.statuses
            and (self.placement == "any" or archived == (self.placement == "archived"))
            and self.first <= contract.created.astimezone(self.zone).date() <= self.last
            and any(self.substring in text.casefold() for text in _texts(contract))
        )

    def _ordered(self, found: list[Contract]) -> list[Contract]:
        if self.order == RANDOM:
            return random.sample(found, len(found))
        name, _, direction = self.order.rpartition("-")
        return sorted(found, key=ORDERS[name], reverse=direction == "desc")


def parse(query: Mapping[str, str]) -> Search:
    """Raises a 400 that names the first offending parameter; an unknown one offends too [I]."""
    known = {"template-id", "statuses", "substring", "creator-id", "placement", "date-range", "time-zone", "order"}
    for name in query.keys() - known - {"page", "page-size"}:
        raise Refused(400, "Unknown parameter", field=name)
    first, last = _days(query.get("date-range", "~"))
    return Search(
        template_id=query.get("template-id"),
        statuses=_statuses(query.get("statuses", "any")),
        substring=_substring(query.get("substring")),
        creator_id=query.get("creator-id"),
        placement=_one_of(query.get("placement", "stacked"), PLACEMENTS, "placement"),
        first=first,
        last=last,
        zone=_zone(query.get("time-zone", "UTC")),
        order=_one_of(query.get("order", RANDOM), _orders(), "order"),
        page=_positive(query.get("page", "1"), "page"),
        page_size=_positive(query.get("page-size", "10"), "page-size", most=MAX_PAGE_SIZE),
    )


def _texts(contract: Contract) -> list[str]:
    """[C] "in a contract name or in a signer name or email. Case insensitive"."""
    people = (text for signer in contract.signers for text in (signer.full_name, signer.email))
    return [contract.name, *filter(None, people)]


def _orders() -> set[str]:
    return {RANDOM} | {f"{name}-{way}" for name in ORDERS for way in ("asc", "desc")}


def _statuses(text: str) -> frozenset[str]:
    if text == "any":
        return STATUSES
    wanted = frozenset(text.split("|"))
    if wanted - STATUSES:
        raise Refused(400, "Unknown status", field="statuses")
    return wanted


def _substring(text: str | None) -> str:
    if text == "":
        raise Refused(400, "A nonempty string is expected", field="substring")
    return (text or "").casefold()


def _one_of(text: str, allowed: set[str] | frozenset[str], field: str) -> str:
    if text not in allowed:
        raise Refused(400, "Unknown value", field=field)
    return text


def _positive(text: str, field: str, *, most: int = 10**9) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= most:
        raise Refused(400, f"A positive integer of at most {most} is expected", field=field)
    return int(text)


def _days(text: str) -> tuple[date, date]:
    """§2.3: D, D~, ~D, D1~D2, inclusive; [C] the example "2022-10-01~2022-10-31"."""
    first, tilde, last = text.partition("~")
    try:
        start = date.fromisoformat(first) if first else date.min
        end = date.fromisoformat(last) if last else date.max if tilde else start
    except ValueError as error:
        raise Refused(400, "An ISO 8601 date or range is expected", field="date-range") from error
    return start, end


def _zone(text: str) -> tzinfo:
    """[C] 'such as "Europe/Paris", "Z", "UTC" or "UTC+01:00"'."""
    if text in {"Z", "UTC"}:
        return UTC
    if offset := OFFSET.fullmatch(text):
        gap = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-gap if offset[1] == "-" else gap)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused(400, "Unknown time zone", field="time-zone") from error
