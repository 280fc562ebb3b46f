"""Takes a CreateAgreementDTO and its file in: is it what the document says, and where are the signature fields?

seeds/003, Schemas and "About signature fields". Knows no HTTP and keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import pypdfium2 as pdfium
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from sandbox.providers.endpoint import Refused
from sandbox.providers.esigntools.model import Zone
from sandbox.providers.esigntools.papers import converted
from sandbox.providers.esigntools.switches import Switches
from sandbox.signing.pdf import Layout, Spot

CONVERTED = frozenset({".rtf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".ods"})  # [C] About document types
TAG = re.compile(r"#signature\d+#")  # [C] Method 2: "Add anywhere in your document a text #signatureX#"
FIELD = re.compile(r"SignatorySignature_(\d+)_(\d+)")  # [C] Method 1: X the recipient's position, Y the field's number

_TEXT = {"type": "string"}
_NAME = {"type": "string", "pattern": r"\S"}  # required strings; that they must not be blank is [I]
_INT32 = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
_SIZE = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_ZONE = {
    "type": "object",
    # [C] page: "starts with 1"; a width or height left out is the default's [I].
    "properties": {"page": _SIZE, "x": _INT32, "y": _INT32, "width": _SIZE, "height": _SIZE},
    "additionalProperties": False,
    "required": ["page", "x", "y"],  # [I] the schema requires nothing, but a field without a place is none
}
_RECIPIENT = {
    "type": "object",
    "properties": {
        "canRenew": {"type": "boolean"},
        "email": {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$"},
        "fields": {"type": "array", "items": _ZONE},
        "firstname": _NAME,
        "lastname": _NAME,
        "phone": _NAME,
        "position": _SIZE,
        "step": _SIZE,
    },
    "additionalProperties": False,
    "required": ["email", "firstname", "lastname"],
}
AGREEMENT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "callbackUrl": {"type": "string", "pattern": "^https?://"},
        "defaultFieldHeight": _SIZE,
        "defaultFieldWidth": _SIZE,
        "name": _NAME,
        "recipients": {"type": "array", "items": _RECIPIENT, "minItems": 1},
        "reminderDelay": _SIZE,
        "textTemplateName": _TEXT,
    },
    "additionalProperties": False,  # [U] what becomes of a field that the schema does not know
    "required": ["name", "recipients"],
}


@dataclass(frozen=True, slots=True)
class Paper:
    """An upload as a PDF, and its pages."""

    content: bytes
    layout: Layout = field(repr=False)

    @property
    def pages(self) -> int:
        return len(self.layout.boxes)


def checked(body: object, switches: Switches) -> dict[str, Any]:
    """The agreement's JSON. Raises a 400 that names the first offending field."""
    if switches.numbers_in_text and isinstance(body, dict) and isinstance(body.get("reminderDelay"), str):
        body = body | {"reminderDelay": int(body["reminderDelay"].replace(" ", ""))}
    error = best_match(Draft202012Validator(AGREEMENT).iter_errors(body))
    if error:
        raise Refused(400, error.message[:200], field="/" + "/".join(map(str, error.absolute_path)))
    assert isinstance(body, dict)  # noqa: S101 - the schema says so
    return body


def paper(data: bytes, filename: str) -> Paper:
    """By the name's extension: an office file is converted, anything else must be a PDF [I]."""
    office = PurePath(filename).suffix.lower() in CONVERTED
    if not data:
        raise Refused(400, "The document is empty", field="/pdf")
    content = converted(data, PurePath(filename).name) if office else data
    found = Paper(content, Layout(content, TAG))
    try:
        _ = found.pages
    except pdfium.PdfiumError as error:
        raise Refused(400, "The document cannot be read", field="/pdf") from error
    return found


def zones(given: Sequence[Mapping[str, Any]], document: Paper, size: tuple[int, int]) -> list[list[Zone]]:
    """The fields of each recipient, by the three methods together. `size` is the default field's, in points."""
    found = [[*_named(each, document), *_drawn(each, document, size)] for each in given]
    tagged = [_tagged(each, document, size) for each in given]
    for number, mine in enumerate(zip(found, tagged, strict=True)):
        if not any(mine):  # [C] Method 3: "For each recipient, you must have at least one signature field"
            raise Refused(400, "No signature field for this recipient", field=f"/recipients/{number}/fields")
    _require_own_positions(given, document)
    return [[*mine, *theirs] for mine, theirs in zip(found, tagged, strict=True)]


def _position(recipient: Mapping[str, Any]) -> int:
    return int(recipient.get("position", 1))  # [C] "Default is 1"


def _named(recipient: Mapping[str, Any], document: Paper) -> list[Zone]:
    return [
        Zone(spot.page, spot.rectangle, spot.name if spot.is_signature else None)
        for spot in document.layout.form_fields
        if (name := FIELD.fullmatch(spot.name)) and int(name[1]) == _position(recipient)
    ]


def _tagged(recipient: Mapping[str, Any], document: Paper, size: tuple[int, int]) -> list[Zone]:
    """[I] a field's top left corner is its tag's."""
    tag = f"#signature{_position(recipient)}#"
    return [_at(spot, size) for spot in document.layout.markers if spot.name == tag]


def _at(spot: Spot, size: tuple[int, int]) -> Zone:
    left, top, _, _ = spot.rectangle
    return Zone(spot.page, (left, top, float(size[0]), float(size[1])))


def _drawn(recipient: Mapping[str, Any], document: Paper, size: tuple[int, int]) -> list[Zone]:
    """[C] Method 3: x and y are the field's top left corner, y its distance from the bottom border, in points."""
    return [_zone(zone, document, size) for zone in recipient.get("fields", ())]


def _zone(zone: Mapping[str, int], document: Paper, size: tuple[int, int]) -> Zone:
    if zone["page"] > document.pages:
        raise Refused(400, f"There is no page {zone['page']}", field="/recipients/fields/page")
    width, height = document.layout.boxes[zone["page"] - 1].size
    wide, high = float(zone.get("width", size[0])), float(zone.get("height", size[1]))
    left, top = float(zone["x"]), height - zone["y"]
    if left < 0 or top < -1 or left + wide > width + 1 or top + high > height + 1:  # [I] to a point
        raise Refused(400, "The field is not on the page", field="/recipients/fields")
    return Zone(zone["page"], (left, top, wide, high))


def _require_own_positions(given: Sequence[Mapping[str, Any]], document: Paper) -> None:
    """[I] a form field or a tag belongs to one recipient."""
    named = {int(name[1]) for spot in document.layout.form_fields if (name := FIELD.fullmatch(spot.name))}
    marked = {int(spot.name.removeprefix("#signature").rstrip("#")) for spot in document.layout.markers}
    positions = [_position(each) for each in given]
    for position in named | marked:
        if positions.count(position) > 1:
            raise Refused(400, f"Position {position} belongs to several recipients", field="/recipients/position")
