"""Lists of packages, newest first: over index `listing`, or by the pointer of an external id."""

from __future__ import annotations

import base64
import binascii

from esign.aws import schema
from esign.aws.codec import decode
from esign.aws.schema import key, package_partition
from esign.aws.table import Table
from esign.domain.errors import MalformedRequest
from esign.domain.ids import AccountId, PackageId
from esign.domain.package import PackageHead
from esign.ports import Listing

_PAGES = 5  # read at most for one answer: a rare status gives a short page and a cursor, never a long wait


class Listings:
    """The part of `PackageStore` that lists."""

    _table: Table

    def listing(self, account: AccountId, query: Listing) -> tuple[tuple[PackageHead, ...], str | None]:
        """A page may be short, though the cursor says that there is more."""
        if query.external_id is not None:
            return self._revisions(account, query, query.external_id)
        condition = "#listing = :account AND #listedAt >= :since"
        since = schema.timestamp(query.created_after) + "$" if query.created_after else "0"  # "$" sorts after "#"
        known = {":account": schema.account_partition(account), ":since": since, ":status": query.status}
        start = _listing_start(account, query.cursor) if query.cursor else None
        if start and start[schema.LISTING_SORT]["S"] < since:
            return (), None  # DynamoDB refuses to begin outside of what is asked for
        heads: list[PackageHead] = []
        where = _wanted(query)
        for _ in range(_PAGES):
            items, start = self._table.query(
                condition,
                known,
                index=schema.LISTING_INDEX,
                where=where,
                limit=query.limit if where else query.limit - len(heads),
                start=start,
                newest_first=True,
            )
            heads += [decode(PackageHead, item) for item in items]
            if start is None or len(heads) >= query.limit:
                break
        return _page(heads, query.limit, more=start)

    def _revisions(
        self, account: AccountId, query: Listing, external_id: str
    ) -> tuple[tuple[PackageHead, ...], str | None]:
        """Every package that ever had the external id, newest first: few, and the pointer knows them. A cursor names a
        place in time here too."""
        end, _ = _named(query.cursor) if query.cursor else (None, None)
        pointer = self._table.get(schema.external_id_key(account, external_id))
        if pointer is None:
            return (), None
        ids = [pointer["package"]["S"], *(former["S"] for former in pointer["earlier"]["L"])]
        found = (self._head(account, PackageId(identifier)) for identifier in ids)
        heads = sorted((head for head in found if head and _matches(head, query)), key=_place, reverse=True)
        return _page([head for head in heads if end is None or _place(head) < end], query.limit, more=None)

    def _head(self, account: AccountId, package: PackageId) -> PackageHead | None:
        meta = self._table.get(key(package_partition(account, package), schema.META))
        return decode(PackageHead, meta) if meta else None


def _wanted(query: Listing) -> str | None:
    status = "#status = :status" if query.status else ""
    attention = "attribute_exists(#attention_code)" if query.attention else ""
    return " AND ".join(filter(None, (status, attention))) or None


def _matches(head: PackageHead, query: Listing) -> bool:
    wanted = query.status is None or head.status is query.status
    wanted = wanted and (not query.attention or head.attention is not None)
    return wanted and (query.created_after is None or head.created_at > query.created_after)


def _place(head: PackageHead) -> str:
    return schema.listed_at(head.created_at, head.id)


def _page(
    heads: list[PackageHead], limit: int, *, more: schema.Key | None
) -> tuple[tuple[PackageHead, ...], str | None]:
    page = tuple(heads[:limit])
    if len(heads) > limit:
        return page, _listing_cursor(_place(page[-1]))
    return page, _listing_cursor(more[schema.LISTING_SORT]["S"]) if more else None


def _listing_cursor(listed_at: str) -> str:
    return base64.urlsafe_b64encode(listed_at.encode()).decode().rstrip("=")


def _listing_start(account: AccountId, cursor: str) -> schema.Key:
    listed_at, package = _named(cursor)
    return key(package_partition(account, package), schema.META) | {
        schema.LISTING_PARTITION: {"S": schema.account_partition(account)},
        schema.LISTING_SORT: {"S": listed_at},
    }


def _named(cursor: str) -> tuple[str, PackageId]:
    """The cursor names a place in time and nothing else: another account's is merely a place in this account's list."""
    try:
        listed_at = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        listed_at = ""
    package = schema.package_listed(listed_at)
    if package is None:  # DynamoDB would fail on a place that no index can hold
        raise MalformedRequest("The cursor is none that we gave.")
    return listed_at, package
