"""Package List: filters, sorting and continuation (seeds/001, "Package List"). Knows no answer shape.

[U]: the sort fields' names, the default and greatest MaxQuantity.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.providers.connective.errors import bad_request
from sandbox.providers.connective.model import Package
from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator

DEFAULT_QUANTITY, MAX_QUANTITY = 20, 100
SORT_FIELDS: dict[str, Callable[[Package], Any]] = {
    "creationtimestamp": lambda package: package.created,
    "packagename": lambda package: package.name,
    "packagestatus": lambda package: package.status,
    "externalpackagereference": lambda package: package.external_reference or "",
}
STATUSES = frozenset({"draft", "pending", "finished", "rejected", "revoked", "expired", "failed"})
PARAMETERS = frozenset({
    "ContinuationToken", "MaxQuantity", "SortField", "SortOrder", "CreatedBeforeDate", "createdAfterDate", "Status",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Package]
    total: int
    quantity: int
    token: str | None


def listed(simulator: Simulator, environment: Environment, query: Mapping[str, str]) -> Page:
    """One page. The token stands for a place in the list, not for the query, which must be sent again [I]."""
    unknown = set(query) - PARAMETERS
    if unknown:
        raise bad_request(f"Request.UnknownParameter:{min(unknown)}")
    quantity = _quantity(query.get("MaxQuantity", ""))
    start = _offset(simulator, environment, query.get("ContinuationToken", ""))
    matching = _sorted([p for p in simulator.packages(environment) if _matches(p, query)], query)
    end = start + quantity
    token = _remember(simulator, environment, end) if end < len(matching) else None
    return Page(matching[start:end], len(matching), quantity, token)


def _quantity(text: str) -> int:
    if not text:
        return DEFAULT_QUANTITY
    if not text.isdecimal() or not 1 <= int(text) <= MAX_QUANTITY:
        raise bad_request("MaxQuantity.Invalid")
    return int(text)


def _offset(simulator: Simulator, environment: Environment, token: str) -> int:
    """ "MUST BE EMPTY or the token returned from a PREVIOUS call": anything else is a 400."""
    if not token:
        return 0
    offset = simulator.state.get_value(f"token/{environment.name}/{token}")
    if offset is None:
        raise bad_request("ContinuationToken.Invalid")
    return int(offset)


def _remember(simulator: Simulator, environment: Environment, offset: int) -> str:
    token = str(uuid.uuid4())
    simulator.state.put_value(f"token/{environment.name}/{token}", offset)
    return token


def _matches(package: Package, query: Mapping[str, str]) -> bool:
    status = query.get("Status", "").lower()
    if status and status not in STATUSES:
        raise bad_request("Status.Invalid")
    before, after = _date(query.get("CreatedBeforeDate", "")), _date(query.get("createdAfterDate", ""))
    return (
        (not status or package.status.lower() == status)
        and (before is None or package.created < before)
        and (after is None or package.created > after)
    )


def _sorted(packages: list[Package], query: Mapping[str, str]) -> list[Package]:
    field = SORT_FIELDS.get((query.get("SortField") or "creationtimestamp").lower())
    order = (query.get("SortOrder") or "ASC").upper()
    if field is None or order not in {"ASC", "DESC"}:
        raise bad_request("SortField.Invalid" if field is None else "SortOrder.Invalid")
    return sorted(packages, key=field, reverse=order == "DESC")


def _date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise bad_request("CreatedDate.Invalid") from error
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment
