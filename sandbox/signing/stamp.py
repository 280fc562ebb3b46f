"""Draws what a signature looks like on a page: a framed note, no cryptography. Knows no vendor."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.stamp import TextStamp, TextStampStyle

from sandbox.signing.pdf import Rectangle, page_box


def stamped(data: bytes, places: Iterable[tuple[int, Rectangle]], lines: Sequence[str]) -> bytes:
    """`data` plus one incremental update with `lines` at each place: (page from 1, rectangle as displayed)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    style = TextStampStyle(stamp_text="\n".join(map(_printable, lines)), background=None)
    for page, rectangle in places:
        left, bottom, right, top = page_box(data, page).to_pdf(rectangle)
        box = BoxConstraints(width=max(round(right - left), 1), height=max(round(top - bottom), 1))
        TextStamp(writer, style, box=box).apply(page - 1, round(left), round(bottom))
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _printable(line: str) -> str:
    """The stamp's font knows Latin letters only; what it does not know is a question mark."""
    return line.encode("latin-1", "replace").decode("latin-1").replace("%", "%%")
