"""PDFs are read in a process of its own: what a file does to it is an answer, and no trouble for anybody else."""

from __future__ import annotations

import io
import os
import signal
import time
import zlib

import pytest

from esign.http.deadline import Deadline
from esign.placement import apart
from esign.placement.apart import PdfReader
from esign.placement.geometry import Page
from esign.placement.pages import UnreadablePdf, open_pdf
from esign.placement.reader import OpenDocument
from esign.placement.sheets import PdfSheets
from tests.fakes.bombs import CORPUS, a_bare_pdf
from tests.fakes.papers import a_pdf

GOOD = a_pdf(2, texts={(2, 72, 400): "Sign here"}, signature_fields={"Buyer": (2, 100, 300, 150, 50)})
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def a_stream(data, entries=b""):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def a_page_that_unfolds():
    """400 MB of page description in 2 MB."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    return a_bare_pdf(CATALOG, PAGES, page, a_stream(zlib.compress(bytes(400 << 20), 1), b"/Filter /FlateDecode"))


def a_page_that_draws_itself_for_ever():
    """Ten forms of which each draws the next ten times: ten thousand million lines, in two kilobytes."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    uses = b"/Resources << /XObject << /X %d 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % (uses % 5)
    forms = [a_stream(b"/X Do " * 10, form + uses % (number + 1)) for number in range(5, 14)]
    return a_bare_pdf(CATALOG, PAGES, page, a_stream(b"/X Do " * 10), *forms, a_stream(b"0 0 m 1 1 l S", form))


@pytest.fixture
def file(tmp_path):
    def on_disk(data):
        path = tmp_path / "paper.pdf"
        path.write_bytes(data)
        return path.open("rb")

    return on_disk


def ask_everything(reader, paper):
    reader.open(paper)
    sheets = PdfSheets(reader)
    return sheets.page(-1), sheets.text("Sign here"), sheets.form_field("Buyer")


def test_the_reader_answers_like_the_library_beside_it(file):
    with PdfReader() as reader, file(GOOD) as paper:
        page, text, form = ask_everything(reader, paper)
    assert page == Page(2, 595, 842)
    with open_pdf(io.BytesIO(GOOD)) as pdf:
        here = OpenDocument(pdf)
        assert here.page(9) is None
        assert here.form_field("Seller") is None
        assert here.text("nowhere", alone=False) is None
        assert here.text("Sign here", alone=True) == {"page": text.page, "box": {n: getattr(text.box, n) for n in BOX}}
        assert (here.form_field("Buyer") or {})["kind"] == form.kind == "signature"


BOX = ("x", "y", "width", "height")


@pytest.mark.parametrize("name", sorted(name for name in CORPUS if "bomb" not in name))
def test_a_hostile_file_is_unreadable_and_the_next_one_is_read(file, name):
    with PdfReader() as reader:
        with file(CORPUS[name]()) as paper, pytest.raises(UnreadablePdf):
            ask_everything(reader, paper)
        with file(GOOD) as paper:
            assert all(ask_everything(reader, paper))


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [a_page_that_unfolds, a_page_that_draws_itself_for_ever])
def test_a_file_that_takes_all_memory_or_time_is_too_complex(file, bomb):
    with PdfReader() as reader, file(bomb()) as paper:
        with pytest.raises(UnreadablePdf) as refused:
            ask_everything(reader, paper)
        assert refused.value.code == "pdf_too_complex"
        with pytest.raises(UnreadablePdf):
            reader.ask("page", number=1)


@pytest.mark.parametrize("more", [0.0, 0.5], ids=["nothing is left", "it is over meanwhile"])
def test_the_time_of_the_request_that_asks_is_kept(file, more):
    began = time.monotonic()
    with PdfReader(kept_back=6) as reader, file(a_page_that_draws_itself_for_ever()) as paper:
        with Deadline(6 + more).applies(), pytest.raises(UnreadablePdf) as refused:
            ask_everything(reader, paper)
        assert refused.value.code == "pdf_takes_too_long"
    assert time.monotonic() - began < 6


def test_a_request_with_time_enough_is_answered(file):
    with Deadline(60).applies(), PdfReader() as reader, file(GOOD) as paper:
        assert all(ask_everything(reader, paper))


def test_readers_come_again_when_their_origin_was_ended(file):
    with PdfReader() as reader, file(GOOD) as paper:
        reader.open(paper)
    process, _ = apart._nursery()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with PdfReader() as reader, file(GOOD) as paper:
        assert all(ask_everything(reader, paper))


def test_readers_come_again_though_one_of_before_is_still_at_work(file):
    with PdfReader() as before, file(GOOD) as paper:
        before.open(paper)
        process, _ = apart._nursery()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with PdfReader() as reader:
            assert all(ask_everything(reader, paper))
        assert before.ask("page", number=1)


def test_the_reader_knows_no_secret_of_its_environment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    apart._nursery.cache_clear()
    process, _ = apart._nursery()
    with open(f"/proc/{process.pid}/environ", "rb") as known:  # noqa: PTH123 - of the running process
        assert b"hunter2" not in known.read()
