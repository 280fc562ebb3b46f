"""The single values that Coupa may send: texts, numbers, times, each with its limits. What they mean is not known here.

Patterns are anchored at both ends and written so that Rust's engine (pydantic's) and ECMAScript's agree: openapi.json
shows them.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from esign.coupa import rfc3339
from esign.domain.document import MAX_UPLOAD

E = TypeVar("E")

MOST_OPTIONS = 16_384  # characters as JSON
DEEPEST = 16  # levels of options

_CONTROL = r"\u0000-\u001f\u007f"
_NOT_DIALLED = dict.fromkeys(map(ord, " .-()[]"))

# Not blank, and nothing that could break a header, an XML document or a log.
_LINE = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
_LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
_MAIL_WORD = rf'[^\s@<>()\[\],;:\\"{_CONTROL}]'
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"  # at least one byte
_MAIL = rf'^{_MAIL_WORD}{{1,64}}@{_MAIL_WORD}+\.[^\s@<>()\[\],;:\\".]{{2,63}}$'
_WORD = r"^[A-Za-z0-9_.-]+$"
_E164 = r"^\+[1-9][0-9]{6,14}$"
_URL = rf"^https?://[^\s{_CONTROL}]+$"
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$"
_SHA256 = r"^[0-9A-Fa-f]{64}$"
_USERNAME = rf"^[^:{_CONTROL}]+$"
_PASSWORD = rf"^[^{_CONTROL}]+$"

# What a value must be that a pattern refuses.
FORMS = {
    _LINE: "one line of text that is not blank, without control characters",
    _LINES: "text without control characters",
    _MAIL: "an e-mail address like anna.peeters@example.com",
    _WORD: "made of letters without accents, digits, '_', '.' and '-'",
    _E164: "a phone number with its country code, like +32 2 555 01 23",
    _URL: "a whole address that begins with https://",
    _LANGUAGE: "a language tag like en or nl-BE",
    _MEDIA_TYPE: "a media type like application/pdf",
    _SHA256: "a SHA-256 as 64 hexadecimal digits",
    _USERNAME: "one line of text without a colon",
    _PASSWORD: "one line of text without control characters",
}


def _dialled(given: object) -> object:
    return given.translate(_NOT_DIALLED) if isinstance(given, str) else given


def _whole(given: object) -> object:
    return int(given) if isinstance(given, float) and given.is_integer() else given  # JSON knows one kind of number


def _no_page_zero(page: int) -> int:
    if page == 0:
        raise PydanticCustomError("out_of_range", "Page 1 is the first, -1 the last; there is no page 0.")
    return page


def _moment(given: object) -> datetime:
    if not isinstance(given, str):
        raise PydanticKnownError("string_type")
    try:
        return rfc3339.read(given)
    except ValueError:
        raise PydanticCustomError("bad_time", rfc3339.ADVICE) from None


def _modest(options: dict[str, Any]) -> dict[str, Any]:
    if not _is_flat(options, DEEPEST):
        raise PydanticCustomError("too_deep", "This may be nested {levels} levels at most.", {"levels": DEEPEST})
    if len(json.dumps(options)) > MOST_OPTIONS:
        raise PydanticKnownError("string_too_long", {"max_length": MOST_OPTIONS})
    return options


def _is_flat(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not inner or (levels > 0 and all(_is_flat(item, levels - 1) for item in inner))


Choice = Annotated[E, Field(strict=False)]  # strictly, only Python's own enumeration member would do

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_LINE)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_LINE)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_WORD)]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=_LINES)]
Reason = Annotated[str, StringConstraints(max_length=1000, pattern=_LINES)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=_MAIL)]
# E.164 once spaces, dots, hyphens and brackets are gone; published as people write it.
Phone = Annotated[
    str,
    StringConstraints(max_length=16, pattern=_E164),
    BeforeValidator(_dialled),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 40,
            "pattern": r"^[(\[ ]*\+[ .()\[\]-]*[1-9]([ .()\[\]-]*[0-9]){6,14}[ .()\[\]-]*$",
        }
    ),
]
Url = Annotated[str, StringConstraints(max_length=2048, pattern=_URL)]
Language = Annotated[str, StringConstraints(max_length=35, pattern=_LANGUAGE)]
MediaType = Annotated[
    str,
    StringConstraints(to_lower=True, max_length=127, pattern=_MEDIA_TYPE),
]
Sha256 = Annotated[str, StringConstraints(to_lower=True, max_length=64, pattern=_SHA256)]
Username = Annotated[str, StringConstraints(max_length=255, pattern=_USERNAME)]
Password = Annotated[str, StringConstraints(max_length=255, pattern=_PASSWORD)]
# Megabytes: never searched, stripped or copied here; decoded once, in `mapping_documents`.
Base64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64", "pattern": _BASE64})]

Moment = Annotated[datetime, BeforeValidator(_moment)]
Days = Annotated[int, Field(ge=1, le=365), BeforeValidator(_whole)]
Order = Annotated[int, Field(ge=1, le=999), BeforeValidator(_whole)]
Size = Annotated[int, Field(ge=1, le=MAX_UPLOAD), BeforeValidator(_whole)]
Page = Annotated[
    int,
    Field(ge=-1, le=10_000, json_schema_extra={"not": {"const": 0}}),
    BeforeValidator(_whole),
    AfterValidator(_no_page_zero),
]
Coordinate = Annotated[float, Field(ge=0, le=14_400)]  # points; 200 inches, PDF's own limit
Offset = Annotated[float, Field(ge=-14_400, le=14_400)]
Extent = Annotated[float, Field(gt=0, le=14_400)]

Options = Annotated[dict[str, Any], AfterValidator(_modest), WithJsonSchema({"type": "object"})]
Metadata = Annotated[
    dict[Word, Annotated[str, StringConstraints(max_length=500)]],
    Field(max_length=50, json_schema_extra={"additionalProperties": False, "propertyNames": {"maxLength": 64}}),
]
