"""Lays out one document: whose field stands where, and what is wrong with it. Knows no vendor, only its `Target`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from esign.domain.errors import Problem
from esign.domain.recipient import Anchor, FormField, Rectangle, ZonePosition
from esign.placement.geometry import Box, Page
from esign.placement.layout import default_place, fitting, ninth, zone_place
from esign.placement.placed import Placed
from esign.placement.sheets import PdfSheets, Sheets
from esign.placement.target import Target
from esign.placement.wishes import Wish

LAST_PAGE = -1


@dataclass(slots=True)
class Desk:
    """One document, open. `placed` and `problems` are there after `lay_out`."""

    sheets: Sheets
    target: Target
    placed: list[Placed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def lay_out(self, wishes: Sequence[Wish]) -> None:
        """What was asked for exactly comes first, so that zones and default places can keep clear of it."""
        for wish in sorted(wishes, key=_looseness):
            found = self._find(wish)
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                self.placed.append(found)
        self.problems += _collisions(self.placed)

    def _find(self, wish: Wish) -> Placed | Problem:
        match wish.place:
            case Rectangle() as rectangle:
                return self._rectangle(wish, rectangle)
            case Anchor() as anchor:
                return self._anchor(wish, anchor)
            case FormField(name):
                return self._form_field(wish, name)
            case ZonePosition() as zone:
                return self._zone(wish, zone)
            case None:
                return self._offered(wish) or self._default(wish)

    def _rectangle(self, wish: Wish, asked: Rectangle) -> Placed | Problem:
        if not self.readable and (self.target.needs_page or not self.target.says_page(asked.page)):
            detail = "A rectangle needs a PDF: the pages of this document have no size yet."
            return Problem(wish.pointer, "page_size_unknown", detail)
        page = self.sheets.page(asked.page)
        if page is None:
            return _no_page(wish, asked.page)
        placed = wish.at(
            page, Box(asked.x, asked.y, asked.width, asked.height), page_number=self._number(asked.page, page)
        )
        return _inside(wish, placed, page)

    def _anchor(self, wish: Wish, anchor: Anchor) -> Placed | Problem:
        marker = self._marker(wish, anchor)
        told = anchor.text if marker else None
        if not isinstance(self.sheets, PdfSheets):
            return wish.at(None, None, anchor=anchor, marker=told) if told else _unverifiable(wish)
        spot = self.sheets.text(marker or anchor.text, alone=bool(marker) and self.target.stands_alone)
        page = self.sheets.page(spot.page) if spot else None
        if spot is None or page is None:
            detail = "The anchor's text does not occur in the document. Write it there, or give another place."
            return Problem(wish.pointer, "anchor_not_found", detail)
        width, height = fitting(page, self.target.size)
        box = Box(spot.box.x + anchor.dx, spot.box.y + anchor.dy, anchor.width or width, anchor.height or height)
        return _inside(wish, wish.at(page, box, anchor=anchor, marker=told, page_number=page.number), page)

    def _marker(self, wish: Wish, anchor: Anchor) -> str | None:
        """The text that the vendor searches, where it would find the right one: the first, and no other field's."""
        text = self.target.searches(anchor, wish.recipient)
        if text is None or any(placed.marker == anchor.text for placed in self.placed):
            return None
        if isinstance(self.sheets, PdfSheets) and self.target.stands_alone and text == anchor.text:
            return text if self.sheets.text(text, alone=True) else None
        return text

    def _form_field(self, wish: Wish, name: str) -> Placed | Problem:
        found = self.sheets.form_field(name)
        page = self.sheets.page(found.spot.page) if found else None
        if found is None or page is None or found.kind not in self.target.form_kinds:
            detail = "The document has no such signature field. Name one that it has, or give another place."
            return Problem(wish.pointer, "form_field_not_found", detail)
        if found.signed:
            return Problem(wish.pointer, "form_field_signed", "That form field is signed already. Name an empty one.")
        told = name if self.target.finds_form_field(name, wish.recipient) else None
        return wish.at(page, found.spot.box, form_field=told, page_number=page.number)

    def _zone(self, wish: Wish, asked: ZonePosition) -> Placed | Problem:
        page = self.sheets.page(asked.page)
        if page is None:
            return _no_page(wish, asked.page)
        number = self._number(asked.page, page)
        whole = ninth(page, asked.position)
        if asked.position in self.target.zones and self._free(page, whole) and self.target.says_page(number):
            return wish.at(page, whole, zone=asked.position, page_number=number)
        return self._ours(wish, page, zone_place(page, asked.position, self._taken(page), self.target.size), number)

    def _offered(self, wish: Wish) -> Placed | None:
        """What the document has for this signer, where the vendor would take it by itself."""
        if not self.readable:
            return None
        for place in self.target.offers(wish.recipient):
            found = self._find(Wish(wish.pointer, wish.recipient, wish.document, place))
            if isinstance(found, Placed):
                return found
        return None

    def _default(self, wish: Wish) -> Placed | Problem:
        page = self.sheets.page(LAST_PAGE)
        if page is None:
            return _no_page(wish, LAST_PAGE)
        return self._ours(wish, page, default_place(page, self._taken(page), self.target.size), page.number)

    def _ours(self, wish: Wish, page: Page, box: Box | None, number: int) -> Placed | Problem:
        """A place that is ours to choose."""
        if box is None:
            detail = "No free place for a signature is left on the page. Name another page, or a rectangle."
            return Problem(wish.pointer, "no_room", detail)
        if not self.target.says_page(number):
            detail = "Nobody knows yet which page of this document is its last one. Name a page, or an anchor."
            return Problem(wish.pointer, "page_unknown", detail)
        return wish.at(page, box, page_number=number)

    @property
    def readable(self) -> bool:
        return isinstance(self.sheets, PdfSheets)

    def _number(self, asked: int, page: Page) -> int:
        return asked if self.target.says_page(asked) else page.number

    def _taken(self, page: Page) -> list[Box]:
        return [p.box for p in self.placed if p.box and p.page and p.page.number == page.number]

    def _free(self, page: Page, box: Box) -> bool:
        return not any(box.overlaps(other) for other in self._taken(page))


def _looseness(wish: Wish) -> int:
    if wish.place is None:
        return 2
    return 1 if isinstance(wish.place, ZonePosition) else 0


def _inside(wish: Wish, placed: Placed, page: Page) -> Placed | Problem:
    box = placed.box
    if box and box.width > 0 and box.height > 0 and page.holds(box):
        return placed
    size = f"{page.width:.0f} by {page.height:.0f} points"
    detail = f"The field does not lie within page {page.number} ({size}). Move it, or make it smaller."
    return Problem(wish.pointer, "field_off_page", detail)


def _collisions(placed: Sequence[Placed]) -> Iterator[Problem]:
    """Two people's signatures on the same spot hide each other."""
    for index, one in enumerate(placed):
        for other in placed[:index]:
            if one.recipient != other.recipient and _collide(one, other):
                detail = f"The field overlaps {other.pointer} of another recipient. Move one of them."
                yield Problem(one.pointer, "fields_overlap", detail)


def _collide(one: Placed, other: Placed) -> bool:
    if not (one.box and other.box and one.page and other.page):
        return False
    return one.page.number == other.page.number and one.box.overlaps(other.box)


def _no_page(wish: Wish, number: int) -> Problem:
    return Problem(
        wish.pointer, "no_such_page", f"The document has no page {number}. Pages count from 1; -1 is the last."
    )


def _unverifiable(wish: Wish) -> Problem:
    detail = "In a document that is not a PDF, an anchor has to be a text that the provider itself searches."
    return Problem(wish.pointer, "anchor_not_verifiable", detail)
