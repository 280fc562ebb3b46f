"""The package store on DynamoDB (port `PackageStore`). Knows which reads and writes an operation costs; no rule of the
life cycle but which statuses close a package.

Costs: get one consistent query, head one item read, create and commit one transaction each. create has a second one where
the external id belonged to a closed package; commit has another before it where more than 100 actions would be needed
(some 50 recipients with as many addresses), since a pointer may exist too early but not too late.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from esign.aws import changes, schema
from esign.aws.codec import Item, decode, values
from esign.aws.deliveries import Deliveries
from esign.aws.endpoints import Endpoints
from esign.aws.leases import Refreshes, Schedule
from esign.aws.retentions import Retentions
from esign.aws.schema import key, package_partition
from esign.aws.table import MAX_ACTIONS, Action, Cancelled, Table, new_operation
from esign.domain.document import Document, EvidenceFile
from esign.domain.errors import MalformedRequest, StaleVersion
from esign.domain.events import Event, TimelineEntry
from esign.domain.ids import AccountId, PackageId, number_of
from esign.domain.package import Package, PackageHead
from esign.domain.recipient import Recipient
from esign.domain.timing import Timing
from esign.ports import AlreadyOpen, Created, Listing

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Told = Callable[[Package | None, Package], None]  # before (None: it is new), after

_TRIES = 3  # at claiming an external id that others claim at the same time
_LISTING_PAGES = 5  # read at most for one answer: a rare status gives a short page and a cursor, never a long wait


class DynamoPackages(Refreshes, Deliveries, Endpoints, Schedule, Retentions):
    """See `esign.ports.PackageStore`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        timing: Timing,
        sleep: Callable[[float], None] = time.sleep,
        told: Told = lambda _before, _after: None,
    ) -> None:
        """`told` hears of every package that was made or changed, once that is certain."""
        self._table = Table(client, table, sleep=sleep)
        self._told = told
        self._bell_delay = timing.bell_delay
        self._retention_look = timing.retention_look

    def create(self, package: Package, *, timeline: Sequence[TimelineEntry] = ()) -> Created | AlreadyOpen:
        operation, pointer = new_operation(), None
        package = changes.stamped(None, package)
        for _ in range(_TRIES):
            actions = changes.creation(package, timeline, operation=operation, forerunner=pointer)
            try:
                self._transact(actions, changes.pointers(None, package), operation)
            except Cancelled as cancelled:
                if _is_own(cancelled, operation):
                    break
                pointer = cancelled.items.get(1)
                if pointer is None:
                    raise StaleVersion("The package exists already.") from None
                if holder := _open_package(pointer):
                    return AlreadyOpen(holder)
                operation = new_operation()
                package = replace(package, revision=int(pointer["revision"]["N"]) + 1)
            else:
                break
        else:
            raise StaleVersion("Others claim the same external id.")
        self._told(None, package)
        return Created(package)

    def get(self, account: AccountId, package: PackageId) -> Package | None:
        partition = {":partition": package_partition(account, package), ":prefix": schema.PACKAGE_PREFIX}
        found = self._table.query_all("#PK = :partition AND begins_with(#SK, :prefix)", partition)
        items: dict[str, Item] = {item[schema.SORT]["S"]: item for item in found}
        meta = items.get(schema.META)
        return _package(meta, items) if meta else None

    def head(self, account: AccountId, package: PackageId) -> PackageHead | None:
        meta = self._table.get(key(package_partition(account, package), schema.META))
        return decode(PackageHead, meta) if meta else None

    def by_reference(self, account: AccountId, provider: str, reference: str) -> PackageId | None:
        """The package whose provider reference begins with this id: for providers that send nothing but their own."""
        pointer = self._table.get(schema.reference_key(account, provider, reference))
        return PackageId(pointer["package"]["S"]) if pointer else None

    def commit(
        self,
        before: Package,
        after: Package,
        *,
        events: Sequence[Event] = (),
        timeline: Sequence[TimelineEntry] = (),
        refresh_at: datetime | None = None,
        forget_refresh: bool = False,
    ) -> Package:
        """Events become due `bell_delay` after `after.updated_at`; `refresh_at` never hides a wake-up that waits."""
        operation = new_operation()
        after = changes.stamped(before, after)
        moved = changes.transition(before, after, operation=operation, retention_look=self._retention_look)
        actions = moved + changes.effects(
            after,
            events=events,
            timeline=timeline,
            refresh_at=refresh_at,
            forget_refresh=forget_refresh,
            bell_delay=self._bell_delay,
        )
        try:
            self._transact(actions, changes.pointers(before, after), operation)
        except Cancelled as cancelled:
            if not _is_own(cancelled, operation):
                raise StaleVersion("The package was changed meanwhile.") from None
        self._told(before, after)
        return after

    def append_timeline(self, account: AccountId, package: PackageId, entries: Sequence[TimelineEntry]) -> None:
        self._table.put_all(list(changes.story(package_partition(account, package), entries)))

    def timeline(
        self, account: AccountId, package: PackageId, *, cursor: str | None = None, limit: int = 100
    ) -> tuple[tuple[TimelineEntry, ...], str | None]:
        """Oldest first; the cursor is the id of the last entry."""
        partition = package_partition(account, package)
        start = key(partition, schema.TIMELINE_PREFIX + cursor) if cursor else None
        condition, known = "#PK = :partition AND begins_with(#SK, :prefix)", {":partition": partition}
        known |= {":prefix": schema.TIMELINE_PREFIX}
        items, following = self._table.query(condition, known, limit=limit, start=start)
        entries = tuple(decode(TimelineEntry, item) for item in items)
        return entries, entries[-1].id if following else None

    def listing(self, account: AccountId, query: Listing) -> tuple[tuple[PackageHead, ...], str | None]:
        """A page may be short, though the cursor says that there is more."""
        if query.external_id is not None:
            return self._revisions(account, query, query.external_id)
        condition = "#listing = :account AND #listedAt >= :since"
        since = schema.timestamp(query.created_after) + "$" if query.created_after else "0"  # "$" sorts after "#"
        known = {":account": schema.account_partition(account), ":since": since, ":status": query.status}
        start = _listing_start(account, query.cursor) if query.cursor else None
        heads: list[PackageHead] = []
        where = _wanted(query)
        for _ in range(_LISTING_PAGES):
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
        """Every package that ever had the external id, newest first: few, and the pointer knows them."""
        pointer = self._table.get(schema.external_id_key(account, external_id))
        if pointer is None:
            return (), None
        ids = [pointer["package"]["S"], *(former["S"] for former in reversed(pointer["earlier"]["L"]))]
        found = (self.head(account, PackageId(identifier)) for identifier in ids)
        return tuple(head for head in found if head and _matches(head, query))[: query.limit], None

    def _transact(self, actions: list[Action], pointers: list[Action], operation: str) -> None:
        room = MAX_ACTIONS - len(actions)
        early = [action["Put"]["Item"] for action in pointers[room:] if "Put" in action]
        if early:
            self._table.put_all(early)
        self._table.transact(actions + pointers[:room], operation)


def _is_own(cancelled: Cancelled, operation: str) -> bool:
    """Whether the package says that this very operation was its last: then only the reply was lost."""
    meta = cancelled.items.get(0)
    return meta is not None and meta.get("op") == {"S": operation}


def _open_package(pointer: Item) -> PackageId | None:
    """The open package of an external id: the newest one, unless that is closed and an older one was taken up again."""
    if "open" not in pointer:
        return None
    newest: str = pointer["package"]["S"]
    holders: list[str] = pointer["open"]["SS"]
    return PackageId(newest if newest in holders else min(holders))


def _package(meta: Item, items: dict[str, Item]) -> Package:
    documents = (decode(Document, item) for item in _with(schema.DOCUMENT_PREFIX, items))
    recipients = (decode(Recipient, item) for item in _with(schema.RECIPIENT_PREFIX, items))
    files = (decode(EvidenceFile, item) for item in _with(schema.FILE_PREFIX, items))
    return Package(
        **values(PackageHead, meta),
        documents=tuple(sorted(documents, key=lambda document: number_of(document.id))),
        recipients=tuple(sorted(recipients, key=lambda recipient: number_of(recipient.id))),
        files=tuple(sorted(files, key=lambda file: file.number)),
    )


def _with(prefix: str, items: dict[str, Item]) -> Iterable[Item]:
    return (item for sort, item in items.items() if sort.startswith(prefix))


def _wanted(query: Listing) -> str | None:
    status = "#status = :status" if query.status else ""
    attention = "attribute_exists(#attention_code)" if query.attention else ""
    return " AND ".join(filter(None, (status, attention))) or None


def _matches(head: PackageHead, query: Listing) -> bool:
    wanted = query.status is None or head.status is query.status
    wanted = wanted and (not query.attention or head.attention is not None)
    return wanted and (query.created_after is None or head.created_at > query.created_after)


def _page(
    heads: list[PackageHead], limit: int, *, more: schema.Key | None
) -> tuple[tuple[PackageHead, ...], str | None]:
    page = tuple(heads[:limit])
    if len(heads) > limit:
        return page, _listing_cursor(schema.listed_at(page[-1].created_at, page[-1].id))
    return page, _listing_cursor(more[schema.LISTING_SORT]["S"]) if more else None


def _listing_cursor(listed_at: str) -> str:
    return base64.urlsafe_b64encode(listed_at.encode()).decode().rstrip("=")


def _listing_start(account: AccountId, cursor: str) -> schema.Key:
    """The cursor names a place in time and nothing else: another account's is merely a place in this account's list."""
    try:
        listed_at = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise MalformedRequest("The cursor is none that we gave.") from None
    package = PackageId(listed_at.partition("#")[2])
    return key(package_partition(account, package), schema.META) | {
        schema.LISTING_PARTITION: {"S": schema.account_partition(account)},
        schema.LISTING_SORT: {"S": listed_at},
    }
