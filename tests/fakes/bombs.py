"""Small PDFs that mean harm to whoever reads them: made here, so that no file of a repository is one."""

from __future__ import annotations

import zlib

DEEP = 60_000  # levels of nesting
PLENTY = 400 * 1024 * 1024  # bytes that a few kilobytes unfold to


def a_bare_pdf(*objects: bytes, root: bytes = b"1 0 R", trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first one being number 1; `trailer` is added to the trailer's dictionary."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = b"<< /Size %d /Root %s %s >>" % (len(objects) + 1, root, trailer)
    return body + table + b"trailer\n" + size + b"\nstartxref\n%d\n%%%%EOF\n" % start


def _stream(data: bytes, entries: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _catalog(form: bytes) -> bytes:
    return b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] /SigFlags 3 >> >>" % form


_PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"


def a_bomb_in_the_cross_references(layers: int = 1) -> bytes:
    """The table of objects itself unfolds to hundreds of megabytes."""
    data = bytes(PLENTY)
    for _ in range(layers):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * layers
    entries = b"/Type /XRef /Size 57000000 /W [1 4 2] /Root 1 0 R /Filter [%s]" % filters
    head = b"%PDF-1.7\n"
    return head + b"1 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (_stream(data, entries), len(head))


def a_bomb_of_two_layers() -> bytes:
    return a_bomb_in_the_cross_references(layers=2)


def a_bottomless_nest() -> bytes:
    return a_bare_pdf(_catalog(b"[" * DEEP + b"]" * DEEP), _PAGES)


def a_form_that_holds_itself() -> bytes:
    return a_bare_pdf(_catalog(b"3 0 R"), _PAGES, b"<< /T (a) /Kids [3 0 R] >>")


def cross_references_in_a_circle() -> bytes:
    plain = a_bare_pdf(_catalog(b""), _PAGES)
    start = plain.rindex(b"xref\n0")
    return a_bare_pdf(_catalog(b""), _PAGES, trailer=b"/Prev %d" % start)


def a_signature_of_bytes_that_are_not_there() -> bytes:
    signature = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
    signature += b"/ByteRange [0 999999999999 1999999999999 5] /Contents <3003020100> >>"
    return a_bare_pdf(_catalog(b"3 0 R"), _PAGES, b"<< /FT /Sig /T (s) /V 4 0 R >>", signature)


def a_length_that_asks_for_itself() -> bytes:
    looped = b"<< /Length 3 0 R /Type /ObjStm /N 1 /First 0 >>\nstream\n\nendstream"
    return a_bare_pdf(_catalog(b"3 0 R"), _PAGES, looped)


def thousands_of_signatures(number: int = 3000, contents: bytes = b"\0") -> bytes:
    """Each of them would be a hash over the whole file."""
    fields = b" ".join(b"%d 0 R" % place for place in range(4, number + 4))
    value = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <%s> >>"
    )
    field = [b"<< /FT /Sig /T (s%d) /V 3 0 R >>" % place for place in range(number)]
    return a_bare_pdf(_catalog(fields), _PAGES, value % contents.hex().encode(), *field)


def a_torso() -> bytes:
    return a_bare_pdf(_catalog(b""), _PAGES)[:120]


CORPUS = {
    make.__name__: make
    for make in (
        a_bomb_of_two_layers,
        a_bomb_in_the_cross_references,
        a_bottomless_nest,
        a_form_that_holds_itself,
        cross_references_in_a_circle,
        a_signature_of_bytes_that_are_not_there,
        a_length_that_asks_for_itself,
        thousands_of_signatures,
        a_torso,
    )
}
