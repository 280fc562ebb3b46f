"""Whether two requests say the same: a SHA-256 that ignores key order and spacing. Knows JSON only."""

from __future__ import annotations

import hashlib
import json


def canonical_hash(value: object) -> str:
    """Hex SHA-256 of a JSON value, without nulls (absent is the same), keys sorted, no spaces, in UTF-8."""
    text = json.dumps(without_nulls(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def without_nulls(value: object) -> object:
    """A JSON value whose objects have lost the members that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
