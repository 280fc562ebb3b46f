"""What the compiler hands to a vendor's folder: one place to sign. Knows no vendor and no PDF."""

from __future__ import annotations

from dataclasses import dataclass

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.recipient import Anchor, FieldType, Zone
from esign.placement.geometry import Box, Page


@dataclass(frozen=True, slots=True)
class Placed:
    """To be told in the first of these ways that is set: `form_field` (a name that the vendor finds), `marker` (a text
    that it searches, with the offsets of `anchor`), `zone` (which it places), else the rectangle `page_number`, `box`.

    `page_number` counts from 1, or is -1 where the vendor understands that; `box` is in points from the lower left of the
    unrotated visible page. They are None for what the vendor finds itself and nobody looked for. `page` is there where
    the document was looked at.
    """

    recipient: RecipientId
    document: DocumentId
    pointer: str  # to the field in the package, or to its recipient
    page: Page | None
    box: Box | None
    anchor: Anchor | None = None  # as it was asked for
    form_field: str | None = None
    marker: str | None = None
    zone: Zone | None = None
    page_number: int | None = None
    type: FieldType = FieldType.SIGNATURE
