"""A stage of one's own from a TOML file: the fields of infra/stages.py, or those of a record and a few others.

    name = "acme-prod"
    like = "prod"           # optional: the record that says what is not said here

Knows no field; every mistake is told at once, with the file, the field, and what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from infra.stages import STAGES, Stage, stage

LIKE = "like"


class BadStageFile(ValueError):
    """The file cannot be a stage; its sentence has a line for each mistake."""


def find_stage(told: str) -> Stage:
    """A record by its name, or a stage of one's own by its file. Raises UnknownStage, BadStageFile."""
    return read_stage(Path(told)) if told.endswith(".toml") else stage(told)


def read_stage(file: Path) -> Stage:
    """Raises BadStageFile."""
    given = _table(file)
    like = given.pop(LIKE, None)
    if like is not None and like not in STAGES:
        raise BadStageFile(f"{file}: {LIKE}: must be one of {', '.join(sorted(STAGES))}.")
    told = _merged(asdict(STAGES[like]), given) if like else given
    if "name" not in given:
        raise BadStageFile(f"{file}: name: is missing. It says how the stage's stacks are called: Esign-<name>-Data.")
    try:
        return TypeAdapter(Stage).validate_python(told, extra="forbid")
    except ValidationError as error:
        lines = [_line(file, found) for found in error.errors(include_url=False)]
    raise BadStageFile("\n".join(lines))


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BadStageFile(f"{file}: there is no such file.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadStageFile(f"{file}: cannot be read as TOML: {error}.") from None


def _merged(record: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged; everything else that is given replaces the record's."""
    both = {
        name: _merged(record[name], value) if isinstance(value, dict) and isinstance(record.get(name), dict) else value
        for name, value in given.items()
    }
    return {**record, **both}


def _line(file: Path, error: ErrorDetails) -> str:
    where = ".".join(map(str, error["loc"]))
    said = _UNKNOWN if error["type"] in {"extra_forbidden", "unexpected_keyword_argument"} else error["msg"]
    if error["type"] == "missing":
        said = "is missing"
    return f"{file}: {where}: {said}."


_UNKNOWN = "there is no such field; docs/deployment.md lists them"
