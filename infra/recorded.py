"""The templates that a stage had last, kept in the repository: what `make diff` compares with, and the tests' snapshot.

One resource in a line, hashes of code left out, so that a commit shows which resources it changes. Knows no AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).resolve().parent / "recorded"
SUFFIX = ".template.json"

Json = Any
Templates = Mapping[str, dict[str, Any]]  # by the stack's name

_ASSET = re.compile(r"\b[0-9a-f]{64}\b")
_CONTENT_OF_ID = re.compile(r"(?<=[0-9A-F]{8})[0-9a-f]{32}\b")  # deployments of an API, versions of a function
_NOTHING = object()


def read(folder: Path) -> Templates:
    """Of an assembly or a record, normalised; nothing where there is no folder."""
    return {
        file.name.removesuffix(SUFFIX): _normal(file.read_text("utf-8")) for file in sorted(folder.glob(f"*{SUFFIX}"))
    }


def write(folder: Path, templates: Templates) -> None:
    """In place of what was recorded before."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob(f"*{SUFFIX}"):
        file.unlink()
    for stack, template in templates.items():
        (folder / f"{stack}{SUFFIX}").write_text(_lines(template), "utf-8")


def _normal(text: str) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(_CONTENT_OF_ID.sub("", _ASSET.sub("<asset>", text)))
    return template


def _lines(template: Mapping[str, Mapping[str, Json]]) -> str:
    sections = (
        f'"{name}": {{\n'
        + ",\n".join(f"{json.dumps(key)}: {_compact(entries[key])}" for key in sorted(entries))
        + "\n}"
        for name, entries in sorted(template.items())
    )
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _compact(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One resource, output or parameter that is not as it was. `details`: "path: before -> after"; empty: all of it."""

    stack: str
    sign: str  # + - ~
    what: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.sign} {self.stack}: {self.what}", *(f"      {line}" for line in self.details)])


def changes(before: Templates, after: Templates) -> list[Change]:
    """What is different, stack by stack, by the entries' names."""
    return [
        change
        for stack in sorted({*before, *after})
        for change in _of_stack(stack, _entries(before.get(stack, {})), _entries(after.get(stack, {})))
    ]


def _entries(template: Mapping[str, Mapping[str, Json]]) -> dict[tuple[str, str], Json]:
    return {(section, name): entry for section, entries in template.items() for name, entry in entries.items()}


def _of_stack(
    stack: str, before: Mapping[tuple[str, str], Json], after: Mapping[tuple[str, str], Json]
) -> Iterator[Change]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        what = f"{_kind(key[0], new if old is None else old)} {key[1]}"
        if old is None or new is None:
            yield Change(stack, "+" if old is None else "-", what)
        elif old != new:
            yield Change(stack, "~", what, tuple(_paths("", old, new)))


def _kind(section: str, entry: Json) -> str:
    return str(entry.get("Type", section)) if section == "Resources" else section.removesuffix("s")


def _paths(path: str, old: Json, new: Json) -> Iterator[str]:
    """Each value that differs, by the way to it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _paths(f"{path}.{key}".lstrip("."), old.get(key, _NOTHING), new.get(key, _NOTHING))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _paths(f"{path}[{at}]", one, other)
    elif old != new:
        yield f"{path}: {_shown(old)} -> {_shown(new)}"


def _shown(value: Json, *, longest: int = 160) -> str:
    if value is _NOTHING:
        return "(nothing)"
    text = _compact(value)
    return text if len(text) <= longest else f"{text[:longest]}…"
