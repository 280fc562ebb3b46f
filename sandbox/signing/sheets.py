"""Plain pages of text as a PDF: proofs, certificates, converted files. Knows no vendor."""

from __future__ import annotations

import io
from collections.abc import Iterable
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate

_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=15)


def text_pdf(lines: Iterable[str]) -> bytes:
    """As many A4 pages as the lines need; at least one."""
    out = io.BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, invariant=1)
    document.build([Paragraph(escape(line) or "&nbsp;", _TEXT) for line in (*lines, "")])
    return out.getvalue()
