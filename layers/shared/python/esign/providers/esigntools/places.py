"""How eSignTools is told where to sign: by form fields and text tags that it finds itself, or by zones in the call."""

from __future__ import annotations

from collections.abc import Mapping

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, FormField, Place, Recipient
from esign.placement.layout import SIGNATURE
from esign.placement.measure import top_edge
from esign.placement.place import Placement
from esign.placement.target import Target
from esign.providers.esigntools.options import EsignToolsOptions, EsignToolsSettings
from esign.providers.esigntools.people import named_position, positions

Zone = dict[str, int]


def target(package: Package, settings: EsignToolsSettings, options: EsignToolsOptions) -> Target:
    """What the placement compiler may leave to eSignTools. A zone needs no page size (seeds/003, method 3)."""
    numbers = positions(package)
    width = options.default_field_width or settings.default_field_width or SIGNATURE[0]
    height = options.default_field_height or settings.default_field_height or SIGNATURE[1]
    return Target(
        needs_page=False,
        finds_form_field=lambda name, person: named_position(FormField(name)) == numbers.get(person.id, 0),
        searches=lambda anchor, person: _searched(anchor, person, numbers),
        offers=lambda person: _offered(numbers[person.id]),
        size=(float(width), float(height)),
    )


def _searched(anchor: Anchor, person: Recipient, numbers: Mapping[RecipientId, int]) -> str | None:
    """A tag is replaced where it stands, in the default size."""
    theirs = named_position(anchor) == numbers.get(person.id, 0)
    return anchor.text if theirs and not anchor.moved else None


def _offered(number: int) -> tuple[Place, ...]:
    """What a signer without fields may find in a PDF that was made for eSignTools."""
    return FormField(f"SignatorySignature_{number}_1"), Anchor(f"#signature{number}#")


def zones(placement: Placement, document: DocumentId, person: RecipientId) -> list[Zone]:
    """CreateSignatureZoneDTO of every place that eSignTools does not find itself."""
    mine = (p for p in placement.of(document) if p.recipient == person and not (p.form_field or p.marker))
    edges = (top_edge(place) for place in mine)
    return [{"page": e.page, "x": e.x, "y": e.y, "width": e.width, "height": e.height} for e in edges]
