"""A document's pages for the resolver: those of a PDF, or an assumed sheet for what only the vendor can page (Word)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from esign.domain.document import Document
from esign.placement.formfields import FormFieldSpot, form_fields
from esign.placement.geometry import Page
from esign.placement.layout import COMMON_SHEET
from esign.placement.pages import Pdf, open_pdf
from esign.placement.text import Spot, find_text
from esign.ports import DocumentSource


class PdfSheets:
    """An open PDF; what was looked up once is remembered."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._pages: dict[int, Page] = {}
        self._texts: dict[tuple[str, bool], Spot | None] = {}
        self._fields: dict[str, FormFieldSpot] | None = None

    def page(self, number: int) -> Page | None:
        """Counted from 1, or from the end with -1. None: there is none. Raises UnreadablePdf."""
        absolute = self._pdf.number(number)
        if absolute is None:
            return None
        if absolute not in self._pages:
            self._pages[absolute] = self._pdf.page(absolute)
        return self._pages[absolute]

    def text(self, text: str, *, alone: bool = False) -> Spot | None:
        if (text, alone) not in self._texts:
            self._texts[text, alone] = find_text(self._pdf, text, alone=alone)
        return self._texts[text, alone]

    def form_field(self, name: str) -> FormFieldSpot | None:
        if self._fields is None:
            self._fields = form_fields(self._pdf)
        return self._fields.get(name)


class UnreadSheets:
    """Pages that nobody has laid out yet: a sheet that both usual paper sizes contain, no text, no form fields."""

    def page(self, number: int) -> Page | None:
        return Page(number, *COMMON_SHEET) if number else None

    def form_field(self, name: str) -> FormFieldSpot | None:  # noqa: ARG002 - the same question as to a PDF
        return None


Sheets = PdfSheets | UnreadSheets


@contextmanager
def sheets_of(document: Document, source: DocumentSource) -> Iterator[Sheets]:
    """Raises UnreadablePdf; the file is closed afterwards."""
    if document.content_type != "application/pdf":
        yield UnreadSheets()
        return
    with source.open(document.id) as file, open_pdf(file) as pdf:
        yield PdfSheets(pdf)
