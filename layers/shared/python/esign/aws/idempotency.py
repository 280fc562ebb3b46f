"""Idempotency keys on DynamoDB (port `IdempotencyKeys`): one small item for each, which TTL removes.

Costs: claim, settle and release are one conditional write each; a claim that fails answers what stands there, so a replay
reads nothing here. TTL is tidiness only (AWS removes items within days): whether a use has ended is judged by `until`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from esign.aws import schema
from esign.aws.codec import Item, decode, encode
from esign.aws.table import Action, ConditionFailed, Table, change, delete
from esign.domain.ids import AccountId
from esign.ports import KeptAnswer, KeyUse

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

_ANSWER = ("answer.status", "answer.package", "answer.made")
_OWN = "#owner = :mine"
_UNANSWERED = f"{_OWN} AND attribute_not_exists(#answer_status)"


class DynamoIdempotencyKeys:
    """See `esign.ports.IdempotencyKeys`."""

    def __init__(self, client: DynamoDBClient, table: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._table = Table(client, table, sleep=sleep)

    def claim(self, account: AccountId, key: str, use: KeyUse, *, now: datetime) -> KeyUse | None:
        """A claim whose reply was lost is the owner's still, so botocore may ask again."""
        place = schema.idempotency_key(account, key)
        free = f"attribute_not_exists(#PK) OR #until <= :now OR {_OWN}"
        values = {":now": now, ":mine": use.owner}
        try:
            self._table.write(change(place, _item(replace(use, answer=None)), _ANSWER, free, values))
        except ConditionFailed as failed:
            return decode(KeyUse, failed.item or {})
        return None

    def settle(self, account: AccountId, key: str, use: KeyUse) -> bool:
        try:
            self._table.write(settling(KeptAnswer(account, key, use)))
        except ConditionFailed:
            return False
        return True

    def release(self, account: AccountId, key: str, *, owner: str) -> None:
        try:
            self._table.write(delete(schema.idempotency_key(account, key), _UNANSWERED, {":mine": owner}))
        except ConditionFailed:
            return


def settling(answer: KeptAnswer) -> Action:
    """The owner's answer, alone or in the transaction of its effect."""
    place = schema.idempotency_key(answer.account, answer.key)
    return change(place, _item(answer.use), (), _OWN, {":mine": answer.use.owner})


def _item(use: KeyUse) -> Item:
    ends = {"N": str(math.ceil(use.until.timestamp()))}
    return encode(use) | {"schema": {"N": str(schema.SCHEMA)}, schema.TIME_TO_LIVE: ends}
