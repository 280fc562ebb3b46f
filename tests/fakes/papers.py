"""Documents for tests: a `DocumentSource` from bytes, and PDFs with anchors, form fields, turned and cropped pages."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from esign.domain.errors import NotFound
from esign.domain.ids import DocumentId

A4 = (595, 842)


class Papers:
    """`files`: what each document holds; `default` serves all others. `opened` counts."""

    def __init__(self, files: Mapping[str, bytes] | None = None, *, default: bytes | None = None) -> None:
        self._files = files or {}
        self._default = default
        self.opened: list[DocumentId] = []

    @contextmanager
    def open(self, document: DocumentId) -> Iterator[BinaryIO]:
        data = self._files.get(document, self._default)
        if data is None:
            raise NotFound("no such paper")
        self.opened.append(document)
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            yield file


def a_pdf(
    pages: int = 1,
    *,
    size: tuple[float, float] = A4,
    texts: Mapping[tuple[int, float, float], str] | None = None,
    rotation: int = 0,
    crop: tuple[float, float, float, float] | None = None,
    signature_fields: Mapping[str, tuple[int, float, float, float, float]] | None = None,
    password: str | None = None,
) -> bytes:
    """`texts`: (page, x, y) -> text; `signature_fields`: name -> page and box; `crop`: left, bottom, right, top."""
    out = io.BytesIO()
    encrypt = StandardEncryption("", ownerPassword=password) if password else None
    canvas = Canvas(out, pagesize=size, invariant=True, encrypt=encrypt)
    for number in range(1, pages + 1):
        canvas.setPageRotation(rotation)
        if crop:
            canvas.setCropBox(crop)
        canvas.drawString(30, size[1] - 30, f"Page {number}")
        for (page, x, y), text in (texts or {}).items():
            if page == number:
                canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return _with_fields(out, signature_fields or {})


def _with_fields(pdf: io.BytesIO, fields: Mapping[str, tuple[int, float, float, float, float]]) -> bytes:
    if not fields:
        return pdf.getvalue()
    writer = IncrementalPdfFileWriter(pdf)
    for name, (page, x, y, width, height) in fields.items():
        box = (round(x), round(y), round(x + width), round(y + height))
        append_signature_field(writer, SigFieldSpec(name, on_page=page - 1, box=box))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
