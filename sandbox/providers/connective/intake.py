"""Takes a document in: what it is, is it sound, where are its signing locations. Knows no HTTP and no API version.

contracts/connective.md §A1 (limits, accepted uploads) and §A2 Add Document.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
from pyhanko.pdf_utils.misc import PdfError
from reportlab.pdfgen.canvas import Canvas

from sandbox.providers.connective.errors import bad_request, conflict
from sandbox.providers.connective.model import Document, Location, Package
from sandbox.providers.connective.simulator import Simulator, new_id
from sandbox.signing import pdf

MAX_BYTES = 30 * 1024 * 1024  # §A1: document at most 30 MB in v3; v4 limits the Base64data by its schema
MAX_XML_CHARACTERS = 2_000_000  # §A1
MARKER = re.compile(r"#[a-zA-Z]+(?:\d*\.)?\d+")  # §A6: marker pattern `#[a-zA-Z]+(?:\d*.)?\d+`
MARKER_SIZE = (112.0, 70.0)  # points; the size of a field at a marker is [U]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signing field as asked for: a marker or field id, or a place (points, top left, page may be negative)."""

    label: str | None = None
    marker: str | None = None
    page: int = 1
    left: float = 0.0
    top: float = 0.0
    width: float = MARKER_SIZE[0]
    height: float = MARKER_SIZE[1]


@dataclass(frozen=True, slots=True)
class Upload:
    """A document as it arrived; `media_type` is application/pdf or application/xml."""

    name: str
    language: str
    content: bytes
    media_type: str = "application/pdf"
    representation: bytes | None = None
    external_reference: str | None = None
    correlation_id: str | None = None
    target_type: str = "Pdf"
    pdf_errors: str = "Ignore"


def add_document(simulator: Simulator, package: Package, upload: Upload, fields: Sequence[Wanted]) -> Document:
    """Adds the document to a Draft package. 400 for bad parameters, 409 for what is wrong inside the document."""
    if package.api == "v3" and len(upload.content) > MAX_BYTES:
        raise bad_request("Document.TooLarge")
    is_xml = upload.media_type == "application/xml"
    content = _sound_xml(upload.content) if is_xml else _sound_pdf(_as_pdf(upload.content), upload.pdf_errors)
    layout = upload.representation if is_xml else content
    locations = _located(fields, layout)
    _require_unique_labels(locations)
    document = Document(
        id=new_id(),
        name=upload.name,
        language=upload.language,
        media_type=upload.media_type,
        created=simulator.now(),
        content=f"document/{new_id()}",
        external_reference=upload.external_reference,
        correlation_id=upload.correlation_id,
        target_type=upload.target_type,  # no conversion to PDF/A is done
        locations=locations,
    )
    simulator.state.put_bytes(document.content, content)
    if upload.representation is not None:
        document.representation = f"representation/{document.id}"
        simulator.state.put_bytes(document.representation, upload.representation)
    package.documents.append(document)
    return document


def decode_base64(text: str, code: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"{code}.NotBase64") from error


def locate_all(simulator: Simulator, document: Document, fields: Sequence[Wanted]) -> list[Location]:
    """Further signing locations on a document that is already there (v4: an actor's elements)."""
    is_xml = document.media_type == "application/xml"
    key = document.representation if is_xml else document.content
    found = _located(fields, simulator.state.get_bytes(key) if key else None)
    _require_unique_labels([*document.locations, *found])
    document.locations.extend(found)
    return found


def _as_pdf(content: bytes) -> bytes:
    """§A1: docx, doc, pdf, plain text; Word and text are always converted to PDF (here: a page that says so)."""
    if b"%PDF-" in content[:1024]:
        return content
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return typeset(["(A Word document of", f"{len(content)} bytes: the simulator does not render it.)"])
    try:
        return typeset(content.decode().splitlines() or [""])
    except UnicodeDecodeError as error:
        raise conflict("Document.UnknownFormat") from error


def typeset(lines: Sequence[str]) -> bytes:
    """A plain PDF of these lines, 50 on a page."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    text = canvas.beginText(60, 780)
    for number, line in enumerate(lines, 1):
        text.textLine(line)
        if number % 50 == 0:
            canvas.drawText(text)
            canvas.showPage()
            text = canvas.beginText(60, 780)
    canvas.drawText(text)
    canvas.save()
    return out.getvalue()


def _sound_pdf(content: bytes, handling: str) -> bytes:
    """§A2 PdfErrorHandling. A flaw is what pyHanko's strict reader refuses; a file that pdfium cannot open is a 409."""
    try:
        pdf.page_box(content, 1)
        if not pdf.is_flawed(content):
            return content
        if handling == "DetectFail":
            raise conflict("Document.HasIssues")
        return pdf.repaired(content)  # else nothing could be signed later
    except (pdfium.PdfiumError, PdfError, IndexError) as error:
        raise conflict("Document.Invalid") from error


def _sound_xml(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
        ET.canonicalize(text)
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise conflict("Document.Invalid") from error
    if len(text) > MAX_XML_CHARACTERS:
        raise bad_request("Document.TooLarge")
    return content


def _located(fields: Sequence[Wanted], data: bytes | None) -> list[Location]:
    if not fields:
        return []
    if data is None:
        raise bad_request("SigningFields.RepresentationMissing")
    layout = pdf.Layout(data, MARKER)
    return [_matched(wanted, layout) if wanted.marker else _placed(wanted, layout) for wanted in fields]


def _placed(wanted: Wanted, layout: pdf.Layout) -> Location:
    """§A2: PageNumber ≥ 1, negative allowed (counts from the end [I]), 0 not."""
    boxes = layout.boxes
    page = wanted.page if wanted.page > 0 else len(boxes) + 1 + wanted.page
    if wanted.page == 0 or not 1 <= page <= len(boxes):
        raise bad_request(f"SigningField.PageNumber:{wanted.page}")
    width, height = boxes[page - 1].size
    if wanted.left + wanted.width > width or wanted.top + wanted.height > height:
        raise bad_request("SigningField.OutsidePage")
    label = wanted.label or new_id()
    return Location(new_id(), label, page, wanted.left, wanted.top, wanted.width, wanted.height)


def _matched(wanted: Wanted, layout: pdf.Layout) -> Location:
    """§A2: 409 when marker ids are not matched. The first match counts."""
    spots = [*layout.markers, *layout.form_fields]
    spot = next((spot for spot in spots if spot.name == wanted.marker), None)
    if spot is None:
        raise conflict(f"SigningField.MarkerNotFound:{wanted.marker}")
    left, top, width, height = spot.rectangle
    if spot.name.startswith("#"):
        width, height = wanted.width, wanted.height
    field = spot.name if spot.is_signature else None
    return Location(new_id(), wanted.label or spot.name, spot.page, left, top, width, height, field)


def _require_unique_labels(locations: Sequence[Location]) -> None:
    labels = [location.label for location in locations]
    for label in labels:
        if labels.count(label) > 1:
            raise bad_request(f"SigningField.LabelNotUnique:{label}")
