"""Lines of text as a plain PDF (ISO 32000-1): one font, A4, as many pages as it takes. Nothing else.

The standard font knows Western European letters only; others become "?". Whoever needs them all reads the JSON beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_WIDTH, _HEIGHT, _MARGIN, _SIZE, _LEADING = 595, 842, 56, 9, 13
_COLUMNS = 88  # characters of Courier at that size between the margins
_ROWS = (_HEIGHT - 2 * _MARGIN) // _LEADING - 2


def pdf_of(title: str, lines: Sequence[str]) -> bytes:
    """The same lines always give the same bytes."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, _COLUMNS, subsequent_indent="    ") or [""]]
    pages = [wrapped[at : at + _ROWS] for at in range(0, max(len(wrapped), 1), _ROWS)]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, rows in enumerate(pages):
        content = _content(f"{title} ({number + 1} of {len(pages)})", rows)
        box, resources = f"[0 0 {_WIDTH} {_HEIGHT}]", "<< /Font << /F1 3 0 R >> >>"
        page = f"/Parent 2 0 R /MediaBox {box} /Resources {resources} /Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page {page} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _content(heading: str, rows: Sequence[str]) -> bytes:
    top = _HEIGHT - _MARGIN
    shown = b"\n".join(b"(%b) '" % _escaped(row) for row in (heading, "", *rows))
    return f"BT /F1 {_SIZE} Tf {_LEADING} TL {_MARGIN} {top} Td\n".encode() + shown + b"\nET"


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b" ")


def _file(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(out)
