"""A document's pages for the resolver: those of a PDF, or an assumed sheet for what only the vendor can page (Word)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from esign.domain.content import PDF
from esign.domain.document import Document
from esign.placement.apart import PdfReader
from esign.placement.formfields import FormFieldSpot
from esign.placement.geometry import Box, Page
from esign.placement.layout import COMMON_SHEET
from esign.placement.text import Spot
from esign.ports import DocumentSource


class PdfSheets:
    """A PDF that is open in the reader; no question is asked twice. All raise UnreadablePdf."""

    def __init__(self, reader: PdfReader) -> None:
        self._ask = lru_cache(maxsize=None)(reader.ask)

    def page(self, number: int) -> Page | None:
        """Counted from 1, or from the end with -1. None: there is none."""
        found = self._ask("page", number=number)
        return Page(**found) if found else None

    def text(self, text: str, *, alone: bool = False) -> Spot | None:
        found = self._ask("text", text=text, alone=alone)
        return _spot(found) if found else None

    def form_field(self, name: str) -> FormFieldSpot | None:
        found = self._ask("form_field", name=name)
        return FormFieldSpot(found["name"], found["kind"], _spot(found["spot"]), found["signed"]) if found else None


def _spot(told: dict[str, Any]) -> Spot:
    return Spot(told["page"], Box(**told["box"]))


class UnreadSheets:
    """Pages that nobody has laid out yet: a sheet that both usual paper sizes contain, no text, no form fields."""

    def page(self, number: int) -> Page | None:
        return Page(number, *COMMON_SHEET) if number else None

    def form_field(self, name: str) -> FormFieldSpot | None:  # noqa: ARG002 - the same question as to a PDF
        return None


Sheets = PdfSheets | UnreadSheets


@contextmanager
def sheets_of(document: Document, source: DocumentSource, reader: PdfReader) -> Iterator[Sheets]:
    """Raises UnreadablePdf; the file is closed afterwards."""
    if document.content_type != PDF:
        yield UnreadSheets()
        return
    with source.open(document.id) as file:
        reader.open(file)
        yield PdfSheets(reader)
