"""The package store on DynamoDB (port `PackageStore`). Knows which reads and writes an operation costs; no rule of the
life cycle but which statuses close a package.

Costs: get one consistent query, head one item read, create and commit one transaction each. create has a second one where
the external id belonged to a closed package; commit has another before it where more than 100 actions would be needed
(some 50 recipients with as many addresses), since a pointer may exist too early but not too late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from esign.aws import changes, schema
from esign.aws.codec import Item, decode, values
from esign.aws.deliveries import Deliveries
from esign.aws.endpoints import Endpoints
from esign.aws.idempotency import settling
from esign.aws.leases import Refreshes, Schedule
from esign.aws.listings import Listings
from esign.aws.retentions import Retentions
from esign.aws.schema import key, package_partition
from esign.aws.table import MAX_ACTIONS, Action, Cancelled, Table, new_operation
from esign.domain.document import Document, EvidenceFile
from esign.domain.errors import InFlight, StaleVersion
from esign.domain.events import Event, TimelineEntry
from esign.domain.ids import AccountId, PackageId, number_of
from esign.domain.package import Package, PackageHead
from esign.domain.recipient import Recipient
from esign.domain.timing import Timing
from esign.ports import AlreadyOpen, Created, KeptAnswer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Told = Callable[[Package | None, Package], None]  # before (None: it is new), after

_TRIES = 3  # at claiming an external id that others claim at the same time


class DynamoPackages(Refreshes, Deliveries, Endpoints, Schedule, Retentions, Listings):
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

    def create(
        self, package: Package, *, timeline: Sequence[TimelineEntry] = (), answer: KeptAnswer | None = None
    ) -> Created | AlreadyOpen:
        operation, pointer = new_operation(), None
        package = changes.stamped(None, package)
        for _ in range(_TRIES):
            actions = changes.creation(package, timeline, operation=operation, forerunner=pointer)
            try:
                self._transact(actions, changes.pointers(None, package), operation, answer)
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
        answer: KeptAnswer | None = None,
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
            self._transact(actions, changes.pointers(before, after), operation, answer)
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

    def _transact(
        self, actions: list[Action], pointers: list[Action], operation: str, answer: KeptAnswer | None
    ) -> None:
        """Raises Cancelled, and InFlight where the answer's key is no longer its owner's."""
        kept = [*actions, settling(answer)] if answer else actions
        room = MAX_ACTIONS - len(kept)
        early = [action["Put"]["Item"] for action in pointers[room:] if "Put" in action]
        if early:
            self._table.put_all(early)
        try:
            self._table.transact(kept + pointers[:room], operation)
        except Cancelled as cancelled:
            if answer and len(actions) in cancelled.items and not _is_own(cancelled, operation):
                raise InFlight("Another request has this Idempotency-Key by now. Ask again in a moment.") from None
            raise


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
