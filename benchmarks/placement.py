"""Compiling the fields of a 50-page PDF: anchors on its last pages, zones and default spots, as they come.

Time: from the package to its places, the reader's process running already (a Lambda's second Send), and with its start.
Memory: what this process and the reader of the document need at their peak, Python and the PDF library included.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from benchmarks.peak import peak
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, Field, Rectangle, Zone, ZonePosition
from esign.placement.apart import PdfReader
from esign.placement.place import resolve
from esign.placement.sheets import PdfSheets
from esign.placement.target import Target

PAGES, SIGNERS, ROUNDS = 50, 6, 15
TIME_LIMIT, MEMORY_LIMIT = 300.0, 100.0  # milliseconds, MB (10^6)
TARGET = Target(says_last_page=True)
ON_THE_SHEET = Target(needs_page=False, says_last_page=True)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A figure, and what it must not exceed."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def ok(self) -> bool:
        return self.value <= self.limit


class Paper:
    """A `DocumentSource` of one file; `opened` counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.opened = 0

    @contextmanager
    def open(self, _document: DocumentId) -> Iterator[BinaryIO]:
        self.opened += 1
        with self._path.open("rb") as file:
            yield file


def measure_placement() -> list[Compiled]:
    with TemporaryDirectory(prefix="placement-") as folder:
        path = Path(folder) / "contract.pdf"
        path.write_bytes(a_contract())
        package = a_package()
        first, warm = _timed(package, path), [_timed(package, path) for _ in range(ROUNDS)]
        memory = float(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.placement", str(path)], check=True, capture_output=True, text=True
            ).stdout
        )
        return [
            Compiled("50 pages, the reader running", statistics.median(warm), TIME_LIMIT, "ms"),
            Compiled("50 pages, with its start", first, 2 * TIME_LIMIT, "ms"),
            Compiled("50 pages, peak of both processes", memory, MEMORY_LIMIT, "MB"),
            Compiled("rectangles on the sheet, files opened", _opened(package, path), 0, ""),
        ]


def _timed(package: Package, path: Path) -> float:
    began = time.perf_counter()
    found = resolve(package, Paper(path), target=TARGET)
    assert not found.problems, found.problems
    assert len(found.places) == SIGNERS
    return (time.perf_counter() - began) * 1000


def _opened(package: Package, path: Path) -> float:
    document = package.documents[0].id
    people = tuple(
        replace(r, fields=(Field(document, Rectangle(-1, 40, 40 + 70 * n, 150, 60)),))
        for n, r in enumerate(package.recipients)
    )
    paper = Paper(path)
    resolve(replace(package, recipients=people), paper, target=ON_THE_SHEET, verify=False)
    return float(paper.opened)


def a_contract() -> bytes:
    """Fifty pages full of text."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for number in range(1, PAGES + 1):
        for line in range(45):
            canvas.drawString(
                60, 780 - 14 * line, f"{number}.{line} The parties agree on what these words would say here."
            )
        for _ in range(SIGNERS):
            canvas.drawString(60, 130, f"Sign here, {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a_package() -> Package:
    """Half of the signers at texts on late pages, the others in zones and wherever there is room."""
    from tests.fakes.factories import a_document, a_full_package, a_recipient

    package = a_full_package()
    paper = a_document(package.id)
    places = [Anchor(f"Sign here, {page}", dy=-70) for page in (48, 49, 50)] + [
        ZonePosition(-1, Zone.TOP_RIGHT),
        None,
        None,
    ]
    people = tuple(
        a_recipient(package.id, n, fields=(Field(paper.id, place),) if place else ())
        for n, place in enumerate(places, start=1)
    )
    return replace(package, documents=(paper,), recipients=people)


def peak_of_both(path: Path) -> float:
    """MB. Run in a process of its own, whose children are the reader's alone."""
    with PdfReader() as reader, path.open("rb") as file:
        reader.open(file)
        sheets = PdfSheets(reader)
        assert sheets.text("Sign here, 50")
        children = _resident_of_children()
    return peak() / 1e6 + children


def _resident_of_children() -> float:
    """The peak of the process that reads: the largest of this one's descendants (Linux)."""
    peaks = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _belongs(folder):
            status = (folder / "status").read_text()
            peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6)
    return max(peaks)


def _belongs(folder: Path) -> bool:
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
        parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        own = os.getpid()
        grand = int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]) if parent > 1 else 0
    except (OSError, ValueError):
        return False
    return b"esign.placement.reader" in words and own in {parent, grand}


if __name__ == "__main__":
    print(peak_of_both(Path(sys.argv[1])))
