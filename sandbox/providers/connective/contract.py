"""Validates v3 requests against the vendor's Swagger file as corrected by corrections.py. Knows no state.

The file beside this module is the vendor's, unmodified.
"""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match

from sandbox.providers.connective.corrections import CORRECTIONS
from sandbox.providers.connective.errors import bad_request
from sandbox.providers.jsontypes import JsonValue

SWAGGER = Path(__file__).with_name("connective.swagger.json")


@functools.cache
def swagger() -> dict[str, Any]:
    """The Swagger document, corrected."""
    document: dict[str, Any] = json.loads(SWAGGER.read_text(encoding="utf-8"))
    for correction in CORRECTIONS:
        _put(document, correction.pointer, correction.value)
    return document


def operations() -> dict[str, tuple[str, str]]:
    """Operation id to (method, path below the base), all 19."""
    paths = swagger()["paths"].items()
    return {op["operationId"]: (method.upper(), path) for path, item in paths for method, op in item.items()}


def validate(operation: str, version: str, body: JsonValue) -> None:
    """Raises a 400 naming the first offending field. Unknown fields are offences."""
    check(body, request_validator(operation, version))


def check(body: JsonValue, validator: Draft202012Validator) -> None:
    error = best_match(validator.iter_errors(body))
    if error:
        raise bad_request(f"Request.Invalid:{_where(error)}", error.message[:300])


@functools.cache
def request_validator(operation: str, version: str = "v3") -> Draft202012Validator:
    return closed_validator(_request_schema(operation, version))


def closed_validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator that refuses unknown fields in every object that lists its fields."""
    return Draft202012Validator(_closed(schema), format_checker=FormatChecker())


def _request_schema(operation: str, version: str) -> dict[str, Any]:
    method, path = operations()[operation]
    parameters = swagger()["paths"][path][method.lower()]["parameters"]
    schema = _inlined(next(p["schema"] for p in parameters if p["in"] == "body"))
    return _as_v31(schema) if version == "v3.1" else schema


def _as_v31(schema: dict[str, Any]) -> dict[str, Any]:
    """v3.1 Set Process Information: Locations[] {Id, LegalNoticeCode, LegalNoticeText} in place of LocationIds (§A2)."""
    actor = schema["properties"]["Stakeholders"]["items"]["properties"]["Actors"]["items"]["properties"]
    notice = {key: actor[key] for key in ("LegalNoticeCode", "LegalNoticeText")}
    location = {"type": "object", "properties": {"Id": {"type": "string"}, **notice}, "required": ["Id"]}
    actor["Locations"] = {"type": "array", "items": location}
    del actor["LocationIds"]
    return schema


def _inlined(node: JsonValue) -> JsonValue:
    """A deep copy with the $refs to definitions resolved (there are no circles)."""
    if isinstance(node, list):
        return [_inlined(item) for item in node]
    if not isinstance(node, dict):
        return copy.copy(node)
    if "$ref" in node:
        return _inlined(swagger()["definitions"][node["$ref"].removeprefix("#/definitions/")])
    return {key: _inlined(value) for key, value in node.items() if key != "example"}


def _closed(node: JsonValue) -> JsonValue:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    return {**closed, "additionalProperties": False} if node.get("type") == "object" else closed


def _put(document: JsonValue, pointer: str, value: JsonValue) -> None:
    *parents, last = (part.replace("~1", "/") for part in pointer.split("/")[1:])
    for part in parents:
        document = document[int(part)] if isinstance(document, list) else document[part]
    document[last] = copy.deepcopy(value)


def _where(error: ValidationError) -> str:
    return "/".join(map(str, error.absolute_path)) or "body"
