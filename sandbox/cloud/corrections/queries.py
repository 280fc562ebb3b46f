"""A query looks at its own partition. moto walks and sorts the whole table for each, a third of the local cloud's work.

A table under the query's eyes holds nothing but the items under its hash key, of the table or of an index.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json

INDEX_NAME = 6  # its place among what moto gives to `Table.query` after the hash key


def correct(patches: Patches) -> None:
    def wrap(original: Json) -> Json:
        def query(self: Table, hash_key: DynamoType | None, *args: Json, **kwargs: Json) -> Json:
            index = args[INDEX_NAME]
            if self.range_key_attr is None:
                return original(self, hash_key, *args, **kwargs)
            narrow = copy.copy(self)
            narrow.items = _having(self, kwargs["hash_key_conditions"]) if index else _partition(self, hash_key)
            return original(narrow, hash_key, *args, **kwargs)

        return query

    patches.replace(Table, "query", wrap)


def _partition(table: Table, hash_key: DynamoType | None) -> Json:
    return {hash_key: table.items[hash_key]} if hash_key in table.items else {}


def _having(table: Table, conditions: Sequence[tuple[str, DynamoType]]) -> Json:
    """The items that an index shows under these keys, below the keys of the table. Few have the attributes at all."""
    (name, value), *others = conditions
    found: Json = {}
    for hash_key, items in list(table.items.items()):
        for range_key, item in list(items.items()):
            if name in item.attrs and item.attrs[name] == value and _has(item, others):
                found.setdefault(hash_key, {})[range_key] = item
    return found


def _has(item: Json, conditions: Sequence[tuple[str, DynamoType]]) -> bool:
    return all(item.attrs.get(name) is not None and item.attrs[name] == value for name, value in conditions)
