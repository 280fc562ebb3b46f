"""What a vendor can be told about a place to sign: the table that the compiler follows. Knows no vendor's name.

A vendor's folder makes one `Target` for each API that can be told different things, and picks one measure of
`esign.placement.measure` for its rectangles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from esign.domain.recipient import Anchor, Place, Recipient, Role, Zone
from esign.placement.layout import SIGNATURE


def any_name(_name: str, _recipient: Recipient) -> bool:
    return True


def never_searches(_anchor: Anchor, _recipient: Recipient) -> str | None:
    return None


def offers_nothing(_recipient: Recipient) -> tuple[Place, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How one vendor is told where to sign. What it cannot be told is computed here and said as a rectangle.

    needs_page: its rectangles cannot be said without the page's size and turn (it counts from the displayed top).
    says_last_page: it takes page -1 for the last one.
    finds_form_field: (name, recipient) -> the vendor finds this form field for this person itself. Others become a
        rectangle on the field's spot.
    form_kinds: the kinds of form fields that can be signed, of "signature" and "text".
    searches: (anchor, recipient) -> the text for which the vendor looks itself when it is given `anchor.text`, with its
        placeholders filled in; None: not one that it finds, or not with these offsets or this size.
    stands_alone: the vendor finds a text only with a blank or the line's end on both sides.
    zones: those that the vendor places itself. One whose ninth of the page is taken by another field is computed.
    offers: recipient -> places that the vendor would take by itself if the document has them; they are tried, in order,
        for a signer without any field before the default spot.
    roles: whose fields are compiled. A default place is given to signers only.
    size: width and height in points of a signature whose size nobody gave.
    """

    needs_page: bool = True
    says_last_page: bool = False
    finds_form_field: Callable[[str, Recipient], bool] = any_name
    form_kinds: Collection[str] = ("signature",)
    searches: Callable[[Anchor, Recipient], str | None] = never_searches
    stands_alone: bool = False
    zones: frozenset[Zone] = frozenset()
    offers: Callable[[Recipient], tuple[Place, ...]] = offers_nothing
    roles: frozenset[Role] = frozenset({Role.SIGNER})
    size: tuple[float, float] = SIGNATURE

    def says_page(self, number: int) -> bool:
        """Whether the vendor understands the number as it was asked for."""
        return number > 0 or (number == -1 and self.says_last_page)
