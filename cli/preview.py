"""Pictures of the pages with the fields on them, for a person to look at. Reads the operator's own files, nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cli.errors import Failure
from esign.coupa.mapping_recipients import new_recipients
from esign.domain.content import PDF
from esign.domain.document import Document
from esign.domain.drafts import NewRecipient
from esign.domain.ids import AccountId, DocumentId, document_id, new_package_id, recipient_id
from esign.domain.package import Package, ProviderState
from esign.domain.recipient import Field, Recipient
from esign.domain.status import DocumentStatus, PackageStatus
from esign.placement.geometry import Shown
from esign.placement.pages import open_pdf
from esign.placement.place import Placement
from esign.placement.placed import Placed

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE = 1.5  # pixels of a point
_COLOURS = ("#c0392b", "#2471a3", "#1e8449", "#b9770e", "#7d3c98", "#117a65")


@dataclass(frozen=True, slots=True)
class Asked:
    """A package that exists on paper only, and a `DocumentSource` of its files."""

    package: Package
    files: dict[DocumentId, Path] = field(default_factory=dict)

    @contextmanager
    def open(self, document: DocumentId) -> Iterator[BinaryIO]:
        with self.files[document].open("rb") as file:
            yield file


def read_package(path: Path) -> Asked:
    """Raises Failure, and what addRecipients raises."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        documents, recipients = told["documents"], told["recipients"]
        papers = [(d["file"], d.get("externalId") or d["file"]) for d in documents]
    except (ValueError, KeyError, TypeError, AttributeError):
        sentence = 'The file must be JSON: {"documents": [{"file", "externalId"}], "recipients": [...]}.'
        raise Failure(sentence, code="malformed_request") from None
    now = datetime.now(UTC)
    package = Package(
        id=new_package_id(now),
        account=AccountId("preview"),
        name=path.stem,
        status=PackageStatus.DRAFT,
        created_at=now,
        updated_at=now,
        provider=ProviderState("preview"),
    )
    asked = Asked(package)
    listed = tuple(_document(asked, path.parent / name, own, n) for n, (name, own) in enumerate(papers, start=1))
    package = replace(package, documents=listed)
    people = [_person(package, new, n) for n, new in enumerate(new_recipients({"recipients": recipients}), start=1)]
    return replace(asked, package=replace(package, recipients=tuple(people)))


def _document(asked: Asked, file: Path, external: str, number: int) -> Document:
    if not file.is_file():
        raise Failure(f"There is no file {file}.", code="not_found")
    identifier = document_id(asked.package.id, number)
    asked.files[identifier] = file
    return Document(identifier, external, file.name, PDF, number, DocumentStatus.STORED)


def _person(package: Package, new: NewRecipient, number: int) -> Recipient:
    fields = []
    for wish in new.fields:
        document = package.document(wish.document)
        if document is None:
            raise Failure(f"No document has the externalId {wish.document}.", code="unknown_document")
        fields.append(Field(document.id, wish.place, wish.type))
    identifier = recipient_id(package.id, number)
    return Recipient(
        identifier, new.external_id, new.first_name, new.last_name, new.email, new.role, fields=tuple(fields)
    )


def draw(asked: Asked, placement: Placement, out: Path) -> list[Path]:
    """One PNG for each page with fields, in order."""
    out.mkdir(parents=True, exist_ok=True)
    people = [recipient.id for recipient in asked.package.recipients]
    pictures = []
    for document in asked.package.documents:
        placed = placement.of(document.id)
        with asked.open(document.id) as file, open_pdf(file) as pdf:
            for number in sorted({place.page.number for place in placed if place.page}):
                with pdf.raw_page(number) as raw:
                    picture = raw.render(scale=SCALE).to_pil()
                for place in placed:
                    if place.page and place.box and place.page.number == number:
                        who = people.index(place.recipient)
                        _frame(picture, place, place.page.shown(place.box), who)
                path = out / f"{Path(document.name).stem}-{document.order}-page-{number}.png"
                picture.save(path)
                pictures.append(path)
    return pictures


def _frame(picture: Image, place: Placed, shown: Shown, who: int) -> None:
    """In the person's colour, with their number and where the package asks for it."""
    from PIL import ImageDraw

    corners: Any = [
        (shown.left * SCALE, shown.top * SCALE),
        ((shown.left + shown.width) * SCALE, (shown.top + shown.height) * SCALE),
    ]
    colour = _COLOURS[who % len(_COLOURS)]
    pen = ImageDraw.Draw(picture)
    pen.rectangle(corners, outline=colour, width=2)
    pen.text((corners[0][0] + 4, corners[0][1] + 3), f"{who + 1}: {place.type.value} {place.pointer}", fill=colour)
