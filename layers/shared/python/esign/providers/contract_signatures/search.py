"""What Search Contracts can be asked (seeds/002, Search Parameters), typed.

The document shows only the first value of each enumeration; the others are the vendor's own, recovered in
contracts/contract-signatures.md §2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAX_PAGE_SIZE = 100


class Status(StrEnum):
    SENT = "sent"
    ONGOING = "ongoing"
    REJECTED = "rejected"
    SIGNED = "signed"
    EXPIRED = "expired"


class Placement(StrEnum):
    """`STACKED`: not archived."""

    ANY = "any"
    STACKED = "stacked"
    ARCHIVED = "archived"


class Order(StrEnum):
    RANDOM = "random"
    OLDEST_FIRST = "creation-date-asc"
    NEWEST_FIRST = "creation-date-desc"
    NAME = "name-asc"
    NAME_BACKWARDS = "name-desc"
    CREATOR = "creator-id-asc"
    CREATOR_BACKWARDS = "creator-id-desc"


@dataclass(frozen=True, slots=True)
class Created:
    """Days of creation, both included, as `time_zone` of the search counts them; None: open on that side."""

    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat() if self.first else ""
        return "~".join(day.isoformat() if day else "" for day in (self.first, self.last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Unlike the vendor's, the default order is one in which pages mean something, and archived contracts are found.

    `statuses` empty: any. `substring` is looked for in the contract's name and its signers' names and addresses, whatever
    the case. `page` counts from 1.
    """

    template_id: str | None = None
    statuses: tuple[Status, ...] = ()
    substring: str | None = None
    creator_id: str | None = None
    placement: Placement = Placement.ANY
    created: Created | None = None
    time_zone: str | None = None
    order: Order = Order.NEWEST_FIRST
    page: int = 1
    page_size: int = 10

    def __post_init__(self) -> None:
        if self.page < 1 or not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise ValueError(f"pages count from 1 and have 1 to {MAX_PAGE_SIZE} contracts")
        if self.page > 1 and self.order is Order.RANDOM:
            raise ValueError("a page has no meaning in random order")

    def params(self) -> dict[str, str | int]:
        """As query parameters, not yet encoded; what is not asked is left out."""
        asked = {
            "template-id": self.template_id,
            "statuses": "|".join(self.statuses) or "any",
            "substring": self.substring,
            "creator-id": self.creator_id,
            "placement": self.placement.value,
            "date-range": str(self.created) if self.created else None,
            "time-zone": self.time_zone,
            "order": self.order.value,
            "page": self.page,
            "page-size": self.page_size,
        }
        return {name: value for name, value in asked.items() if value not in {None, ""}}
