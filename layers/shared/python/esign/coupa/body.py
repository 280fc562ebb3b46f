"""A request's JSON body: read once, strictly, before any model sees it. Standard library only.

Refused with 400: what is not JSON, not UTF-8, has a key twice (readers disagree on which counts), NaN, or text that no
UTF-8 can carry. Nothing of the body is ever repeated in an error.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import Any, NoReturn

from esign.domain.errors import MalformedRequest, Problem, TooLarge, UnsupportedMedia

MAX_BODY = 6 * 1024 * 1024  # bytes; what Lambda passes on at most (references: AWS, Lambda quotas, payload)
MAX_PLAIN_BODY = 1024 * 1024  # bytes; of a request without documents

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read(body: str | None, *, encoded: bool, content_type: str | None, limit: int = MAX_PLAIN_BODY) -> object:
    """The JSON value of a REST-proxy event's body; `encoded`: API Gateway made base64 of it; `limit` in bytes."""
    _check_media_type(content_type)
    if not body:
        refuse("The request needs a JSON body.", "body_required")
    if len(body) > (limit if not encoded else limit * 4 // 3 + 4):
        raise TooLarge(f"The body of this request may have {limit} bytes at most.")
    return parse(_decoded(body) if encoded else body)


def parse(text: str) -> object:
    """The value of a JSON text. Raises MalformedRequest."""
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float
        )
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        refuse("The body is nested too deeply.", "not_json")
    except UnicodeEncodeError:
        refuse("The body holds half of a surrogate pair.", "not_json")
    except ValueError:
        refuse("The body is not valid JSON.", "not_json")
    return value


def refuse(detail: str, code: str) -> NoReturn:
    raise MalformedRequest(detail, problems=(Problem("", code, detail),)) from None


def _check_media_type(content_type: str | None) -> None:
    media_type, _, parameters = (content_type or "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters, re.IGNORECASE)
    if not _JSON.fullmatch(media_type.strip()) or (charset and charset[1].lower() not in {"utf-8", "utf8"}):
        raise UnsupportedMedia("Send application/json in UTF-8.")


def _decoded(body: str) -> str:
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        refuse("The body is not UTF-8.", "not_utf8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        refuse("An object of the body has the same key twice.", "duplicate_key")
    return made


def _int(digits: str) -> int:
    """No number of ours needs more than 16 digits, and beyond them readers disagree."""
    if len(digits.lstrip("-")) > 16:
        raise ValueError
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError
    return number


def _constant(_: str) -> NoReturn:
    raise ValueError
