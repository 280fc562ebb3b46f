"""The files of an account's settings and credentials, as an administrator fills them in: TOML with a comment for each line.

Made of the vendor's own typed model and its guide, so they cannot fall behind. Knows no command and no vendor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esign.providers.guide import Guide

Schema = Mapping[str, Any]

_EMPTY: Mapping[str, object] = {"text": "", "true or false": False, "whole number": 0, "list": [], "table": {}}
_KINDS = {"string": "text", "boolean": "true or false", "integer": "whole number", "array": "list", "object": "table"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the file: `value` is what the door needs, else the default, or something of the right kind."""

    name: str  # camelCase; `outer.inner` for what stands inside another one
    kind: str
    words: str
    value: object
    needed: bool
    default: object = None
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        shown = {"name": self.name, "kind": self.kind, "needed": self.needed, "meaning": self.words}
        return shown | ({"choices": list(self.choices)} if self.choices else {}) | _default(self.default)


def settings_of(guide: Guide, example: Mapping[str, Any]) -> list[Setting]:
    """Every setting, in the guide's order; those of the example are what the door needs."""
    schema = guide.model.model_json_schema(by_alias=True)
    return [_setting(name, words, schema, example) for name, words in guide.settings.items()]


def settings_file(title: str, settings: list[Setting]) -> str:
    """Lines that start with # are comments, or settings that may be left out."""
    needed = [one for one in settings if one.needed]
    others = [one for one in settings if not one.needed]
    lines = [
        f"# {title}",
        "",
        *_lines(needed, ""),
        "# What follows may be left out: take the # away in front of a line.",
        "",
    ]
    return "\n".join([*lines, *_lines(others, "# ")])


def credentials_file(title: str, names: tuple[str, ...], guide: Guide) -> str:
    lines = [f"# {title}", "# Nobody else may read this file: chmod 600. Delete it once the account is made.", ""]
    for name in names:
        lines += [f"# {guide.credentials[name]}", f"{name} = {toml('')}", ""]
    return "\n".join(lines)


def toml(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _lines(settings: list[Setting], mark: str) -> Iterator[str]:
    for one in settings:
        which = "Each one of" if one.kind == "list" else "One of"
        choices = f" {which} {', '.join(one.choices)}." if one.choices else f" ({one.kind})"
        yield f"# {one.words}{choices}"
        yield f"{mark}{one.name} = {toml(one.value)}"
        yield ""


def _setting(name: str, words: str, schema: Schema, example: Mapping[str, Any]) -> Setting:
    found = _member(schema, name)
    kind, choices, default = _kind(found), _choices(found, schema), found.get("default")
    chosen = _look(example, name)
    empty: object = choices[0] if choices and kind == "text" else _EMPTY[kind]
    value = chosen if chosen is not None else default if default is not None else empty
    return Setting(name, kind, words, value, chosen is not None, default, choices)


def _member(schema: Schema, name: str) -> Schema:
    """The part of the schema that a name leads to, without the "or null" of what may be left out."""
    found: Schema = schema
    for step in name.split("."):
        found = _solid(found["properties"][step], schema)
    return found


def _solid(part: Schema, schema: Schema) -> Schema:
    for way in part.get("anyOf", ()):
        if way.get("type") != "null":
            return _solid({**part, "anyOf": (), **way}, schema)
    if "$ref" in part:
        target: Schema = schema["$defs"][part["$ref"].rpartition("/")[2]]
        return {**part, **target}
    return part


def _kind(part: Schema) -> str:
    return _KINDS[part["type"]]


def _choices(part: Schema, schema: Schema) -> tuple[str, ...]:
    inner = _solid(part["items"], schema) if "items" in part else part
    return tuple(inner.get("enum", ()))


def _look(example: Mapping[str, Any], name: str) -> object:
    found: Any = example
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _default(default: object) -> dict[str, Any]:
    return {} if default is None else {"default": default}
