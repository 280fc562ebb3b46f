"""Compares a request and its answer with openapi.json. Knows OpenAPI 3.1, and nothing of what the operations do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from jsonschema import Draft202012Validator

from sandbox.coupa.client import Answer

Json = Mapping[str, Any]
LONGEST = 240  # characters of one violation: a schema's message repeats the value


@dataclass(frozen=True, slots=True)
class Checked:
    """One request with its answer. `operation` is the published operationId; "" where nothing published was called."""

    operation: str
    status: int
    milliseconds: float
    code: str | None
    violations: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.status < 400


class Contract:
    """`document` is openapi.json, read."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._operations = [
            (method.upper(), _pattern(path), operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if method != "parameters"
        ]
        self._validator = cache(self._validator_of)

    @property
    def operations(self) -> list[str]:
        return [str(operation["operationId"]) for _, _, operation in self._operations]

    def check(self, answer: Answer) -> Checked:
        """A request that was refused need not be right; whatever is answered must be."""
        operation = self._operation(answer)
        if operation is None:
            where = f"{answer.request.method} {answer.request.url.path}"
            return Checked("", answer.status, answer.milliseconds, answer.code, (f"{where} is not published",))
        found = [*self._answer(operation, answer), *(self._request(operation, answer) if answer.status < 400 else ())]
        told = tuple(one if len(one) <= LONGEST else f"{one[:LONGEST]}…" for one in found)
        return Checked(operation["operationId"], answer.status, answer.milliseconds, answer.code, told)

    def _operation(self, answer: Answer) -> Json | None:
        path = "/v1" + answer.request.url.path.partition("/v1")[2]
        method = answer.request.method
        return next((o for known, pattern, o in self._operations if known == method and pattern.fullmatch(path)), None)

    def _answer(self, operation: Json, answer: Answer) -> Iterator[str]:
        told = operation["responses"].get(str(answer.status))
        if told is None:
            yield f"status {answer.status} is not published"
            return
        response = self._resolved(told)
        for name, header in response.get("headers", {}).items():
            if self._resolved(header).get("required") and name.lower() not in answer.headers:
                yield f"{answer.status}: the header {name} is missing"
        yield from self._body(f"answer {answer.status}", response.get("content", {}), answer.headers, answer.content)

    def _request(self, operation: Json, answer: Answer) -> Iterator[str]:
        parameters = [self._resolved(one) for one in operation.get("parameters", ())]
        known = {one["name"] for one in parameters if one["in"] == "query"}
        asked = parse_qs(answer.request.url.query.decode(), keep_blank_values=True)
        yield from (f"request: the query parameter {name} is not published" for name in asked if name not in known)
        told = operation.get("requestBody")
        content = self._resolved(told).get("content", {}) if told else {}
        headers = {name.lower(): value for name, value in answer.request.headers.items()}
        yield from self._body("request", content, headers, answer.request.content)

    def _body(self, what: str, content: Json, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        if not body:
            return
        media_type = headers.get("content-type", "").partition(";")[0].strip()
        if media_type not in content:
            yield f"{what}: the media type {media_type or '(none)'} is not published"
            return
        try:
            instance = json.loads(body)
        except ValueError:
            yield f"{what}: no JSON"
            return
        schema = json.dumps(content[media_type].get("schema", {}), sort_keys=True)
        for error in self._validator(schema).iter_errors(instance):
            yield f"{what}: {error.json_path} {error.message}"

    def _validator_of(self, schema: str) -> Draft202012Validator:
        return Draft202012Validator(json.loads(schema) | {"components": self._document["components"]})

    def _resolved(self, told: Json) -> Json:
        """Of a reference within the document what it stands for."""
        found: Any = told
        while "$ref" in found:
            _, *names = str(found["$ref"]).split("/")
            found = self._document
            for name in names:
                found = found[name.replace("~1", "/").replace("~0", "~")]
        return dict(found)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")))
