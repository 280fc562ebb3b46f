"""The JSON Schemas of Coupa's objects, as openapi.json publishes them. Knows pydantic, and no endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

_REF = "#/components/schemas/{model}"


def reference(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}


def schemas(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """These, with all that they refer to, by name."""
    named = sorted(models, key=lambda model: model.__name__)
    _, made = models_json_schema(
        [(model, "validation") for model in named], ref_template=_REF, schema_generator=_Published
    )
    return {name: {k: v for k, v in schema.items() if k != "title"} for name, schema in made["$defs"].items()}


class _Published(GenerateJsonSchema):
    """pydantic's schemas without what says nothing to Coupa: titles made of names, null as the default, our docstrings."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic asks about each
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        return {key: value for key, value in super().enum_schema(schema).items() if key != "description"}
