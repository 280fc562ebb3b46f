"""Where people asked to sign in one document, and what can be said of that without looking into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, FieldType, FormField, Place, Recipient, Rectangle, ZonePosition
from esign.placement.geometry import Box, Page
from esign.placement.layout import COMMON_SHEET
from esign.placement.placed import Placed
from esign.placement.target import Target


@dataclass(frozen=True, slots=True)
class Wish:
    """One field of one person in one document; `place` None: a signer for whom nobody said where."""

    pointer: str
    recipient: Recipient
    document: DocumentId
    place: Place | None
    type: FieldType = FieldType.SIGNATURE

    def at(self, page: Page | None, box: Box | None, **more: Any) -> Placed:  # noqa: ANN401 - fields of Placed
        return Placed(self.recipient.id, self.document, self.pointer, page, box, type=self.type, **more)


def wishes_of(package: Package, document: DocumentId, target: Target) -> Iterator[Wish]:
    """By recipient in order."""
    for index, recipient in enumerate(package.recipients):
        pointer = f"/recipients/{index}"
        if recipient.signs and not recipient.fields:
            yield Wish(pointer, recipient, document, None)
        if recipient.role in target.roles:
            for number, field in enumerate(recipient.fields):
                if field.document == document:
                    yield Wish(f"{pointer}/fields/{number}", recipient, document, field.place, field.type)


def all_sayable(wishes: Sequence[Wish], target: Target) -> bool:
    """Whether every one can be told, and kept clear of the others, without the document's pages."""
    zones = [wish.place.position for wish in wishes if isinstance(wish.place, ZonePosition)]
    apart = len(zones) == len(set(zones)) and len(zones) in {0, len(wishes)}
    return apart and all(_sayable(wish, target) for wish in wishes)


def _sayable(wish: Wish, target: Target) -> bool:
    match wish.place:
        case Rectangle(page):
            return not target.needs_page and target.says_page(page)
        case FormField(name):
            return target.finds_form_field(name, wish.recipient)
        case ZonePosition(page, zone):
            return zone in target.zones and target.says_page(page)
        case _:
            return False


def as_asked(wish: Wish, target: Target) -> Placed:
    """As if it were right: nobody looks. `page` is an assumed one where the target cannot do without."""
    sheet = Page(1, *COMMON_SHEET)
    match wish.place:
        case Rectangle(page, x, y, width, height):
            seen = Page(page, *COMMON_SHEET) if target.needs_page else None
            return wish.at(seen, Box(x, y, width, height), page_number=page)
        case FormField(name) if target.finds_form_field(name, wish.recipient):
            return wish.at(None, None, form_field=name)
        case ZonePosition(page, zone) if zone in target.zones:
            return wish.at(None, None, zone=zone, page_number=page)
        case Anchor() as anchor if target.searches(anchor, wish.recipient):
            return wish.at(None, None, anchor=anchor, marker=anchor.text)
        case _:
            return wish.at(sheet, Box(0, 0, *target.size), page_number=1)
