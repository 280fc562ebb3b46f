"""What every object on Coupa's wire has in common: strict, closed, camelCase, silent in logs. It knows no object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Wire(BaseModel):
    """An object on the wire. Built when the first request needs it: a function pays for its own requests only."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        return ()  # it may hold names, addresses, a password


class OneOf(Wire):
    """Something that is said in exactly one of several ways."""

    ways: ClassVar[tuple[str, ...]]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in self.ways) != 1:
            names = ", ".join(map(to_camel, self.ways))
            raise PydanticCustomError("exactly_one", "Give exactly one of {names}.", {"names": names})
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        null, names = {"type": "null"}, [to_camel(name) for name in cls.ways]
        schema["oneOf"] = [
            {"required": [chosen], "properties": dict.fromkeys(names, null) | {chosen: {"not": null}}}
            for chosen in names
        ]
        return schema
