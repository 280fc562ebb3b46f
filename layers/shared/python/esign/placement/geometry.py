"""Boxes on a page, as the PDF counts and as a reader sees them. Pure arithmetic; no PDF library, no vendor.

Everything is in points (1/72 inch). A `Box` has its origin at the lower left of the unrotated visible page (the crop
box), as Coupa's rectangles do. A `Shown` has its origin at the top left of the page as a reader displays it.
"""

from __future__ import annotations

from dataclasses import dataclass

_TOLERANCE = 0.5  # points: coordinates are often rounded


@dataclass(frozen=True, slots=True)
class Box:
    """`x`, `y`: the lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Sharing more than an edge."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        upwards = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return across > _TOLERANCE and upwards > _TOLERANCE


@dataclass(frozen=True, slots=True)
class Shown:
    """`left`, `top`: the distance of the upper left corner from the displayed page's edges."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1 (-1: the last one, of a document that nobody has paged yet); `rotation` is clockwise."""

    number: int
    width: float
    height: float
    rotation: int = 0

    @property
    def shown_size(self) -> tuple[float, float]:
        """Width and height as displayed."""
        return (self.height, self.width) if self.rotation in {90, 270} else (self.width, self.height)

    def holds(self, box: Box) -> bool:
        inside_x = box.x >= -_TOLERANCE and box.x + box.width <= self.width + _TOLERANCE
        return inside_x and box.y >= -_TOLERANCE and box.y + box.height <= self.height + _TOLERANCE

    def shown(self, box: Box) -> Shown:
        """The box as the reader sees it: turned with the page."""
        right, above = self.width - box.x - box.width, self.height - box.y - box.height
        match self.rotation:
            case 90:  # the lower left corner of the paper is now on top, at the left
                return Shown(box.y, box.x, box.height, box.width)
            case 180:
                return Shown(right, box.y, box.width, box.height)
            case 270:
                return Shown(above, right, box.height, box.width)
            case _:
                return Shown(box.x, above, box.width, box.height)

    def unrotated(self, shown: Shown) -> Box:
        """The inverse of `shown`."""
        match self.rotation:
            case 90:
                return Box(shown.top, shown.left, shown.height, shown.width)
            case 180:
                return Box(self.width - shown.left - shown.width, shown.top, shown.width, shown.height)
            case 270:
                x, y = self.width - shown.top - shown.height, self.height - shown.left - shown.width
                return Box(x, y, shown.height, shown.width)
            case _:
                return Box(shown.left, self.height - shown.top - shown.height, shown.width, shown.height)
