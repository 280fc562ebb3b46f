"""Compiles where everybody signs: each neutral field becomes a place that its vendor can be told, or a problem with a name.

A signer without any field gets one on every document. Knows no vendor: a `Target` says what it can be told, and its
folder turns the result into its own words (esign.placement.measure has the arithmetic).

Two depths. A preflight verifies: every document is looked at, and each problem has a name. A Send that was verified only
compiles: a PDF is opened where a place cannot be said without its pages, and otherwise not even fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esign.domain.document import Document
from esign.domain.errors import Problem
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.placement.apart import PdfReader
from esign.placement.desk import Desk
from esign.placement.pages import UnreadablePdf
from esign.placement.placed import Placed
from esign.placement.sheets import sheets_of
from esign.placement.target import Target
from esign.placement.wishes import Wish, all_sayable, as_asked, wishes_of
from esign.ports import DocumentSource, NotShown

FOR_SENDING = 6.0  # seconds of a request: what a preflight took to be right has still to be stored and sent


@dataclass(frozen=True, slots=True)
class Placement:
    """All places by document and recipient in order, and every problem at once."""

    places: tuple[Placed, ...]
    problems: tuple[Problem, ...]

    def of(self, document: DocumentId) -> tuple[Placed, ...]:
        return tuple(place for place in self.places if place.document == document)


def resolve(
    package: Package,
    source: DocumentSource,
    *,
    target: Target,
    verify: bool = True,
    seen_as: Mapping[DocumentId, DocumentId] | None = None,
) -> Placement:
    """Every place of everybody, for one vendor. `verify=False`: the package passed a preflight, only compile it.

    `seen_as` names the PDF that stands for a document in the reader's eyes (XML); documents that only stand for others
    are not signed. All places in a document whose bytes the `source` does not show (`NotShown`) are taken to be right.
    """
    stand_ins = seen_as or {}
    placed: list[Placed] = []
    problems: list[Problem] = []
    with PdfReader(kept_back=FOR_SENDING if verify else 0.0) as reader:
        for document in package.documents:
            if document.template is not None or document.id in stand_ins.values():
                continue
            shown = package.document(stand_ins.get(document.id, document.id)) or document
            wishes = tuple(wishes_of(package, document.id, target))
            if not verify and all_sayable(wishes, target):
                placed += [as_asked(wish, target) for wish in wishes]
                continue
            places, found = _looked_at(wishes, package, shown, source, target, reader)
            placed += places
            problems += found
    return Placement(tuple(placed), tuple(problems))


def _looked_at(
    wishes: Sequence[Wish],
    package: Package,
    shown: Document,
    source: DocumentSource,
    target: Target,
    reader: PdfReader,
) -> tuple[Sequence[Placed], Sequence[Problem]]:
    try:
        with sheets_of(shown, source, reader) as sheets:
            desk = Desk(sheets, target)
            desk.lay_out(wishes)
            return desk.placed, desk.problems
    except NotShown:
        return [as_asked(wish, target) for wish in wishes], ()
    except UnreadablePdf as error:
        pointer = f"/documents/{package.documents.index(shown)}"
        return (), (Problem(pointer, error.code, f"The document {error.detail}."),)
