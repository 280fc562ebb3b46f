"""What only DynamoDB can get wrong: lost replies, conflicts, items of other versions, sizes, calls and reads."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

import esign.aws
from esign.aws import schema
from esign.aws.codec import decode, encode
from esign.aws.packages import DynamoPackages
from esign.aws.schema import package_partition
from esign.domain.errors import StaleVersion, StoreUnavailable
from esign.domain.package import Package, PackageHead
from esign.domain.recipient import Field, Rectangle
from esign.domain.status import PackageStatus, RecipientStatus
from esign.domain.timing import Timing
from esign.ports import AlreadyOpen, Created
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client, item, items  # noqa: F401 - fixtures
from tests.fakes.clock import START
from tests.fakes.factories import ACME, a_document, a_full_package, a_package, a_recipient, an_entry, an_event


@pytest.fixture
def store(dynamodb: Any) -> DynamoPackages:  # noqa: F811
    return DynamoPackages(dynamodb, TABLE, timing=Timing(), sleep=lambda _: None)


def created(store: DynamoPackages, package: Package) -> Package:
    answer = store.create(package)
    assert isinstance(answer, Created)
    return answer.package


@contextmanager
def first_reply_lost(client: Any, operation: str) -> Iterator[None]:
    """The first call does its work and its answer never arrives; botocore tries again by itself."""
    lost: list[bool] = []

    def lose(event_name: str, **_: object) -> None:
        if not lost and event_name.endswith(f".{operation}"):
            lost.append(True)
            raise ConnectionClosedError(endpoint_url="https://dynamodb")

    client.meta.events.register_last("before-send", lose)  # moto answers in the same event, before the last
    try:
        yield
    finally:
        client.meta.events.unregister("before-send", lose)
    assert lost


@contextmanager
def calls(client: Any) -> Iterator[list[str]]:
    made: list[str] = []

    def count(model: Any, **_: object) -> None:
        made.append(model.name)

    client.meta.events.register("before-call.dynamodb", count)
    try:
        yield made
    finally:
        client.meta.events.unregister("before-call.dynamodb", count)


# -------------------------------------------------------------------------------------------------------- lost replies


def test_a_create_whose_reply_was_lost_is_created(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = a_package(external_id="PO-1")
    with first_reply_lost(dynamodb, "TransactWriteItems"):
        answer = store.create(package)
    assert isinstance(answer, Created)
    assert store.create(a_package(external_id="PO-1")) == AlreadyOpen(package.id)


def test_a_commit_whose_reply_was_lost_is_not_stale(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_full_package())
    with first_reply_lost(dynamodb, "TransactWriteItems"):
        after = store.commit(package, replace(package, name="New"), events=[an_event(package)])
    assert store.get(ACME, package.id) == after
    assert len(store.events_after(ACME, package.id, 0)) == 1


def test_a_lease_whose_reply_was_lost_is_ours(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_package())
    with first_reply_lost(dynamodb, "UpdateItem"):
        assert store.lease_refresh(ACME, package.id, owner="a", now=START, until=START + timedelta(seconds=90))


def test_a_settle_whose_reply_was_lost_has_settled(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_package())
    lease = store.lease_refresh(ACME, package.id, owner="a", now=START, until=START + timedelta(seconds=90))
    assert lease is not None
    with first_reply_lost(dynamodb, "UpdateItem"):
        assert store.settle_refresh(lease, read_at=START, next_due_at=None)


def test_a_deferral_whose_reply_was_lost_has_happened(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_package())
    store.commit(package, package, refresh_at=START)
    (due,), _ = store.due(schema.shard_of(package.id), before=START)
    with first_reply_lost(dynamodb, "UpdateItem"):
        assert store.defer(due, to=START + timedelta(hours=1))


def test_a_revision_is_not_given_twice_when_another_came_and_went_between(
    store: DynamoPackages,
    dynamodb: Any,  # noqa: F811
) -> None:
    old = created(store, a_package(external_id="PO-1"))
    store.commit(old, replace(old, status=PackageStatus.DELETED))
    transactions: list[int] = []

    def interfere(**_: object) -> None:
        transactions.append(len(transactions))
        if len(transactions) == 2:  # ours has seen the closed package and is about to take its place
            other = created(store, a_package(external_id="PO-1"))
            store.commit(other, replace(other, status=PackageStatus.DELETED))

    dynamodb.meta.events.register("before-call.dynamodb.TransactWriteItems", interfere)
    try:
        assert created(store, a_package(external_id="PO-1")).revision == 3
    finally:
        dynamodb.meta.events.unregister("before-call.dynamodb.TransactWriteItems", interfere)


# ----------------------------------------------------------------------------------------------------------- conflicts


class Refusing:
    """A client whose first calls are refused."""

    def __init__(self, client: Any, refusals: list[dict[str, Any]]) -> None:
        self._client = client
        self.refusals = refusals

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            if self.refusals:
                raise ClientError(cast("Any", self.refusals.pop(0)), operation)
            return getattr(self._client, operation)(**request)

        return call


CONFLICT = {
    "Error": {"Code": "TransactionCanceledException", "Message": "Anna Berg's item is busy"},
    "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
}


def refused(dynamodb: Any, refusals: list[dict[str, Any]], waits: list[float]) -> DynamoPackages:  # noqa: F811
    client: Any = Refusing(dynamodb, refusals)
    return DynamoPackages(client, TABLE, timing=Timing(), sleep=waits.append)


def test_a_conflict_is_tried_three_times(dynamodb: Any) -> None:  # noqa: F811
    waits: list[float] = []
    store = refused(dynamodb, [CONFLICT, CONFLICT], waits)
    created(store, a_package())
    assert len(waits) == 2


def test_a_conflict_that_stays_is_an_unavailable_store_without_aws_words(dynamodb: Any) -> None:  # noqa: F811
    store = refused(dynamodb, [CONFLICT] * 9, [])
    with pytest.raises(StoreUnavailable) as caught:
        store.create(a_package())
    assert "Anna" not in str(caught.value)
    assert "TransactionCanceledException" in caught.value.detail


def test_a_failed_condition_beside_a_conflict_is_no_conflict(dynamodb: Any) -> None:  # noqa: F811
    package = created(refused(dynamodb, [], []), a_package())
    waits: list[float] = []
    reasons = [{"Code": "ConditionalCheckFailed"}, {"Code": "TransactionConflict"}]
    store = refused(dynamodb, [CONFLICT | {"CancellationReasons": reasons}], waits)
    with pytest.raises(StaleVersion):
        store.commit(package, replace(package, name="x"))
    assert waits == []


# --------------------------------------------------------------------------------------------------- other versions' items


def test_attributes_of_a_newer_version_are_ignored_and_survive_our_writes(
    store: DynamoPackages,
    dynamodb: Any,  # noqa: F811
) -> None:
    package = created(store, a_full_package())
    partition = package_partition(ACME, package.id)
    for sort, name in ((schema.META, "provider.colour"), ("P#R#01", "nickname"), ("P#D#01", "seal.kind")):
        dynamodb.update_item(
            TableName=TABLE,
            Key=schema.key(partition, sort),
            UpdateExpression="SET #new = :value",
            ExpressionAttributeNames={"#new": name},
            ExpressionAttributeValues={":value": {"S": "blue"}},
        )
    assert store.get(ACME, package.id) == package
    signed = replace(package.recipients[0], status=RecipientStatus.SIGNED)
    provider = replace(package.provider, status="Signed", read_at=START)
    named = replace(package.documents[0], name="new.pdf")
    store.commit(package, replace(package, provider=provider, recipients=(signed,), documents=(named,)))
    assert item(dynamodb, partition, schema.META)["provider.colour"] == {"S": "blue"}
    assert item(dynamodb, partition, "P#R#01")["nickname"] == {"S": "blue"}
    assert item(dynamodb, partition, "P#D#01")["seal.kind"] == {"S": "blue"}


def test_an_item_of_an_older_version_lacks_fields_and_is_read_and_changed(
    store: DynamoPackages,
    dynamodb: Any,  # noqa: F811
) -> None:
    package = created(store, a_full_package(archived=True))
    dynamodb.update_item(
        TableName=TABLE,
        Key=schema.key(package_partition(ACME, package.id), schema.META),
        UpdateExpression="REMOVE #a, #b, #c, #d",
        ExpressionAttributeNames={
            "#a": "archived",
            "#b": "metadata",
            "#c": "counts.skipped",
            "#d": "skipRequested",
        },
    )
    found = store.get(ACME, package.id)
    assert found == replace(package, archived=False)
    store.commit(found, replace(found, reminders=replace(found.reminders, every_days=3), metadata={"a": "b"}))
    head = store.head(ACME, package.id)
    assert head is not None
    assert (head.reminders.every_days, head.metadata) == (3, {"a": "b"})


def test_a_field_that_must_be_there_is_missed(dynamodb: Any) -> None:  # noqa: F811
    with pytest.raises(TypeError, match="created_at"):
        decode(PackageHead, {k: v for k, v in encode(a_package(), PackageHead).items() if k != "createdAt"})


def test_every_item_says_its_schema(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_full_package(external_id="PO-1"))
    sent = replace(package, provider=replace(package.provider, reference=("77",)))
    store.commit(package, sent, events=[an_event(package)], timeline=[an_entry()], refresh_at=START)
    store.wake(ACME, package.id, now=START)
    assert len(items(dynamodb)) == 10
    assert all(found["schema"] == {"N": "1"} for found in items(dynamodb))


# ------------------------------------------------------------------------------------------------------ calls and sizes


def test_each_operation_costs_the_calls_that_the_design_allows(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    with calls(dynamodb) as made:
        package = created(store, a_package(external_id="PO-1"))
    assert made == ["TransactWriteItems"]
    with calls(dynamodb) as made:
        recipients = tuple(a_recipient(package.id, number) for number in range(1, 41))
        package = store.commit(package, replace(package, recipients=recipients), timeline=[an_entry()])
    assert made == ["TransactWriteItems"]
    with calls(dynamodb) as made:
        store.get(ACME, package.id)
    assert made == ["Query"]
    with calls(dynamodb) as made:
        store.head(ACME, package.id)
    assert made == ["GetItem"]
    with calls(dynamodb) as made:
        store.append_timeline(ACME, package.id, [an_entry()])
    assert made == ["PutItem"]


def test_a_poll_that_finds_nothing_writes_only_its_small_item(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_full_package())
    before = item(dynamodb, package_partition(ACME, package.id), schema.META)
    with calls(dynamodb) as made:
        lease = store.lease_refresh(ACME, package.id, owner="a", now=START, until=START + timedelta(seconds=90))
        assert lease is not None
        store.settle_refresh(lease, read_at=START, next_due_at=START + timedelta(days=1))
    assert made == ["UpdateItem", "UpdateItem"]
    assert item(dynamodb, package_partition(ACME, package.id), schema.META) == before
    assert size(item(dynamodb, package_partition(ACME, package.id), schema.REFRESH)) < 1024


def size(stored: Any) -> int:
    """About as DynamoDB counts it: names and values in bytes."""
    if isinstance(stored, dict):
        return sum(len(name) + size(value) for name, value in stored.items())
    if isinstance(stored, list):
        return sum(map(size, stored))
    return len(str(stored).encode())


def test_the_largest_package_stays_far_from_dynamodbs_limits(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_package(external_id="PO-1", metadata={f"key{n}": "x" * 100 for n in range(20)}))
    documents = tuple(a_document(package.id, number, name="n" * 255) for number in range(1, 31))
    package = store.commit(package, replace(package, documents=documents))
    places = tuple(Field(documents[0].id, Rectangle(1, 10.5, 20.25, 180, 60)) for _ in range(200))
    people = tuple(a_recipient(package.id, n, fields=places if n == 1 else (), message="m" * 500) for n in range(1, 51))
    package = store.commit(package, replace(package, recipients=people), timeline=[an_entry()])
    progress = replace(package.provider, progress={"steps": "s" * 8000})
    events = [an_event(package, number) for number in range(1, 52)]
    store.commit(package, replace(package, provider=progress), events=events)
    sizes = {f"{found['SK']['S']}": size(found) for found in items(dynamodb)}
    assert sizes.pop("P#R#01") <= 48 * 1024  # 200 fields, the most of a package, on one recipient
    assert sizes[schema.META] <= 16 * 1024
    assert max(sizes.values()) <= 32 * 1024


# ---------------------------------------------------------------------------------------------------- keys and indexes


def test_every_address_points_to_its_packages_by_its_hash_alone(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_package())
    people = tuple(a_recipient(package.id, number) for number in range(1, 51))
    package = store.commit(package, replace(package, recipients=people), timeline=[an_entry()])
    digest = hashlib.sha256(b"anna.berg50@example.com").hexdigest()
    assert item(dynamodb, f"A#acme#SUBJECT#{digest}", package.id)["package"] == {"S": package.id}
    assert len(subjects(dynamodb)) == 50
    assert not any("example.com" in found["PK"]["S"] for found in items(dynamodb))
    other = (replace(people[0], email=" Anna.Berg2@EXAMPLE.com"), *people[1:])
    store.commit(package, replace(package, recipients=other))
    assert len(subjects(dynamodb)) == 49


def subjects(dynamodb: Any) -> list[Any]:  # noqa: F811
    return [found for found in items(dynamodb) if "#SUBJECT#" in found["PK"]["S"]]


def test_the_index_of_dates_holds_nothing_that_has_none(store: DynamoPackages, dynamodb: Any) -> None:  # noqa: F811
    package = created(store, a_full_package(expires_at=START))
    package = store.commit(package, package, refresh_at=START, events=[an_event(package)])
    indexed = dynamodb.scan(TableName=TABLE, IndexName=schema.DUE_INDEX)["Items"]
    assert {line["SK"]["S"] for line in indexed} == {schema.REFRESH, schema.DELIVERY}
    assert all(line.keys() == {"PK", "SK", "shard", "nextDueAt"} for line in indexed)
    store.commit(package, replace(package, status=PackageStatus.DELETED), forget_refresh=True)
    indexed = dynamodb.scan(TableName=TABLE, IndexName=schema.DUE_INDEX)["Items"]
    assert {line["SK"]["S"] for line in indexed} == {schema.DELIVERY, schema.RETENTION}


def test_the_product_never_scans() -> None:
    sources = sorted(Path(esign.aws.__path__[0]).glob("*.py"))
    assert sources
    for source in sources:
        words = {n.value for n in ast.walk(ast.parse(source.read_text())) if isinstance(n, ast.Constant)}
        names = {n.attr for n in ast.walk(ast.parse(source.read_text())) if isinstance(n, ast.Attribute)}
        assert not {"scan", "execute_statement", "batch_execute_statement"} & (words | names), source.name
