"""Free room on a page: the nine zones, and the default places along the bottom. Pure arithmetic on displayed pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esign.domain.recipient import Zone
from esign.placement.geometry import Box, Page, Shown

SIGNATURE = (150.0, 60.0)  # width and height of a signature whose size nobody gave
MARGIN = 36.0  # half an inch: printers and most letterheads keep out of it
GAP = 9.0
COMMON_SHEET = (595.0, 792.0)  # what lies on A4 and on US Letter alike, in points
Size = tuple[float, float]


def default_place(page: Page, taken: Iterable[Box], size: Size = SIGNATURE) -> Box | None:
    """The first free place from the bottom left on, row by row upwards; None: the page is full."""
    return _first_free(page, _grid(page, size), taken)


def zone_place(page: Page, zone: Zone, taken: Iterable[Box], size: Size = SIGNATURE) -> Box | None:
    """The zone itself, or the next free place from there on into the page; None: no room is left."""
    return _first_free(page, _stack(page, zone, size), taken)


def ninth(page: Page, zone: Zone) -> Box:
    """The part of the page, one of nine alike, somewhere in which a vendor puts what it is told to put there."""
    width, height = (side / 3 for side in page.shown_size)
    row, column = zone.value.split("_")
    left = {"LEFT": 0.0, "CENTER": width, "RIGHT": 2 * width}[column]
    top = {"TOP": 0.0, "MIDDLE": height, "BOTTOM": 2 * height}[row]
    return page.unrotated(Shown(left, top, width, height))


def fitting(page: Page, size: Size = SIGNATURE) -> Size:
    """The size, or less on a page that is smaller than a signature and its margins."""
    width, height = page.shown_size
    return min(size[0], max(width - 2 * MARGIN, width / 2)), min(size[1], max(height - 2 * MARGIN, height / 2))


def _first_free(page: Page, places: Iterable[Shown], taken: Iterable[Box]) -> Box | None:
    occupied = tuple(taken)
    boxes = (page.unrotated(place) for place in places)
    return next((box for box in boxes if page.holds(box) and not any(box.overlaps(other) for other in occupied)), None)


def _grid(page: Page, size: Size) -> Iterator[Shown]:
    width, height = fitting(page, size)
    for top in _steps_up(page, height):
        left = min(MARGIN, (page.shown_size[0] - width) / 2)
        while left + width <= page.shown_size[0] - left / 2:
            yield Shown(left, top, width, height)
            left += width + GAP


def _steps_up(page: Page, height: float) -> Iterator[float]:
    top = page.shown_size[1] - _margin(page.shown_size[1], height) - height
    while top >= 0:
        yield top
        top -= height + GAP


def _stack(page: Page, zone: Zone, size: Size) -> Iterator[Shown]:
    """Upwards from the bottom, downwards from the top and from the middle."""
    width, height = fitting(page, size)
    full_width, full_height = page.shown_size
    row, column = zone.value.split("_")
    left = _aligned(column, full_width, width)
    top = _aligned(row, full_height, height)
    step = (height + GAP) * (-1 if row == "BOTTOM" else 1)
    while 0 <= top <= full_height - height:
        yield Shown(left, top, width, height)
        top += step


def _aligned(side: str, room: float, size: float) -> float:
    match side:
        case "TOP" | "LEFT":
            return _margin(room, size)
        case "BOTTOM" | "RIGHT":
            return room - _margin(room, size) - size
        case _:
            return (room - size) / 2


def _margin(room: float, size: float) -> float:
    return min(MARGIN, (room - size) / 2)
