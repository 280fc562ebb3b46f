"""Resolves where everybody signs: each neutral field becomes a box on a page, or a problem with a name.

A signer without any field gets a default one on every document. Knows no vendor: a vendor's folder turns the result
into its own words (coordinates from the top left, markers, form field names).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from esign.domain.document import Document
from esign.domain.errors import Problem
from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, Field, FormField, Recipient, Rectangle, ZonePosition
from esign.placement.formfields import FormFieldSpot
from esign.placement.geometry import Box, Page
from esign.placement.layout import default_place, signature_size, zone_place
from esign.placement.pages import UnreadablePdf
from esign.placement.sheets import PdfSheets, Sheets, UnreadSheets, sheets_of
from esign.ports import DocumentSource

LAST_PAGE = -1


@dataclass(frozen=True, slots=True)
class Placed:
    """One place to sign. `page` and `box` are None only for an anchor in a document that nobody can look into (Word).

    `anchor` and `form_field` repeat what was asked for, for vendors that look it up themselves.
    """

    recipient: RecipientId
    document: DocumentId
    pointer: str  # to the field in the package, or to its recipient
    page: Page | None
    box: Box | None
    anchor: Anchor | None = None
    form_field: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """All places by document and recipient in order, and every problem at once."""

    places: tuple[Placed, ...]
    problems: tuple[Problem, ...]

    def of(self, document: DocumentId) -> tuple[Placed, ...]:
        return tuple(place for place in self.places if place.document == document)


@dataclass(slots=True)
class _Desk:
    """One document being laid out. `taken`: who occupies what on which page."""

    document: Document
    sheets: Sheets
    form_kinds: Collection[str]
    placed: list[Placed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def taken(self, page: Page) -> list[Box]:
        return [p.box for p in self.placed if p.box and p.page and p.page.number == page.number]


def resolve(
    package: Package,
    source: DocumentSource,
    *,
    seen_as: Mapping[DocumentId, DocumentId] | None = None,
    form_kinds: Collection[str] = ("signature",),
) -> Placement:
    """Every place of every signer. `seen_as` names the PDF that stands for a document in the reader's eyes (XML).

    Documents that only stand for others are not signed; `form_kinds` are the kinds of form fields that the vendor can sign.
    """
    stand_ins = seen_as or {}
    signed = [d for d in package.documents if d.id not in stand_ins.values() and d.template is None]
    placed: list[Placed] = []
    problems: list[Problem] = []
    for document in signed:
        shown = package.document(stand_ins.get(document.id, document.id)) or document
        try:
            with sheets_of(shown, source) as sheets:
                desk = _Desk(document, sheets, form_kinds)
                _lay_out(package, desk)
        except UnreadablePdf as error:
            index = package.documents.index(shown)
            problems.append(Problem(f"/documents/{index}", error.code, f"The document {error.detail}."))
            continue
        placed += desk.placed
        problems += desk.problems
    return Placement(tuple(placed), tuple(problems))


def _lay_out(package: Package, desk: _Desk) -> None:
    """What was asked for exactly comes first, so that zones and default places can keep clear of it."""
    asked = list(_asked(package, desk.document.id))
    for exact in (True, False):
        for pointer, recipient, wish in asked:
            if isinstance(wish.place, ZonePosition) is not exact:
                _put(desk, pointer, recipient, wish)
    for index, recipient in enumerate(package.recipients):
        if recipient.signs and not recipient.fields:
            _put_by_default(desk, f"/recipients/{index}", recipient)
    desk.problems += _collisions(desk)


def _asked(package: Package, document: DocumentId) -> Iterator[tuple[str, Recipient, Field]]:
    for index, recipient in enumerate(package.recipients):
        for number, wish in enumerate(recipient.fields):
            if wish.document == document and recipient.signs:
                yield f"/recipients/{index}/fields/{number}", recipient, wish


def _put(desk: _Desk, pointer: str, recipient: Recipient, wish: Field) -> None:
    found = _find(desk, pointer, wish)
    if isinstance(found, Problem):
        desk.problems.append(found)
        return
    page, box = found
    desk.placed.append(
        Placed(
            recipient.id,
            desk.document.id,
            pointer,
            page,
            box,
            anchor=wish.place if isinstance(wish.place, Anchor) else None,
            form_field=wish.place.name if isinstance(wish.place, FormField) else None,
        )
    )


Spot = tuple[Page, Box] | tuple[None, None]


def _find(desk: _Desk, pointer: str, wish: Field) -> Spot | Problem:
    match wish.place:
        case Rectangle() as rectangle:
            return _rectangle(desk, pointer, rectangle)
        case Anchor() as anchor:
            return _anchor(desk, pointer, anchor)
        case FormField(name):
            return _form_field(desk, pointer, name)
        case ZonePosition(number, zone):
            page = desk.sheets.page(number)
            if page is None:
                return _no_page(pointer, number)
            box = zone_place(page, zone, desk.taken(page))
            return (page, box) if box else _no_room(pointer)


def _rectangle(desk: _Desk, pointer: str, asked: Rectangle) -> Spot | Problem:
    if not isinstance(desk.sheets, PdfSheets):
        return Problem(
            pointer, "page_size_unknown", "A rectangle needs a PDF: the pages of this document have no size yet."
        )
    page = desk.sheets.page(asked.page)
    if page is None:
        return _no_page(pointer, asked.page)
    return _inside(page, pointer, Box(asked.x, asked.y, asked.width, asked.height))


def _anchor(desk: _Desk, pointer: str, anchor: Anchor) -> Spot | Problem:
    if isinstance(desk.sheets, UnreadSheets):
        return None, None
    spot = desk.sheets.text(anchor.text)
    page = desk.sheets.page(spot.page) if spot else None
    if spot is None or page is None:
        return Problem(pointer, "anchor_not_found", "The anchor's text does not occur in the document.")
    usual = signature_size(page)
    box = Box(spot.box.x + anchor.dx, spot.box.y + anchor.dy, anchor.width or usual[0], anchor.height or usual[1])
    return _inside(page, pointer, box)


def _form_field(desk: _Desk, pointer: str, name: str) -> Spot | Problem:
    field_: FormFieldSpot | None = desk.sheets.form_field(name)
    page = desk.sheets.page(field_.spot.page) if field_ else None
    if field_ is None or page is None or field_.kind not in desk.form_kinds:
        return Problem(pointer, "form_field_not_found", "The document has no such signature field.")
    if field_.signed:
        return Problem(pointer, "form_field_signed", "That form field is signed already.")
    return page, field_.spot.box


def _inside(page: Page, pointer: str, box: Box) -> Spot | Problem:
    if box.width > 0 and box.height > 0 and page.holds(box):
        return page, box
    return Problem(pointer, "field_off_page", f"The field does not lie within page {page.number}.")


def _put_by_default(desk: _Desk, pointer: str, recipient: Recipient) -> None:
    page = desk.sheets.page(LAST_PAGE)
    box = default_place(page, desk.taken(page)) if page else None
    if page is None or box is None:
        desk.problems.append(_no_room(pointer))
        return
    desk.placed.append(Placed(recipient.id, desk.document.id, pointer, page, box))


def _collisions(desk: _Desk) -> Iterator[Problem]:
    """Two people's signatures on the same spot hide each other."""
    for index, one in enumerate(desk.placed):
        for other in desk.placed[:index]:
            if one.recipient != other.recipient and _collide(one, other):
                yield Problem(
                    one.pointer, "fields_overlap", f"The field overlaps {other.pointer} of another recipient."
                )


def _collide(one: Placed, other: Placed) -> bool:
    if not (one.box and other.box and one.page and other.page):
        return False
    return one.page.number == other.page.number and one.box.overlaps(other.box)


def _no_page(pointer: str, number: int) -> Problem:
    return Problem(pointer, "no_such_page", f"The document has no page {number}.")


def _no_room(pointer: str) -> Problem:
    return Problem(pointer, "no_room", "No free place for a signature is left on the page.")
