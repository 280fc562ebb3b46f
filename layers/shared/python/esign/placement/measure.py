"""Rectangles in the units and from the origins that vendors use. Pure arithmetic; knows no vendor's name.

Each function says a compiled place in one convention; a rectangle survives the way there and back within one point. All
figures are points (1/72 inch). Where a convention counts on the sheet, it is the
unrotated visible page, as Coupa's rectangles are: no page has to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from esign.placement.geometry import Box, Shown
from esign.placement.placed import Placed


@dataclass(frozen=True, slots=True)
class Corners:
    """The lower left and the upper right corner, from the lower left of the sheet (seeds/004, §3.5.1)."""

    page: int
    llx: float
    lly: float
    urx: float
    ury: float


@dataclass(frozen=True, slots=True)
class TopEdge:
    """The upper left corner, `y` measured upwards from the bottom of the sheet, in whole points (seeds/003, fields)."""

    page: int
    x: int
    y: int
    width: int
    height: int


def corners(placed: Placed, *, whole: bool = False) -> Corners:
    """`whole`: in whole points, for vendors whose figures are integers. Raises ValueError where there is no rectangle."""
    number, box = _rectangle(placed)
    box = rounded(box) if whole else box
    return Corners(number, box.x, box.y, box.x + box.width, box.y + box.height)


def top_edge(placed: Placed) -> TopEdge:
    """Raises ValueError where there is no rectangle."""
    number, box = _rectangle(placed)
    whole = rounded(box)
    return TopEdge(number, int(whole.x), int(whole.y + whole.height), int(whole.width), int(whole.height))


def from_top(placed: Placed) -> Shown:
    """From the upper left of the page as displayed, turned with it (seeds/001, Set Process Information). No edge lies
    outside. Raises ValueError where the page was not looked at."""
    if placed.page is None or placed.box is None:
        raise ValueError("the place has no page")
    shown = placed.page.shown(placed.box)
    return Shown(max(shown.left, 0.0), max(shown.top, 0.0), shown.width, shown.height)


def rounded(box: Box) -> Box:
    """Every edge on the nearest whole point, and never flat."""
    left, bottom = round(box.x), round(box.y)
    right, top = round(box.x + box.width), round(box.y + box.height)
    return Box(left, bottom, max(right - left, 1), max(top - bottom, 1))


def _rectangle(placed: Placed) -> tuple[int, Box]:
    if placed.page_number is None or placed.box is None:
        raise ValueError("the place is no rectangle")
    return placed.page_number, placed.box
