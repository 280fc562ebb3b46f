"""What making or changing a package writes, as actions of one transaction. Pure: knows the items, never a client.

The action on `P#META` always comes first: its condition (the version) guards all the others, so they need none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from esign.aws import schema
from esign.aws.codec import Item, differences, encode
from esign.aws.schema import SCHEMA, Key, key, package_partition
from esign.aws.table import Action, change, delete, put, update
from esign.domain.events import Event, TimelineEntry
from esign.domain.forgetting import subjects_of
from esign.domain.ids import AccountId, PackageId, number_of
from esign.domain.package import Package, PackageHead, count
from esign.domain.status import CLOSED
from esign.domain.timing import seconds


def stamped(before: Package | None, after: Package) -> Package:
    """`after` as it will be stored: the next version, and the signers counted."""
    counts = after.counts if before and before.recipients == after.recipients else count(after.recipients)
    return replace(after, version=(before.version if before else after.version) + 1, counts=counts)


def creation(
    package: Package, timeline: Sequence[TimelineEntry], *, operation: str, forerunner: Item | None
) -> list[Action]:
    """`forerunner` is the pointer of the external id as the closed package of the same id left it."""
    partition = package_partition(package.account, package.id)
    listing = {
        schema.LISTING_PARTITION: {"S": schema.account_partition(package.account)},
        schema.LISTING_SORT: {"S": schema.listed_at(package.created_at, package.id)},
    }
    meta = _item(partition, schema.META, encode(package, PackageHead) | listing | {"op": {"S": operation}})
    return [
        put(meta, "attribute_not_exists(#PK)"),
        *_claim(package, forerunner),
        *_parts(partition, {}, _items(package)),
        *_story(partition, timeline),
    ]


def transition(before: Package, after: Package, *, operation: str, retention_look: float) -> list[Action]:
    """The package itself: only what differs."""
    partition = package_partition(after.account, after.id)
    sets, removed = differences(before, after, PackageHead)
    meta = key(partition, schema.META)
    sets |= {"op": {"S": operation}}
    return [
        change(meta, sets, removed, "#version = :known", {":known": before.version}),
        *_parts(partition, _items(before), _items(after)),
        *_opening(before, after),
        *_keeping(before, after, look=retention_look),
    ]


def effects(
    after: Package,
    *,
    events: Sequence[Event],
    timeline: Sequence[TimelineEntry],
    refresh_at: datetime | None,
    forget_refresh: bool,
    bell_delay: float,
) -> list[Action]:
    """What a transition tells: the outbox, the story, and when to look again."""
    partition = package_partition(after.account, after.id)
    actions = list(_story(partition, timeline))
    if events:
        actions += [_outbox(partition, events), _delivery(partition, after, events[-1].sequence, bell_delay)]
    if forget_refresh or refresh_at:
        actions.append(_refresh(partition, after.id, None if forget_refresh else refresh_at))
    return actions


def pointers(before: Package | None, after: Package) -> list[Action]:
    """Of the provider's reference and of the people named, those no longer true first. A pointer too many is harmless:
    whoever follows one looks at the package that it names."""
    old, new = (_pointers(before) if before else {}), _pointers(after)
    target = {"package": {"S": after.id}, "schema": {"N": str(SCHEMA)}}
    return [
        *(delete(old[name]) for name in old.keys() - new.keys()),
        *(put(new[name] | target) for name in sorted(new.keys() - old.keys())),
    ]


def _item(partition: str, sort: str, attributes: Item) -> Item:
    return {**key(partition, sort), "schema": {"N": str(SCHEMA)}, **attributes}


def _items(package: Package) -> dict[str, Any]:
    """The parts of a package by sort key."""
    return {
        **{schema.numbered(schema.DOCUMENT_PREFIX, number_of(d.id)): d for d in package.documents},
        **{schema.numbered(schema.RECIPIENT_PREFIX, number_of(r.id)): r for r in package.recipients},
        **{schema.numbered(schema.FILE_PREFIX, f.number): f for f in package.files},
    }


def _parts(partition: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Action]:
    for sort, part in new.items():
        if sort not in old:
            yield put(_item(partition, sort, encode(part)))
        elif old[sort] != part:
            yield change(key(partition, sort), *differences(old[sort], part))
    for sort in old.keys() - new.keys():
        yield delete(key(partition, sort))


def _claim(package: Package, forerunner: Item | None) -> Iterator[Action]:
    """Take the external id. `open` is a set that holds one id at most, but for an expired package taken up again: so
    that closing and reopening are blind writes that cannot fail."""
    if package.external_id is None:
        return
    values: dict[str, Any] = {":package": package.id, ":revision": package.revision, ":open": {package.id}}
    values |= {":schema": SCHEMA, ":earlier": []}
    condition = "attribute_not_exists(#PK)"
    if forerunner:
        former = [*forerunner.get("earlier", {"L": []})["L"], forerunner["package"]]
        values |= {":earlier": {"L": former}, ":known": forerunner["revision"]}
        condition = "attribute_not_exists(#open) AND #revision = :known"
    assignment = "#package = :package, #revision = :revision, #earlier = :earlier, #schema = :schema"
    pointer = schema.external_id_key(package.account, package.external_id)
    yield update(pointer, f"SET {assignment} ADD #open :open", values, condition)


def _opening(before: Package, after: Package) -> Iterator[Action]:
    closed = after.status in CLOSED
    if after.external_id is None or closed == (before.status in CLOSED):
        return
    pointer = schema.external_id_key(after.account, after.external_id)
    yield update(pointer, f"{'DELETE' if closed else 'ADD'} #open :package", {":package": {after.id}})


def _keeping(before: Package, after: Package, *, look: float) -> Iterator[Action]:
    closed = after.status in CLOSED
    if closed != (before.status in CLOSED):
        yield retention(after.account, after.id, after.updated_at + seconds(look) if closed else None)


def retention(account: AccountId, package: PackageId, at: datetime | None) -> Action:
    """When to look at what has to go; None: not at all."""
    item = key(package_partition(account, package), schema.RETENTION)
    if at is None:
        return update(item, "SET #schema = :schema REMOVE #nextDueAt, #shard", {":schema": SCHEMA})
    values = {":at": at, ":shard": schema.shard_of(package), ":schema": SCHEMA}
    return update(item, "SET #nextDueAt = :at, #shard = :shard, #schema = :schema", values)


def _pointers(package: Package) -> dict[str, Key]:
    keys = [schema.subject_key(package.account, subject, package.id) for subject in subjects_of(package)]
    if package.provider.reference:
        keys.append(schema.reference_key(package.account, package.provider.name, package.provider.reference[0]))
    return {found[schema.PARTITION]["S"]: found for found in keys}


def _story(partition: str, timeline: Sequence[TimelineEntry]) -> Iterator[Action]:
    return (put(item) for item in story(partition, timeline))


def story(partition: str, timeline: Sequence[TimelineEntry]) -> Iterator[Item]:
    return (_item(partition, schema.TIMELINE_PREFIX + entry.id, encode(entry)) for entry in timeline)


def _outbox(partition: str, events: Sequence[Event]) -> Action:
    attributes = {"events": {"L": [{"M": encode(event)} for event in events]}}
    return put(_item(partition, schema.events_sort(events[-1].sequence), attributes))


def _delivery(partition: str, after: Package, last: int, bell_delay: float) -> Action:
    """Due soon, in case that the bell is lost; an endpoint that has us waiting keeps its date."""
    started = "#cursor = if_not_exists(#cursor, :zero), #attempts = if_not_exists(#attempts, :zero)"
    due = "#nextDueAt = if_not_exists(#nextAttemptAt, :soon), #shard = :shard"
    values = {
        ":last": last,
        ":at": after.updated_at,
        ":soon": after.updated_at + seconds(bell_delay),
        ":zero": 0,
        ":shard": schema.shard_of(after.id),
        ":schema": SCHEMA,
    }
    expression = f"SET #last = :last, #lastAt = :at, #schema = :schema, {started}, {due}"
    return update(key(partition, schema.DELIVERY), expression, values)


def _refresh(partition: str, package: PackageId, at: datetime | None) -> Action:
    """A wake-up that nobody has taken up yet stays due."""
    item = key(partition, schema.REFRESH)
    if at is None:
        return update(item, "SET #schema = :schema REMOVE #nextDueAt, #shard", {":schema": SCHEMA})
    values = {":at": at, ":shard": schema.shard_of(package), ":schema": SCHEMA}
    due = "#nextDueAt = if_not_exists(#pendingSince, :at), #shard = :shard"
    return update(item, f"SET {due}, #schema = :schema", values)
