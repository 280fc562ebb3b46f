"""Names for JSON in signatures: values whose shape a schema guards (contract.py), not a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

JsonValue: TypeAlias = Any
JsonObject: TypeAlias = Mapping[str, Any]
