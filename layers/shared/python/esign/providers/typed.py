"""How vendors' typed settings and options are read: camelCase names, unknown ones refused, a problem per field.

It knows no vendor: each one's folder says what there is to set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from esign.domain.errors import Problem, Unprocessable


class Typed(BaseModel):
    """Frozen and closed; a value that is refused is never repeated in the error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


M = TypeVar("M", bound=Typed)


def parsed(kind: type[M], given: Mapping[str, Any], *, root: str, vendor: str) -> M:
    """Raises Unprocessable with a problem per field, pointers below `root`; `vendor` as its customers write it."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = tuple(Problem(_pointer(root, e["loc"]), _code(e["type"]), f"{e['msg']}.") for e in found)
    raise Unprocessable(f"{vendor} cannot take these options.", code="invalid_options", problems=problems)


def problems_of(parse: Callable[[Mapping[str, Any]], object], given: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What `parse` has against what is given, all of it."""
    try:
        parse(given)
    except Unprocessable as refused:
        return refused.problems
    return ()


def _pointer(root: str, location: tuple[int | str, ...]) -> str:
    return root + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _code(kind: str) -> str:
    return {"extra_forbidden": "unknown_option", "missing": "missing_option"}.get(kind, "invalid_option")
