"""Finds where a text stands in a PDF. Knows nothing of recipients or vendors."""

from __future__ import annotations

from dataclasses import dataclass

from esign.placement.geometry import Box
from esign.placement.pages import Pdf, visible_box


@dataclass(frozen=True, slots=True)
class Spot:
    """A box on the page with this number."""

    page: int
    box: Box


def find_text(pdf: Pdf, text: str) -> Spot | None:
    """The first occurrence in reading order, case as written, pages in order; the first line where it is broken."""
    return next((Spot(number, box) for number in pdf.searched() if (box := _on_page(pdf, number, text))), None)


def _on_page(pdf: Pdf, number: int, text: str) -> Box | None:
    with pdf.raw_page(number) as page:
        words = page.get_textpage()
        try:
            hit = words.search(text, match_case=True).get_next()
            if hit is None or not words.count_rects(*hit):
                return None
            left, bottom, right, top = words.get_rect(0)
        finally:
            words.close()
        origin_x, origin_y, _, _ = visible_box(page)
    return Box(left - origin_x, bottom - origin_y, right - left, top - bottom)
