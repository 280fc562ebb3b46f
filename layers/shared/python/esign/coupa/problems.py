"""From what pydantic finds to the problems that Coupa is told: JSON Pointers, our codes, sentences of our own.

The one rule for statuses: 400 is what no package could make right (wrong type, unknown or missing member, not base64),
422 a value of the right type that cannot be taken. Every problem is told at once. No sentence repeats what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from esign.coupa.scalars import FORMS
from esign.domain.errors import MalformedRequest, Problem, Unprocessable

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]

MALFORMED = frozenset({"required", "unknown_member", "wrong_type", "bad_base64"})
MOST = 100  # problems told at once
_ANY_FORM = "of the form that openapi.json shows"

# What pydantic sets between the members' names: the key of a table, and the two forms of a member (models.py's tags).
WORD, OBJECT = "[word]", "[object]"
_MARKS = frozenset({"[key]", WORD, OBJECT})

# pydantic's error type -> our code and sentence, filled from the limits that pydantic tells. Any other type is one of
# our own (PydanticCustomError) and brings both.
_TOLD = {
    "missing": ("required", "This member is required."),
    "extra_forbidden": ("unknown_member", "There is no such member."),
    "model_type": ("wrong_type", "This must be an object."),
    "dict_type": ("wrong_type", "This must be an object."),
    "list_type": ("wrong_type", "This must be an array."),
    "string_type": ("wrong_type", "This must be a text."),
    "int_type": ("wrong_type", "This must be a whole number."),
    "float_type": ("wrong_type", "This must be a number."),
    "bool_type": ("wrong_type", "This must be true or false."),
    "string_too_short": ("too_short", "This needs {min_length} characters at least."),
    "string_too_long": ("too_long", "This may have {max_length} characters at most."),
    "string_pattern_mismatch": ("bad_format", "This must be {form}."),
    "enum": ("not_allowed", "This must be {expected}."),
    "finite_number": ("out_of_range", "This must be a finite number."),
    "greater_than": ("out_of_range", "This must be more than {gt}."),
    "greater_than_equal": ("out_of_range", "This must be at least {ge}."),
    "less_than_equal": ("out_of_range", "This must be at most {le}."),
    "too_short": ("too_few", "This needs {min_length} entries at least."),
    "too_long": ("too_many", "This may have {max_length} entries at most."),
}


def read_request(model: type[M], body: object) -> M:
    """A request's body as its model. Raises MalformedRequest or Unprocessable with every problem."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False)
    raise refusal(map(_problem, found))


def refusal(found: Iterable[Problem]) -> MalformedRequest | Unprocessable:
    """One error of all problems: malformed when any of them is."""
    problems = tuple(found)
    if any(item.code in MALFORMED for item in problems):
        return MalformedRequest("The request does not have the documented form.", problems=problems[:MOST])
    return Unprocessable("The request holds values that cannot be taken.", problems=problems[:MOST])


def pointer(*path: str | int) -> str:
    """The RFC 6901 JSON Pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _problem(error: ErrorDetails) -> Problem:
    kind, at = _kind(error), pointer(*_path(error))
    if kind not in _TOLD:
        return Problem(at, kind, error["msg"])
    code, sentence = _TOLD[kind]
    limits = error.get("ctx", {})
    return Problem(at, code, sentence.format(**limits, form=FORMS.get(limits.get("pattern", ""), _ANY_FORM)))


def _kind(error: ErrorDetails) -> str:
    kind, given, at = error["type"], error["input"], error["loc"]
    if kind == "enum" and not isinstance(given, str):
        kind = "string_type"
    member = bool(at) and isinstance(at[-1], str)
    return "missing" if given is None and member and kind != "extra_forbidden" else kind  # null is the same as absent


def _path(error: ErrorDetails) -> Path:
    if error["type"] == "extra_forbidden":  # it ends with a name that the caller chose
        return error["loc"]
    return tuple(part for part in error["loc"] if part not in _MARKS)
