"""Where an action stands on a PDF: compass, coordinates, tags (§3.5.1, §4.1, §6.1). Knows no people's work.

Answers are (page from 1, rectangle as displayed), as sandbox.signing takes them; PDF points, origin at the lower left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium

from sandbox.providers.gosign.errors import process_error
from sandbox.providers.gosign.model import Appearance, User
from sandbox.signing.pdf import Layout, PageBox, Rectangle, opened, page_box

SIZE = (150.0, 50.0)  # of a tag that was given no rectangle [I]
MARGIN = 24.0
NO_MARKER = re.compile(r"(?!)")
Box = tuple[float, float, float, float]


def spots(
    content: bytes, where: Appearance, *, actors: Sequence[User], separators: Sequence[str] = ()
) -> list[tuple[int, Rectangle]]:
    """All places of one action: -2 and -3 have several (§4.1). Raises Refusal for a page or tag that is not there."""
    with opened(content) as document:
        count = len(document)
        if where.kind == "tag":
            page, box = _tagged(document, where, actors, separators)
            found = [(page, box)]
        else:
            found = [(page, _box(where, page_box(content, page))) for page in _pages(where.page, count)]
    return [(page, page_box(content, page).to_display(box)) for page, box in found]


def field_exists(content: bytes, name: str) -> bool:
    return any(spot.is_signature and spot.name == name for spot in Layout(content, NO_MARKER).form_fields)


def _pages(page: int, count: int) -> list[int]:
    special = {-1: [count], -2: list(range(1, count + 1)), -3: sorted({1, count})}
    if page in special:
        return special[page]
    if page > count:
        raise process_error(f"Page {page} does not exist")
    return [page]


def _box(where: Appearance, sheet: PageBox) -> Box:
    if where.kind == "coord":
        # §4.3.2 prints lly above ury (row 9): the two corners are what counts.
        llx, lly, urx, ury = where.box
        return min(llx, urx), min(lly, ury), max(llx, urx), max(lly, ury)
    if where.kind != "compass" or not where.quadrant:
        return 0, 0, 0, 0
    width, height = SIZE
    columns = {"L": sheet.left + MARGIN, "C": (sheet.left + sheet.right - width) / 2, "R": sheet.right - width - MARGIN}
    rows = {"B": sheet.bottom + MARGIN, "M": (sheet.bottom + sheet.top - height) / 2, "T": sheet.top - height - MARGIN}
    left, bottom = columns[where.quadrant[0]], rows[where.quadrant[1]]
    return left, bottom, left + width, bottom + height


def _tagged(
    document: pdfium.PdfDocument, where: Appearance, actors: Sequence[User], separators: Sequence[str]
) -> tuple[int, Box]:
    """§6.1: "GoSign stops at the first occurrence found"; the rectangle of two tags holds the mark in its centre."""
    page, first = _found(document, where.start_tag, actors, separators)
    x, y = where.offset
    if not where.end_tag:
        left, bottom = first[0] + x, first[1] + y
        return page, (left, bottom, left + SIZE[0], bottom + SIZE[1])
    other_page, last = _found(document, where.end_tag, actors, separators)
    if other_page != page:
        raise process_error("The two tags stand on different pages")
    one, two = (
        ((first[0], first[1]), (last[2], last[3]))
        if where.corner == "BLR"
        else ((first[0], first[3]), (last[2], last[1]))
    )
    middle = ((one[0] + two[0]) / 2 + x, (one[1] + two[1]) / 2 + y)
    half = (min(SIZE[0], abs(two[0] - one[0])) / 2, min(SIZE[1], abs(two[1] - one[1])) / 2)
    return page, (middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])


def _found(
    document: pdfium.PdfDocument, pattern: str, actors: Sequence[User], separators: Sequence[str]
) -> tuple[int, Box]:
    tag = pattern if separators else _filled(pattern, actors)
    if separators and not any(tag.startswith(s) and tag.endswith(s) and len(tag) > 2 * len(s) for s in separators):
        raise process_error(f"Not a valid tag: {pattern}")  # §3.5.1: the same separator before and after it
    for number, page in enumerate(document, 1):
        for box in _occurrences(page, tag, isolated=not separators):
            return number, box
    raise process_error(f"Tag not found: {pattern}")  # [I]; the document names no code


def _filled(pattern: str, actors: Sequence[User]) -> str:
    """§3.5.1: %3 is the e-mail, %4 the id; the n-th placeholder speaks of the n-th actor [I: the last one repeats]."""
    people = iter(actors)
    last: list[User] = list(actors[-1:])

    def fill(match: re.Match[str]) -> str:
        user = next(people, last[0] if last else None)
        return match.group() if user is None else (user.email if match.group() == "%3" else user.ext_id)

    return re.sub("%[34]", fill, pattern)


def _occurrences(page: pdfium.PdfPage, tag: str, *, isolated: bool) -> Iterator[Box]:
    text = page.get_textpage()
    whole = text.get_text_range()
    for match in re.finditer(re.escape(tag), whole):
        before, after = whole[match.start() - 1 : match.start()], whole[match.end() : match.end() + 1]
        if isolated and not ((not before or before.isspace()) and (not after or after.isspace())):
            continue  # §3.5.1: "isolated in the text and then separated by spaces"
        boxes = [text.get_charbox(index) for index in range(match.start(), match.end())]
        yield min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
