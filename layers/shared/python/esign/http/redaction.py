"""One safe line about an HTTP call, for logs and the timeline.

Method, host, path with its ids, status, milliseconds. Never a query value, header, body, token, e-mail address or
phone number. Knows no vendor, so it judges by shape alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_WORD = re.compile(r"[A-Za-z]{1,24}(?:[-_.][A-Za-z]{1,24}){0,4}|v?\d{1,12}(?:\.\d{1,3})*")
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?:[a-z]{2,4}_)?[0-9a-zA-Z]{26}(?:_\d{2})?")
_MAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
_TOKEN = re.compile(r"(?<![\w-])(?![0-9a-fA-F]{8}-)[\w-]{32,}(?:\.[\w-]+)*|(?:eyJ|Basic |Bearer )[\w.+/=-]+")
_PHONE = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d\b)\+?\d[\d ().-]{7,}\d(?![\w-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it may be told. `status` is None when no answer came; `failure` names what broke it off (a class)."""

    method: str
    host: str
    path: str
    status: int | None
    milliseconds: int
    failure: str | None = None

    def __str__(self) -> str:
        outcome = ", ".join(str(part) for part in (self.status, self.failure) if part is not None)
        return f"{self.method} {self.host}{self.path} -> {outcome} in {self.milliseconds} ms"


def safe_path(path: str) -> str:
    """The path with words, numbers, UUIDs and ULIDs kept; any other segment, and the query, become `…`."""
    bare, question, _query = path.partition("?")
    kept = "/".join(segment if _is_plain(segment) else "…" for segment in bare.split("/"))
    return f"{kept}?…" if question else kept


def safe_text(text: str) -> str:
    """A vendor's sentence without e-mail addresses, phone numbers, tokens or control characters, 300 characters."""
    line = _CONTROL.sub(" ", text).strip()[: 4 * _LONGEST]
    for shape, mask in ((_MAIL, "<e-mail>"), (_TOKEN, "<token>"), (_PHONE, "<number>")):
        line = shape.sub(mask, line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _is_plain(segment: str) -> bool:
    text = unquote(segment)
    return not text or bool(_WORD.fullmatch(text) or _ID.fullmatch(text))
