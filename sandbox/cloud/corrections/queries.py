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
    """The items that an index shows under these keys, below the keys of the table."""
    attributes = {name: (value.type, value.value) for name, value in conditions}
    return {
        hash_key: found
        for hash_key, items in list(table.items.items())
        if (found := {key: item for key, item in list(items.items()) if _has(item, attributes)})
    }


def _has(item: Json, attributes: Json) -> bool:
    return all(
        (value := item.attrs.get(name)) is not None and (value.type, value.value) == wanted
        for name, wanted in attributes.items()
    )
