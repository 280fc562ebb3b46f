"""Reads PDFs: pages, text markers, form fields, where a rectangle lies. Never writes a signature, knows no packages.

Rectangles cross this module as (left, top, width, height) in points from the top left corner of the page as displayed;
PDF's own space has its origin at the bottom left and ignores /Rotate.
"""

from __future__ import annotations

import ctypes
import functools
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

Rectangle = tuple[float, float, float, float]
_ALONE = threading.RLock()


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """One thread at a time: PDFium knows no threads, and the simulators of one process have several. Raises
    pypdfium2.PdfiumError if it cannot be opened."""
    with _ALONE, pdfium.PdfDocument(data) as document:
        yield document


@dataclass(frozen=True, slots=True)
class Spot:
    """A marker or form field that was found; `page` counts from 1."""

    name: str
    page: int
    rectangle: Rectangle
    is_signature: bool = False


@dataclass(frozen=True, slots=True)
class PageBox:
    """The visible box of a page in PDF space, and its /Rotate (0, 90, 180, 270)."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in {90, 270} else (width, height)

    def to_pdf(self, rectangle: Rectangle) -> tuple[float, float, float, float]:
        """(x1, y1, x2, y2) in PDF space of a rectangle as displayed."""
        left, top, width, height = rectangle
        first, second = self._point(left, top), self._point(left + width, top + height)
        xs, ys = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return xs[0], ys[0], xs[1], ys[1]

    def to_display(self, box: tuple[float, float, float, float]) -> Rectangle:
        """The inverse of to_pdf."""
        corners = [self._displayed(box[0], box[1]), self._displayed(box[2], box[3])]
        left, right = sorted(x for x, _ in corners)
        top, bottom = sorted(y for _, y in corners)
        return left, top, right - left, bottom - top

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return {
            0: (self.left + x, self.top - y),
            90: (self.left + y, self.bottom + x),
            180: (self.right - x, self.bottom + y),
            270: (self.right - y, self.top - x),
        }[self.rotation]

    def _displayed(self, x: float, y: float) -> tuple[float, float]:
        return {
            0: (x - self.left, self.top - y),
            90: (y - self.bottom, x - self.left),
            180: (self.right - x, y - self.bottom),
            270: (self.top - y, self.right - x),
        }[self.rotation]


class Layout:
    """What stands where in one PDF; each question is answered once. Raises pypdfium2.PdfiumError if it cannot be opened."""

    def __init__(self, data: bytes, marker: re.Pattern[str]) -> None:
        """`marker` is what a text marker looks like to the vendor."""
        self._data, self._marker = data, marker

    @functools.cached_property
    def boxes(self) -> list[PageBox]:
        """One per page."""
        with opened(self._data) as document:
            return [_box(page) for page in document]

    @functools.cached_property
    def markers(self) -> list[Spot]:
        """Text markers, in reading order."""
        with opened(self._data) as document:
            return [spot for number, page in enumerate(document, 1) for spot in _markers(page, number, self._marker)]

    @functools.cached_property
    def form_fields(self) -> list[Spot]:
        """Form fields of any kind, signature fields included."""
        with opened(self._data) as document:
            if document.get_formtype() == pdfium_c.FORMTYPE_NONE:
                return []
            document.init_forms()
            return [spot for number, page in enumerate(document, 1) for spot in _fields(document, page, number)]


def page_box(data: bytes, number: int) -> PageBox:
    """Of one page, counted from 1."""
    with opened(data) as document:
        return _box(document[number - 1])


def is_flawed(data: bytes) -> bool:
    """Whether a strict reader stumbles over it."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        reader.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    except (PdfError, KeyError, ValueError, TypeError):
        return True
    return bool(reader.encrypted)


def repaired(data: bytes) -> bytes:
    """The same document written anew: pdfium rebuilds the cross-references, pyHanko drops what then dangles."""
    rebuilt, out = io.BytesIO(), io.BytesIO()
    with opened(data) as document:
        document.save(rebuilt)
    copy_into_new_writer(PdfFileReader(rebuilt, strict=False)).write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _box(page: pdfium.PdfPage) -> PageBox:
    left, bottom, right, top = page.get_cropbox()
    return PageBox(left, bottom, right, top, page.get_rotation())


def _markers(page: pdfium.PdfPage, number: int, marker: re.Pattern[str]) -> Iterator[Spot]:
    text_page = page.get_textpage()
    box = _box(page)
    for found in marker.finditer(text_page.get_text_range()):
        chars = [text_page.get_charbox(index) for index in range(found.start(), found.end())]
        outline = (
            min(c[0] for c in chars),
            min(c[1] for c in chars),
            max(c[2] for c in chars),
            max(c[3] for c in chars),
        )
        yield Spot(found.group(), number, box.to_display(outline))


def _fields(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int) -> Iterator[Spot]:
    box = _box(page)
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        kind = pdfium_c.FPDFAnnot_GetFormFieldType(document.formenv, annotation)
        if kind > 0:
            rectangle = pdfium_c.FS_RECTF()
            pdfium_c.FPDFAnnot_GetRect(annotation, rectangle)
            outline = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            name = _field_name(document, annotation)
            yield Spot(name, number, box.to_display(outline), kind == pdfium_c.FPDF_FORMFIELD_SIGNATURE)
        pdfium_c.FPDFPage_CloseAnnot(annotation)


def _field_name(document: pdfium.PdfDocument, annotation: object) -> str:
    length = pdfium_c.FPDFAnnot_GetFormFieldName(document.formenv, annotation, None, 0)
    buffer = ctypes.create_string_buffer(length)
    wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    pdfium_c.FPDFAnnot_GetFormFieldName(document.formenv, annotation, wide, length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le")
