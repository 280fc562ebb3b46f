"""Opens a PDF and tells the size and turn of its pages. The only module that imports pypdfium2, and only when asked.

PDFium is C++ and reads what strangers upload: a document is opened from its file (never copied into memory), at most
`MAX_PAGES` pages are looked at, and it is always closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from esign.placement.geometry import Page

MAX_PAGES = 500  # that a search looks at; a longer contract can still be signed, on any page that is named
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_NOT_ENCRYPTED = -1


class UnreadablePdf(Exception):
    """`code` is `pdf_encrypted` or `pdf_damaged`; the text is a clause for the caller."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Pdf:
    """An open PDF. Page numbers count from 1, or from the end with -1."""

    def __init__(self, handle: Any) -> None:  # noqa: ANN401 - pypdfium2 has no type information
        self.handle = handle
        self.page_count: int = len(handle)
        self.letters: dict[int, str] = {}  # by page: what a search has seen there, letters and digits only

    def number(self, asked: int) -> int | None:
        """The page counted from the front; None when the document has no such page."""
        number = asked if asked > 0 else self.page_count + 1 + asked
        return number if asked != 0 and 1 <= number <= self.page_count else None

    def page(self, number: int) -> Page:
        """Raises UnreadablePdf when the page is broken."""
        with self.raw_page(number) as raw:
            left, bottom, right, top = visible_box(raw)
            return Page(number, right - left, top - bottom, int(raw.get_rotation()) % 360)

    @contextmanager
    def raw_page(self, number: int) -> Iterator[Any]:
        """PDFium's own page, closed afterwards."""
        import pypdfium2  # here: it costs 30 ms that most functions never need

        try:
            page = self.handle[number - 1]
        except pypdfium2.PdfiumError:
            raise UnreadablePdf("pdf_damaged", f"page {number} cannot be read") from None
        try:
            yield page
        finally:
            page.close()

    def searched(self) -> Iterator[int]:
        """The numbers of the pages that a search looks at."""
        yield from range(1, min(self.page_count, MAX_PAGES) + 1)


def visible_box(raw_page: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - pypdfium2 has no type information
    """Left, bottom, right, top of what is displayed: the crop box as far as it lies inside the media box."""
    crop, media = raw_page.get_cropbox(), raw_page.get_mediabox()
    box = (max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3]))
    return box if box[0] < box[2] and box[1] < box[3] else media


@contextmanager
def open_pdf(file: BinaryIO) -> Iterator[Pdf]:
    """The PDF in a seekable file, which stays the caller's to close. Raises UnreadablePdf."""
    import pypdfium2

    try:
        handle = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(getattr(error, "err_code", None)) from None
    try:
        if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(handle) != _NOT_ENCRYPTED:
            raise _unreadable(_PASSWORD_ERROR)
        if not len(handle):
            raise _unreadable(None)
        yield Pdf(handle)
    finally:
        handle.close()


def _unreadable(code: int | None) -> UnreadablePdf:
    if code == _PASSWORD_ERROR:
        return UnreadablePdf("pdf_encrypted", "is encrypted: a signature cannot be added")
    return UnreadablePdf("pdf_damaged", "is not a readable PDF")
