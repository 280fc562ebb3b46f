"""Shapes of single values: texts, numbers, times, choices, lists. See `esign.coupa.shapes` for the rules.

Patterns match whole texts and are written so that Python's and ECMAScript's engines agree: openapi.json shows them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from esign.coupa.shapes import Path, Schema, Shape, gather, refuse

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Text:
    """A text of `least` to `most` characters (None: any number); `tidy` brings it into our form first."""

    def __init__(
        self,
        most: int | None,
        pattern: str | None = None,
        *,
        least: int = 0,
        tidy: Callable[[str], str] = str,
        published: Schema | None = None,
    ) -> None:
        self._least, self._most, self._pattern, self._tidy, self._published = (
            least,
            most,
            pattern,
            tidy,
            published or {},
        )

    def read(self, value: object, at: Path = ()) -> str:
        if not isinstance(value, str):
            refuse(at, "wrong_type", "This must be a text.")
        text = self._tidy(value)
        if len(text) < self._least:
            refuse(at, "too_short", f"This needs {self._least} characters at least.")
        if self._most is not None and len(text) > self._most:
            refuse(at, "too_long", f"This may have {self._most} characters at most.")
        if self._pattern and not re.fullmatch(self._pattern, text):
            refuse(at, "bad_format", "This does not have the form that is documented for it.")
        return text

    def schema(self) -> Schema:
        limits = {"minLength": self._least or None, "maxLength": self._most}
        pattern = {"pattern": f"^(?:{self._pattern})$"} if self._pattern else {}
        return {"type": "string"} | {k: v for k, v in limits.items() if v is not None} | pattern | self._published


class Whole:
    """A whole number from `least` to `most`, but `never`."""

    def __init__(self, least: int, most: int, *, never: int | None = None) -> None:
        self._least, self._most, self._never = least, most, never

    def read(self, value: object, at: Path = ()) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number
        if not isinstance(value, int) or isinstance(value, bool):
            refuse(at, "wrong_type", "This must be a whole number.")
        if not self._least <= value <= self._most or value == self._never:
            but = "" if self._never is None else f", and not {self._never}"
            refuse(at, "out_of_range", f"This must be from {self._least} to {self._most}{but}.")
        return value

    def schema(self) -> Schema:
        never = {} if self._never is None else {"not": {"const": self._never}}
        return {"type": "integer", "minimum": self._least, "maximum": self._most} | never


class Number:
    """A finite number from `least` to `most`; with `above`, more than `least`."""

    def __init__(self, least: float, most: float, *, above: bool = False) -> None:
        self._least, self._most, self._above = least, most, above

    def read(self, value: object, at: Path = ()) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            refuse(at, "wrong_type", "This must be a number.")
        inside = math.isfinite(value) and self._least <= value <= self._most
        if not inside or (self._above and value == self._least):
            word = "more than" if self._above else "at least"
            refuse(at, "out_of_range", f"This must be {word} {self._least:g} and at most {self._most:g}.")
        return float(value)

    def schema(self) -> Schema:
        return {"type": "number", "exclusiveMinimum" if self._above else "minimum": self._least, "maximum": self._most}


class Flag:
    """true or false."""

    def read(self, value: object, at: Path = ()) -> bool:
        if not isinstance(value, bool):
            refuse(at, "wrong_type", "This must be true or false.")
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Choice(Generic[E]):
    """One of an enumeration's values."""

    def __init__(self, of: type[E]) -> None:
        self._of = of

    def read(self, value: object, at: Path = ()) -> E:
        if not isinstance(value, str):
            refuse(at, "wrong_type", "This must be a text.")
        try:
            return self._of(value)
        except ValueError:
            refuse(at, "not_allowed", f"This must be one of {', '.join(item.value for item in self._of)}.")

    def schema(self) -> Schema:
        return {"type": "string", "enum": [item.value for item in self._of]}


class Moment:
    """A time as RFC 3339 writes it, made UTC; fractions beyond microseconds are cut off."""

    def read(self, value: object, at: Path = ()) -> datetime:
        if not isinstance(value, str):
            refuse(at, "wrong_type", "This must be a text: a time as RFC 3339 writes it.")
        try:
            return _utc(value)
        except (ValueError, OverflowError):  # no such form; the 30th of February; year 1 east of Greenwich
            refuse(at, "bad_time", "Write the time as RFC 3339 with a time zone: 2027-01-31T17:00:00Z.")

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


def _utc(text: str) -> datetime:
    if not _RFC3339.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


class Items(Generic[T]):
    """A list of `least` to `most` values of one shape."""

    def __init__(self, of: Shape[T], *, least: int = 0, most: int | None = None) -> None:
        self._of, self._least, self._most = of, least, most

    def read(self, value: object, at: Path = ()) -> list[T]:
        if not isinstance(value, list):
            refuse(at, "wrong_type", "This must be an array.")
        if len(value) < self._least:
            refuse(at, "too_few", f"This needs {self._least} entries at least.")
        if self._most is not None and len(value) > self._most:
            refuse(at, "too_many", f"This may have {self._most} entries at most.")
        return gather([lambda i=i, v=v: self._of.read(v, (*at, i)) for i, v in enumerate(value)])  # type: ignore[misc]

    def schema(self) -> Schema:
        limits = {"minItems": self._least or None, "maxItems": self._most}
        return {"type": "array", "items": self._of.schema()} | {k: v for k, v in limits.items() if v is not None}


class Table(Generic[T]):
    """An object with free keys: `key` and `of` shape what is in it."""

    def __init__(self, of: Shape[T], *, key: Text, most: int) -> None:
        self._of, self._key, self._most = of, key, most

    def read(self, value: object, at: Path = ()) -> dict[str, T]:
        if not isinstance(value, dict):
            refuse(at, "wrong_type", "This must be an object.")
        if len(value) > self._most:
            refuse(at, "too_many", f"This may have {self._most} entries at most.")
        pairs: list[Callable[[], tuple[str, T]]] = [
            lambda k=k, v=v: (self._key.read(k, (*at, k)), self._of.read(v, (*at, k)))  # type: ignore[misc]
            for k, v in value.items()
        ]
        return dict(gather(pairs))

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": self._key.schema(),
            "additionalProperties": self._of.schema(),
            "maxProperties": self._most,
        }


class Open:
    """Any object of at most `most` characters as JSON, nested `DEEPEST` levels; what is in it is read elsewhere."""

    DEEPEST = 16

    def __init__(self, most: int) -> None:
        self._most = most

    def read(self, value: object, at: Path = ()) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse(at, "wrong_type", "This must be an object.")
        if not _is_flat(value, self.DEEPEST):
            refuse(at, "too_deep", f"This may be nested {self.DEEPEST} levels at most.")
        if len(json.dumps(value)) > self._most:
            refuse(at, "too_long", f"This may have {self._most} characters at most.")
        return value

    def schema(self) -> Schema:
        return {"type": "object"}


def _is_flat(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not inner or (levels > 0 and all(_is_flat(item, levels - 1) for item in inner))


class WordOr(Generic[T]):
    """A word of one shape, or an object of another."""

    def __init__(self, word: Shape[T], thing: Shape[T]) -> None:
        self._word, self._thing = word, thing

    def read(self, value: object, at: Path = ()) -> T:
        return (self._thing if isinstance(value, dict) else self._word).read(value, at)

    def schema(self) -> Schema:
        return {"anyOf": [self._word.schema(), self._thing.schema()]}
