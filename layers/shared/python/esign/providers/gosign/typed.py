"""How this folder's typed settings and options are read: camelCase names, unknown ones refused, a problem per field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from esign.domain.errors import Problem, Unprocessable

Short = Annotated[str, Field(min_length=1, max_length=256)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=500)]


class Typed(BaseModel):
    """Frozen and strict; a value that is refused is never repeated in the error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


M = TypeVar("M", bound=Typed)


def parsed(kind: type[M], given: Mapping[str, Any], root: str) -> M:
    """Raises Unprocessable with a problem per field, pointers below `root`."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = tuple(Problem(_pointer(root, e["loc"]), _code(e["type"]), f"{e['msg']}.") for e in found)
    raise Unprocessable("GoSign cannot take these options.", code="invalid_options", problems=problems)


def _pointer(root: str, location: tuple[int | str, ...]) -> str:
    return root + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _code(kind: str) -> str:
    return {"extra_forbidden": "unknown_option", "missing": "missing_option"}.get(kind, "invalid_option")
