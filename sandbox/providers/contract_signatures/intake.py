"""Takes the body of Create Contract in: is it what seeds/002 says? Knows no HTTP and keeps nothing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from sandbox.providers.contract_signatures.model import Signer, Watcher
from sandbox.providers.contract_signatures.switches import Switches
from sandbox.providers.endpoint import Refused

KINDS = ("created", "opened", "signed", "rejected", "completed", "completed-contract")  # §2.3
E164 = re.compile(r"\+[1-9]\d{6,14}")
SEPARATORS = re.compile(r"[\s().-]")  # [C] the example "+49 172-9973185" has some

_PRINTABLE = {"type": "string", "pattern": r"\S"}
_EMAIL = {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$"}
_FLAG = {"type": "boolean"}
_SIGNER = {
    "type": "object",
    "properties": {
        "fullName": _PRINTABLE,
        "accessKind": {"enum": ["email", "url"]},
        "email": _EMAIL,
        "phone": {"type": "string"},
        "appendSignatureMacro": _FLAG,
        "receivesCompletedContract": _FLAG,
    },
    "required": ["fullName", "accessKind"],
    "additionalProperties": False,
    # [C] 'Required for "accessKind" set to "email" and optional for "accessKind" set to "url"'
    "if": {"properties": {"accessKind": {"const": "email"}}},
    "then": {"required": ["email"]},
}
_KIND = "|".join(KINDS)
_WATCHER = {
    "type": "object",
    "properties": {
        "name": _PRINTABLE,
        "email": _EMAIL,
        # [C] "Kinds may be combined with a vertical bar character"
        "notificationKinds": {"type": "string", "pattern": rf"^({_KIND})(\|({_KIND}))*$"},
    },
    "required": ["name", "email", "notificationKinds"],
    "additionalProperties": False,
}
CONTRACT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "templateId": {"type": "string", "pattern": r"^[\x20-\x7e]+$"},  # printable US-ASCII string
        "name": _PRINTABLE,
        "sequentialSigning": _FLAG,
        # [C] "At least one signer is required. No more then 26 signers are allowed."
        "signers": {"type": "array", "items": _SIGNER, "minItems": 1, "maxItems": 26},
        "watchers": {"type": "array", "items": _WATCHER},
    },
    "required": ["templateId", "name", "signers"],
    "additionalProperties": False,  # [U] what becomes of a field that no table knows
}


def checked(body: object, switches: Switches) -> dict[str, Any]:
    """Raises a 400 that names the first offending field."""
    error = best_match(Draft202012Validator(CONTRACT).iter_errors(body))
    if error:
        raise Refused(400, error.message[:200], field="/" + "/".join(map(str, error.absolute_path)))
    assert isinstance(body, dict)  # noqa: S101 - the schema says so
    if "watchers" in body and not switches.watchers:
        raise Refused(400, "Unknown field", field="/watchers")
    for number, signer in enumerate(body["signers"]):
        _check_phone(signer.get("phone"), f"/signers/{number}/phone", switches)
        _check_printable(signer["fullName"], f"/signers/{number}/fullName")
    _check_printable(body["name"], "/name")
    return body


def _check_printable(text: str, field: str) -> None:
    """[C] "printable Unicode string"."""
    if not text.isprintable():
        raise Refused(400, "Not printable", field=field)


def _check_phone(phone: str | None, field: str, switches: Switches) -> None:
    if phone is None:
        return
    if not E164.fullmatch(SEPARATORS.sub("", phone)):
        raise Refused(400, "Not an E.164 number", field=field)
    if not switches.sms_shipper:
        raise Refused(400, "SMS Shipper Config is not filled", field=field)


def signer(given: Mapping[str, Any]) -> Signer:
    return Signer(
        full_name=given["fullName"],
        access_kind=given["accessKind"],
        email=given.get("email"),
        phone=SEPARATORS.sub("", given["phone"]) if "phone" in given else None,
        append_macro=given.get("appendSignatureMacro", False),  # [C] "Defaults to false"
        receives_contract=given.get("receivesCompletedContract", True),  # [C] "Defaults to true"
        secret=secrets.token_urlsafe(24),
    )


def watcher(given: Mapping[str, Any]) -> Watcher:
    return Watcher(given["name"], given["email"], frozenset(given["notificationKinds"].split("|")))
