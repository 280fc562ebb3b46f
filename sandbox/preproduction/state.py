"""The simulator's state in DynamoDB and S3, so that it outlives the environment that a call happened to run in.

See `State` in the simulator's folder. One table, string keys `pk` and `sk`, attribute `expires` as its time to live;
documents lie in the bucket, whose lifecycle takes them away. Traffic is small: a page of a query holds all that matters.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import TypeAdapter

from sandbox.providers.connective.model import Package
from sandbox.providers.jsontypes import JsonValue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

KEPT = 14 * 86400  # seconds
_LONGEST_HOLD = 30.0  # seconds; a call that holds the lock for longer has died
_PATIENCE = 20.0  # seconds that a call waits for the lock
_PACKAGE = TypeAdapter(Package)


class Locked(RuntimeError):
    """Somebody else holds the simulator's lock for too long."""


class KeptState:
    """`pause` is how long a call waits between two tries at the lock, in seconds."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, s3: S3Client, bucket: str, *, pause: float = 0.05) -> None:
        self._dynamodb, self._table, self._s3, self._bucket = dynamodb, table, s3, bucket
        self._pause = pause
        self._mine = threading.RLock()
        self._depth = 0

    def lock(self) -> AbstractContextManager[object]:
        return self._locked()

    def package(self, package_id: str) -> Package | None:
        body = self._body("PACKAGES", package_id)
        return _PACKAGE.validate_json(body) if body else None

    def packages(self, environment: str) -> list[Package]:
        found = (_PACKAGE.validate_json(body) for body in self._bodies("PACKAGES"))
        return [package for package in found if package.environment == environment]

    def save(self, package: Package) -> None:
        self._put("PACKAGES", package.id, _PACKAGE.dump_json(package).decode())

    def forget(self, package_id: str) -> None:
        self._dynamodb.delete_item(TableName=self._table, Key=_key("PACKAGES", package_id))

    def put_bytes(self, key: str, data: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=data)

    def get_bytes(self, key: str) -> bytes:
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            raise KeyError(key) from None

    def put_value(self, name: str, value: JsonValue) -> None:
        self._put("VALUES", name, json.dumps(value))

    def get_value(self, name: str) -> JsonValue:
        body = self._body("VALUES", name)
        return json.loads(body) if body else None

    def record(self, log: str, entry: dict[str, Any]) -> None:
        self._put(f"LOG#{log}", f"{time.time_ns():020d}#{uuid.uuid4().hex[:8]}", json.dumps(entry))

    def entries(self, log: str) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self._bodies(f"LOG#{log}")]

    def clear(self) -> None:
        for partition in ("PACKAGES", "VALUES", "LOG#requests", "LOG#mails", "LOG#callbacks"):
            for item in self._items(partition):
                self._dynamodb.delete_item(TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})

    # ---------------------------------------------------------------------------------------------------- the lock

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One item stands for the lock; this process's own threads take turns before it."""
        with self._mine:
            holder = uuid.uuid4().hex if self._depth == 0 else ""
            if holder:
                self._take(holder)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if holder:
                    self._give_back(holder)

    def _take(self, holder: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._taken(holder):
            if time.monotonic() > until:
                raise Locked(f"The simulator's lock was not free for {_PATIENCE:.0f} s.")
            time.sleep(self._pause)

    def _taken(self, holder: str) -> bool:
        now = time.time()
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=_key("LOCK", "LOCK") | {"holder": {"S": holder}, "until": {"N": repr(now + _LONGEST_HOLD)}},
                ConditionExpression="attribute_not_exists(pk) OR #until < :now",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":now": {"N": repr(now)}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _give_back(self, holder: str) -> None:
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=_key("LOCK", "LOCK"),
                ConditionExpression="holder = :holder",
                ExpressionAttributeValues={":holder": {"S": holder}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    # --------------------------------------------------------------------------------------------------- the table

    def _put(self, partition: str, sort: str, body: str) -> None:
        expires = {"expires": {"N": str(int(time.time()) + KEPT)}}
        self._dynamodb.put_item(TableName=self._table, Item=_key(partition, sort) | {"body": {"S": body}} | expires)

    def _body(self, partition: str, sort: str) -> str | None:
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(partition, sort), ConsistentRead=True)
        return found["Item"]["body"]["S"] if "Item" in found else None

    def _bodies(self, partition: str) -> Iterator[str]:
        return (item["body"]["S"] for item in self._items(partition))

    def _items(self, partition: str) -> Iterator[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]


def _key(partition: str, sort: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}
