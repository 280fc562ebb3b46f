"""Finds where a text stands in a PDF. Knows nothing of recipients or vendors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from esign.placement.geometry import Box
from esign.placement.pages import Pdf, visible_box


@dataclass(frozen=True, slots=True)
class Spot:
    """A box on the page with this number."""

    page: int
    box: Box


def find_text(pdf: Pdf, text: str, *, alone: bool = False) -> Spot | None:
    """The first occurrence in reading order, case as written, pages in order; the first line where it is broken.

    `alone`: with a blank, or the line's or text's end, on both sides.
    """
    found = (Spot(number, box) for number in pdf.searched() if (box := _on_page(pdf, number, text, alone=alone)))
    return next(found, None)


def _on_page(pdf: Pdf, number: int, text: str, *, alone: bool) -> Box | None:
    if number in pdf.letters and _letters(text) not in pdf.letters[number]:
        return None  # laying out a page's text again would cost what finding did
    with pdf.raw_page(number) as page:
        words = page.get_textpage()
        try:
            pdf.letters.setdefault(number, _letters(words.get_text_range()))
            for start, length in _hits(words, text):
                if (not alone or _stands_alone(words, start, length)) and words.count_rects(start, length):
                    left, bottom, right, top = words.get_rect(0)
                    break
            else:
                return None
        finally:
            words.close()
        origin_x, origin_y, _, _ = visible_box(page)
    return Box(left - origin_x, bottom - origin_y, right - left, top - bottom)


def _letters(text: str) -> str:
    """Without what a search overlooks or a line's end changes: blanks, hyphens, every mark."""
    return re.sub(r"[\W_]+", "", text)


def _hits(words: Any, text: str) -> Iterator[tuple[int, int]]:  # noqa: ANN401 - pypdfium2 has no type information
    search = words.search(text, match_case=True)
    try:
        while (hit := search.get_next()) is not None:
            yield hit
    finally:
        search.close()


def _stands_alone(words: Any, start: int, length: int) -> bool:  # noqa: ANN401 - pypdfium2 has no type information
    end = start + length
    before = words.get_text_range(start - 1, 1) if start else ""
    after = words.get_text_range(end, 1) if end < words.count_chars() else ""
    return not before.strip() and not after.strip()
