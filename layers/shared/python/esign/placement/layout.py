"""Free room on a page: the nine zones, and the default places along the bottom. Pure arithmetic on displayed pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from esign.domain.recipient import Zone
from esign.placement.geometry import Box, Page, Shown

SIGNATURE = (150.0, 60.0)  # width and height of a signature whose size nobody gave
MARGIN = 36.0  # half an inch: printers and most letterheads keep out of it
GAP = 9.0


def default_place(page: Page, taken: Iterable[Box]) -> Box | None:
    """The first free place from the bottom left on, row by row upwards; None: the page is full."""
    return _first_free(page, _grid(page), taken)


def zone_place(page: Page, zone: Zone, taken: Iterable[Box]) -> Box | None:
    """The zone itself, or the next free place from there on into the page; None: no room is left."""
    return _first_free(page, _stack(page, zone), taken)


def signature_size(page: Page) -> tuple[float, float]:
    """The usual size, less on a page that is smaller than a signature and its margins."""
    width, height = page.shown_size
    return min(SIGNATURE[0], max(width - 2 * MARGIN, width / 2)), min(
        SIGNATURE[1], max(height - 2 * MARGIN, height / 2)
    )


def _first_free(page: Page, places: Iterable[Shown], taken: Iterable[Box]) -> Box | None:
    occupied = tuple(taken)
    boxes = (page.unrotated(place) for place in places)
    return next((box for box in boxes if page.holds(box) and not any(box.overlaps(other) for other in occupied)), None)


def _grid(page: Page) -> Iterator[Shown]:
    width, height = signature_size(page)
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


def _stack(page: Page, zone: Zone) -> Iterator[Shown]:
    """Upwards from the bottom, downwards from the top and from the middle."""
    width, height = signature_size(page)
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
