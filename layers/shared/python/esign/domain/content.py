"""What a document's first bytes say about it. One table; no parser: providers and the evidence gate look closer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

PDF = "application/pdf"
XML = "application/xml"
TEXT = "text/plain"
DOC = "application/msword"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
RTF = "application/rtf"
XLS = "application/vnd.ms-excel"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
P7M = "application/pkcs7-mime"
ZIP = "application/zip"
JSON = "application/json"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _is_xml(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head and not head.startswith((b"MZ", b"\x7fELF", b"%PDF-", b"PK\x03\x04"))


def _is_ole(head: bytes) -> bool:
    return head.startswith(_OLE)


def _is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


# ISO 32000-1, 7.5.2 with Adobe's note 13: the header may stand anywhere in the first 1,024 bytes.
_CHECKS: dict[str, Callable[[bytes], bool]] = {
    PDF: lambda head: b"%PDF-" in head[:1024],
    XML: _is_xml,
    TEXT: _is_text,
    DOC: _is_ole,
    XLS: _is_ole,
    DOCX: _is_zip,
    ODT: _is_zip,
    ODS: _is_zip,
    XLSX: _is_zip,
    PPTX: _is_zip,
    RTF: lambda head: head.startswith(b"{\\rtf"),
    P7M: lambda head: head[:1] == b"\x30" or head.startswith((b"-----BEGIN", b"MI")),
    ZIP: _is_zip,
}

CONTENT_TYPES = frozenset(_CHECKS)
_EVIDENCE: dict[str, Callable[[bytes], bool]] = {  # of what comes back only
    JSON: lambda head: head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")),
}
HEAD = 1024  # bytes that a check looks at

_EXTENSIONS = {
    "pdf": PDF,
    "xml": XML,
    "txt": TEXT,
    "doc": DOC,
    "docx": DOCX,
    "odt": ODT,
    "ods": ODS,
    "rtf": RTF,
    "xls": XLS,
    "xlsx": XLSX,
    "pptx": PPTX,
}


def is_what_it_says(content_type: str, head: bytes) -> bool:
    """Whether the first bytes fit the content type (without parameters, lower case)."""
    check = _CHECKS.get(content_type) or _EVIDENCE.get(content_type)
    return check is not None and check(head)


def tell(head: bytes, name: str) -> str | None:
    """The content type of a document that came without one, from its bytes and then its name; None when nobody knows."""
    if is_what_it_says(PDF, head):
        return PDF
    by_name = _EXTENSIONS.get(name.rpartition(".")[2].lower())
    return by_name if by_name and is_what_it_says(by_name, head) else None


def sha256_of(body: BinaryIO) -> str:
    """Hex SHA-256 of the whole file, read in pieces; the file stands at its start afterwards."""
    digest = hashlib.sha256()
    body.seek(0)
    while piece := body.read(1 << 20):
        digest.update(piece)
    body.seek(0)
    return digest.hexdigest()
