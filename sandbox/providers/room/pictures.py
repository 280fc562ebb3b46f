"""Pages of a PDF as pictures for the screen. Knows no documents but their bytes."""

from __future__ import annotations

import io

import pypdfium2 as pdfium

from sandbox.signing.pdf import opened

SCALE = 1.6  # pixels per point: sharp at the width of the room
LARGEST = 2400.0  # pixels of a side, whatever the page claims to measure


def sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of every page in points; nothing for what is no PDF that opens."""
    try:
        with opened(data) as document:
            return [
                (round(width), round(height)) for width, height in map(document.get_page_size, range(len(document)))
            ]
    except pdfium.PdfiumError:
        return []


def png(data: bytes, page: int) -> bytes | None:
    """Page from 1, with what signers wrote on it; None: there is no such page."""
    try:
        with opened(data) as document:
            if page > len(document):
                return None
            document.init_forms()
            one = document[page - 1]
            scale = min(SCALE, LARGEST / max(*one.get_size(), 1.0))
            out = io.BytesIO()
            one.render(scale=scale, may_draw_forms=True).to_pil().save(out, "PNG")
            return out.getvalue()
    except pdfium.PdfiumError:
        return None
