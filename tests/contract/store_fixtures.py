"""The stores under contract: in memory, and on moto's DynamoDB with one call at a time (it is not atomic by itself)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from esign.aws import schema
from esign.aws.packages import DynamoPackages
from esign.domain.timing import Timing
from esign.ports import PackageStore
from tests.fakes.packages import MemoryPackages

TABLE = "esign"


@contextmanager
def atomic_dynamodb() -> Iterator[None]:
    """moto's DynamoDB with every call under one lock, as the real one behaves (references: concurrent writers both win)."""
    original, lock = DynamoHandler.call_action, threading.RLock()

    def call_action(self: Any) -> Any:
        with lock:
            return original(self)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setattr(DynamoHandler, "call_action", call_action)
        with mock_aws():
            yield


def make_table(client: Any) -> None:
    """The table as the infrastructure makes it."""
    key = [{"AttributeName": schema.PARTITION, "KeyType": "HASH"}, {"AttributeName": schema.SORT, "KeyType": "RANGE"}]
    kinds = {
        schema.PARTITION: "S",
        schema.SORT: "S",
        schema.DUE_PARTITION: "N",
        schema.DUE_SORT: "S",
        schema.LISTING_PARTITION: "S",
        schema.LISTING_SORT: "S",
    }
    client.create_table(
        TableName=TABLE,
        KeySchema=key,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            _index(schema.DUE_INDEX, schema.DUE_PARTITION, schema.DUE_SORT, "KEYS_ONLY"),
            _index(schema.LISTING_INDEX, schema.LISTING_PARTITION, schema.LISTING_SORT, "ALL"),
        ],
    )


def _index(name: str, partition: str, sort: str, projection: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": projection},
    }


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with atomic_dynamodb():
        yield


@pytest.fixture(scope="module")
def dynamodb_client(aws: None) -> Any:
    return boto3.client("dynamodb")


@pytest.fixture
def dynamodb(dynamodb_client: Any) -> Iterator[Any]:
    """A client of a fresh table `esign`."""
    make_table(dynamodb_client)
    yield dynamodb_client
    dynamodb_client.delete_table(TableName=TABLE)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> PackageStore:
    """Every package store that there is."""
    if request.param == "memory":
        return MemoryPackages()
    return DynamoPackages(request.getfixturevalue("dynamodb"), TABLE, timing=Timing(), sleep=lambda _: None)


def items(client: Any) -> list[dict[str, Any]]:
    """Everything in the table: for tests only, the product never scans."""
    found: list[dict[str, Any]] = client.scan(TableName=TABLE)["Items"]
    return found


def item(client: Any, partition: str, sort: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get_item(TableName=TABLE, Key=schema.key(partition, sort)).get("Item", {})
    return found
