"""One DynamoDB table, said in conditions and plain values. Knows expressions, retries and errors; no package, no account.

In expressions `#name` is the attribute `name` and `#provider_status` the attribute `provider.status`; the maps that
DynamoDB wants are made from the text. Values are given plain (`codec.scalar`); those that the text does not use are left
out.
"""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from esign.aws.codec import Item, scalar
from esign.aws.schema import Key
from esign.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_ACTIONS = 100  # of one transaction, by DynamoDB
Action = dict[str, dict[str, Any]]  # {"Put" | "Update" | "Delete": request without the table's name}

_PAUSES = (0.05, 0.2)  # seconds at most before the second and the third try
_CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException", "ThrottlingError"})
_FAILED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})


class ConditionFailed(Exception):
    """A single write's condition did not hold; `item` is what lies there (None: nothing)."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("the condition of a write did not hold")
        self.item = item


class Cancelled(Exception):
    """A transaction's conditions did not hold; `items` are what lies there, by the place of the action that failed."""

    def __init__(self, items: dict[int, Item | None]) -> None:
        super().__init__("the conditions of a transaction did not hold")
        self.items = items


def new_operation() -> str:
    """Stored as `op` by a guarded write: found again after a failed condition, it says that we had succeeded."""
    return uuid.uuid4().hex


def put(item: Item, condition: str | None = None, values: Mapping[str, Any] | None = None) -> Action:
    return {"Put": {"Item": item, **_expressions(values or {}, ConditionExpression=condition)}}


def delete(key: Key, condition: str | None = None, values: Mapping[str, Any] | None = None) -> Action:
    return {"Delete": {"Key": key, **_expressions(values or {}, ConditionExpression=condition)}}


def update(key: Key, expression: str, values: Mapping[str, Any], condition: str | None = None) -> Action:
    expressions = _expressions(values, UpdateExpression=expression, ConditionExpression=condition)
    return {"Update": {"Key": key, **expressions}}


def change(
    key: Key, sets: Item, removed: Iterable[str], condition: str | None = None, values: Mapping[str, Any] | None = None
) -> Action:
    """An update that sets and removes whole attributes, given by their names."""
    names = {name: name.replace(".", "_") for name in sets}
    assignments = ", ".join(f"#{short} = :{short}" for short in names.values())
    removals = ", ".join("#" + name.replace(".", "_") for name in removed)
    expression = " ".join(filter(None, (assignments and f"SET {assignments}", removals and f"REMOVE {removals}")))
    return update(key, expression, {f":{names[n]}": v for n, v in sets.items()} | dict(values or {}), condition)


class Table:
    """Errors of every method: StoreUnavailable, after botocore's retries and up to three tries of our own on conflicts."""

    def __init__(self, client: DynamoDBClient, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep

    def get(self, key: Key) -> Item | None:
        found = self._call("get_item", TableName=self._name, Key=key, ConsistentRead=True)
        item: Item | None = found.get("Item")
        return item

    def query(
        self,
        condition: str,
        values: Mapping[str, Any],
        *,
        index: str | None = None,
        where: str | None = None,
        limit: int | None = None,
        start: Key | None = None,
        newest_first: bool = False,
    ) -> tuple[list[Item], Key | None]:
        """One page, and where the next begins. Without an index the read is consistent."""
        request = _expressions(values, KeyConditionExpression=condition, FilterExpression=where)
        request |= {"IndexName": index} if index else {"ConsistentRead": True}
        request |= {"Limit": limit} if limit else {}
        request |= {"ExclusiveStartKey": start} if start else {}
        page = self._call("query", TableName=self._name, ScanIndexForward=not newest_first, **request)
        return page["Items"], page.get("LastEvaluatedKey")

    def query_all(self, condition: str, values: Mapping[str, Any], *, index: str | None = None) -> Iterator[Item]:
        start: Key | None = None
        while True:
            items, start = self.query(condition, values, index=index, start=start)
            yield from items
            if start is None:
                return

    def write(self, action: Action) -> Item:
        """One write alone; an update answers the whole new item. Raises ConditionFailed."""
        ((verb, request),) = action.items()
        answer = "ALL_NEW" if verb == "Update" else "NONE"
        whole = {"TableName": self._name, "ReturnValues": answer, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        written: Item = self._call(f"{verb.lower()}_item", **whole, **request).get("Attributes", {})
        return written

    def transact(self, actions: Sequence[Action], operation: str) -> None:
        """All or nothing. Raises Cancelled."""
        whole = {"TableName": self._name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        items = [{verb: whole | request for verb, request in action.items()} for action in actions]
        self._call("transact_write_items", TransactItems=items, ClientRequestToken=operation)

    def put_all(self, items: Sequence[Item]) -> None:
        """Unconditional puts; each hundred of them all or nothing."""
        if len(items) == 1:
            self.write(put(items[0]))
            return
        for start in range(0, len(items), MAX_ACTIONS):
            self.transact([put(item) for item in items[start : start + MAX_ACTIONS]], new_operation())

    def _call(self, operation: str, **request: object) -> dict[str, Any]:
        for pause in (*_PAUSES, None):
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(**request)
            except ClientError as error:
                failure = error
            except BotoCoreError as error:
                raise StoreUnavailable(f"DynamoDB did not answer ({type(error).__name__}).") from None
            else:
                return answer
            if pause is None or not _conflicts(failure):
                break
            self._sleep(random.uniform(0, pause))  # noqa: S311 - jitter
        raise _translated(failure) from None


def _conflicts(error: ClientError) -> bool:
    """Whether another write was just under way; a condition that failed beside it decides first."""
    codes = [reason.get("Code") for reason in _reasons(error)] or [error.response["Error"]["Code"]]
    return not _FAILED.intersection(codes) and not _CONFLICTS.isdisjoint(codes)


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code in _FAILED:
        return ConditionFailed(_item(error.response))
    reasons = _reasons(error)
    failed = {place: _item(reason) for place, reason in enumerate(reasons) if reason.get("Code") in _FAILED}
    return Cancelled(failed) if failed else StoreUnavailable(f"DynamoDB did not do what was asked ({code}).")


def _item(answer: Mapping[str, Any]) -> Item | None:
    return answer.get("Item") or None


def _reasons(error: ClientError) -> Sequence[Mapping[str, Any]]:
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    return reasons


def _expressions(values: Mapping[str, Any], **texts: str | None) -> dict[str, Any]:
    """The texts, and the maps of the names and values that occur in them (DynamoDB refuses any that do not)."""
    given = {name: text for name, text in texts.items() if text}
    request: dict[str, Any] = dict(given)
    whole = " ".join(given.values())
    if names := set(re.findall(r"#\w+", whole)):
        request["ExpressionAttributeNames"] = {name: name[1:].replace("_", ".") for name in names}
    if used := set(re.findall(r":\w+", whole)):
        request["ExpressionAttributeValues"] = {name: scalar(values[name]) for name in used}
    return request
