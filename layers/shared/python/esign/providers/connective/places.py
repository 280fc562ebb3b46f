"""Our places to sign as Connective measures them: from the top left of the displayed page, or by a name that it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from esign.domain.ids import RecipientId
from esign.domain.recipient import Anchor, Recipient
from esign.placement.measure import from_top
from esign.placement.placed import Placed
from esign.placement.target import Target

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
    if placed.marker:
        return SigningField(label, placed.recipient, marker=placed.marker)
    shown = from_top(placed)
    page = placed.page.number if placed.page else None
    return SigningField(label, placed.recipient, page, shown.left, shown.top, shown.width, shown.height)


def own_marker(anchor: Anchor, _recipient: Recipient) -> str | None:
    """What Connective finds itself: a marker of its own form, neither moved nor resized."""
    return anchor.text if not anchor.moved and MARKER.fullmatch(anchor.text) else None


# seeds/001, Set Process Information: "Unique reference to a signing field, text marker or textfield". A page number may be
# negative (contracts/connective.md §A5).
TARGET = Target(needs_page=True, says_last_page=True, form_kinds=("signature", "text"), searches=own_marker)
