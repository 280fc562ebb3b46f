"""Query parameters, read strictly: what is not understood is 400, not ignored in silence. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import NoReturn, TypeVar

from esign.domain.errors import MalformedRequest, Problem

Query = Mapping[str, str]
E = TypeVar("E", bound=Enum)

MOST, USUAL = 100, 50  # entries of a page
CURSOR = r"[A-Za-z0-9_-]{1,255}"


def only(query: Query, known: tuple[str, ...]) -> None:
    """Refuse parameters that the operation does not know: a misspelt one must not be ignored."""
    if not query.keys() <= set(known):
        refuse("(unknown)", f"This operation knows {', '.join(known) or 'none'}.")


def flag(query: Query, name: str) -> bool:
    """Whether `name` is true; absent is false."""
    given = query.get(name, "false")
    if given not in {"true", "false"}:
        refuse(name, "Write true or false.")
    return given == "true"


def choice(query: Query, name: str, otherwise: E) -> E:
    """A value of `otherwise`'s enumeration."""
    return one_of(query, name, type(otherwise)) or otherwise


def one_of(query: Query, name: str, words: type[E]) -> E | None:
    """A value of an enumeration; None: absent."""
    given = query.get(name)
    if given is None:
        return None
    try:
        return words(given)
    except ValueError:
        refuse(name, f"Write one of {', '.join(item.value for item in words)}.")


def limit(query: Query) -> int:
    given = query.get("limit", str(USUAL))
    if not re.fullmatch(r"[0-9]{1,3}", given) or not 1 <= int(given) <= MOST:
        refuse("limit", f"Write a number from 1 to {MOST}.")
    return int(given)


def cursor(query: Query) -> str | None:
    given = query.get("cursor")
    if given is not None and not re.fullmatch(CURSOR, given):
        refuse("cursor", "This is none that we gave.")
    return given


def refuse(name: str, detail: str) -> NoReturn:
    """Raises MalformedRequest. The pointer is empty: RFC 6901 points into a body."""
    sentence = f"Query parameter {name}: {detail}"
    raise MalformedRequest(sentence, problems=(Problem("", "bad_query_parameter", sentence),)) from None
