"""The demo's own contract: two readable pages, with a place to sign that an anchor finds. The same bytes every time.

At each signature line stands a marker in white, `#SIGN1#` for the supplier and `#SIGN2#` for the buyer: readable by
software, invisible on paper.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table

SUPPLIER_MARKER, BUYER_MARKER = "#SIGN1#", "#SIGN2#"

_INK, _ACCENT, _RULE = HexColor("#1d2733"), HexColor("#0b5cad"), HexColor("#c9d2dc")
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=25, textColor=_ACCENT, spaceAfter=4)
_LEAD = ParagraphStyle("lead", fontName="Helvetica", fontSize=10, leading=14, textColor=HexColor("#5a6775"))
_HEAD = ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=11.5, leading=15, textColor=_INK, spaceBefore=12)
_TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=10, leading=14.5, textColor=_INK, alignment=TA_JUSTIFY)
_CELL = ParagraphStyle("cell", parent=_TEXT, alignment=0)

_PARTIES = (
    ("Supplier", "Meridian Fasteners N.V.<br/>Havenlaan 88, 1000 Brussels, Belgium"),
    ("Buyer", "Aldergate Manufacturing Ltd.<br/>14 Foundry Row, Leeds LS1 4AP, United Kingdom"),
    ("Contract", "MSA-2026-0417, effective 1 December 2026"),
)

# A clause is a heading and the lines below it.
_FIRST_PAGE = """
1. Purpose
This Master Supply Agreement sets out the terms on which the Supplier delivers industrial fasteners and related goods
to the Buyer. Each purchase order that the Buyer places under this Agreement forms part of it; where an order and this
Agreement differ, this Agreement prevails unless the order says expressly that it does not.

2. Orders and delivery
Orders are placed electronically and are binding once the Supplier has confirmed them, which it does within two
working days. Goods are delivered DAP at the Buyer's site named in the order (Incoterms 2020). Risk passes on
delivery, title on payment in full.

3. Prices and payment
Prices are those of Schedule A, in euro and without value added tax. They are fixed for twelve months and may then be
adjusted once a year, by no more than the change of the harmonised index of consumer prices. Invoices are due thirty
days after receipt.

4. Quality
The Supplier maintains a quality management system certified to ISO 9001 and supplies a certificate of conformity with
each delivery. The Buyer reports visible defects within ten working days of delivery and hidden ones within ten
working days of their discovery.
"""

_SECOND_PAGE = """
5. Liability
Neither party's liability is limited for intent, gross negligence or injury to persons. In all other cases it is
limited to the greater of one million euro and the value of the orders placed in the preceding twelve months.

6. Confidentiality and data protection
Each party keeps confidential what it learns of the other's business and uses it for this Agreement only. Personal
data are processed under Regulation (EU) 2016/679 and solely to perform this Agreement.

7. Term
This Agreement runs for three years from its effective date. Either party may end it with six months' notice, or at
once for a material breach that is not remedied within thirty days of written notice.

8. Law and signature
Belgian law applies, without the United Nations Convention on Contracts for the International Sale of Goods. The
courts of Brussels have jurisdiction. The parties agree to sign electronically, and that an electronic signature under
Regulation (EU) No 910/2014 binds them as one by hand would.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Who signs on a line of the last page."""

    party: str
    signatory: str
    marker: str


_LINES = (
    Line("For the Supplier", "Managing Director", SUPPLIER_MARKER),
    Line("For the Buyer", "Head of Procurement", BUYER_MARKER),
)


class SignatureLine(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A labelled line with room to sign above it, and its marker at the lower left of that room."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        return min(width, 7.5 * cm), 3.6 * cm

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(_INK)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(0, 3.2 * cm, self._line.party)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(0, 1.1 * cm, self._line.marker)
        canvas.setStrokeColor(_INK)
        canvas.setLineWidth(0.7)
        canvas.line(0, 0.9 * cm, 7.2 * cm, 0.9 * cm)
        canvas.setFillColor(_INK)
        canvas.setFont("Helvetica", 8.5)
        canvas.drawString(0, 0.5 * cm, f"{self._line.signatory}, date and signature")


def sample_contract() -> bytes:
    """A PDF of two A4 pages, a few kB, with both markers on page 2."""
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title="Master Supply Agreement MSA-2026-0417",
        author="Aldergate Manufacturing Ltd.",
        invariant=1,
    )
    frame = Frame(2.4 * cm, 2.2 * cm, A4[0] - 4.8 * cm, A4[1] - 4.6 * cm, id="text", showBoundary=0)
    document.addPageTemplates(PageTemplate(id="page", frames=[frame], onPage=_margins))
    document.build(_story())
    return buffer.getvalue()


def _story() -> list[Flowable]:
    return [
        Paragraph("Master Supply Agreement", _TITLE),
        Paragraph("between the parties named below", _LEAD),
        Spacer(0, 0.5 * cm),
        _parties(),
        *_clauses(_FIRST_PAGE),
        PageBreak(),
        *_clauses(_SECOND_PAGE),
        Spacer(0, 1.6 * cm),
        Table([[SignatureLine(line) for line in _LINES]], colWidths=[8.2 * cm, 8.2 * cm]),
    ]


def _parties() -> Table:
    rows = [[Paragraph(f"<b>{label}</b>", _CELL), Paragraph(text, _CELL)] for label, text in _PARTIES]
    return Table(
        rows,
        colWidths=[2.8 * cm, 13.4 * cm],
        style=[("LINEBELOW", (0, 0), (-1, -1), 0.5, _RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")],
    )


def _clauses(text: str) -> list[Flowable]:
    clauses = (clause.partition("\n") for clause in text.strip().split("\n\n"))
    return [
        part for head, _, body in clauses for part in (Paragraph(head, _HEAD), Spacer(0, 3), Paragraph(body, _TEXT))
    ]


def _margins(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFillColor(_ACCENT)
    canvas.rect(0, A4[1] - 0.5 * cm, A4[0], 0.5 * cm, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#5a6775"))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(2.4 * cm, 1.3 * cm, "MSA-2026-0417 · Meridian Fasteners N.V. / Aldergate Manufacturing Ltd.")
    canvas.drawRightString(A4[0] - 2.4 * cm, 1.3 * cm, f"Page {document.page} of 2")
