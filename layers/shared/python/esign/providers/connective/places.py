"""Our places to sign as Connective measures them: from the top left of the displayed page, or by a name that it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from esign.domain.ids import RecipientId
from esign.placement.place import Placed

MARKER = re.compile(r"#[a-zA-Z]+(?:\d*.)?\d+")  # contracts/connective.md §A6


@dataclass(frozen=True, slots=True)
class SigningField:
    """A place to sign. `left` and `top` in points from the displayed page's top left; or a marker or form field's name."""

    label: str  # unique in the document: finds the field's location id again
    recipient: RecipientId
    page: int | None = None
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0
    marker: str | None = None  # a text marker
    form_field: str | None = None


def signing_field(number: int, placed: Placed) -> SigningField:
    """`number` counts the document's fields from 1."""
    label = f"{placed.recipient}_f{number:03d}"
    if placed.form_field:
        return SigningField(label, placed.recipient, form_field=placed.form_field)
    if placed.anchor and is_marker(placed):
        return SigningField(label, placed.recipient, marker=placed.anchor.text)
    if not (placed.page and placed.box):  # an anchor in a Word file that is no marker: rules.py refuses it
        return SigningField(label, placed.recipient)
    shown = placed.page.shown(placed.box)
    left, top = max(shown.left, 0.0), max(shown.top, 0.0)
    return SigningField(label, placed.recipient, placed.page.number, left, top, shown.width, shown.height)


def is_marker(placed: Placed) -> bool:
    """Whether Connective finds the anchor itself: a marker of its own form, neither moved nor resized."""
    anchor = placed.anchor
    if anchor is None or anchor.dx or anchor.dy or anchor.width or anchor.height:
        return False
    return MARKER.fullmatch(anchor.text) is not None
