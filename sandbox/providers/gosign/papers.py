"""The bytes of an insertion: base64, formats, what trust levels forbid (§4.1, §9.2). Knows no people and no HTTP."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import datetime
from typing import Any

import pypdfium2 as pdfium
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from sandbox.providers.gosign.errors import BAD_DOC_FORMAT, Refusal, illegal
from sandbox.providers.gosign.model import Document
from sandbox.signing.pdf import opened

PDF = "application/pdf"


def load(data: dict[str, Any], order: int, *, closing: bool, p7m: bool, now: datetime) -> Document:
    """A document of the request. `closing`: trust level FEA, which takes no document "already signed" (§4.1); `p7m`:
    any format can be enveloped. Raises Refusal."""
    if "bytes" not in data:
        # §4.1: a URI is loaded "when the payload is not defined"; the simulator reaches none.
        raise illegal(f"document {data['externalId']}: bytes missing, uri not reachable")
    content = _decoded(data["bytes"], data["externalId"])
    if data["mimeType"] != PDF and not p7m:
        raise Refusal(BAD_DOC_FORMAT, f"Conversion of {data['mimeType']} is not simulated")
    if data["mimeType"] == PDF and not _opens(content):
        raise Refusal(BAD_DOC_FORMAT, f"Bad document format - extDocId = {data['externalId']}")
    if closing and b"/ByteRange" in content:
        raise Refusal(BAD_DOC_FORMAT, f"Document already signed - extDocId = {data['externalId']}")
    return Document(
        ext_id=data["externalId"],
        title=data["title"],
        mime_type=data["mimeType"],
        file_name=data["originalFname"],
        content=content,
        order=order,
        created=now,
        private=data.get("privateDoc", False),
        was=len(content),
    )


def pages(content: bytes) -> int:
    """0 for what is no PDF."""
    if not content.startswith(b"%PDF"):
        return 0
    with opened(content) as document:
        return len(document)


def _decoded(text: str, ext_id: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise Refusal(BAD_DOC_FORMAT, f"Document bytes are not base64 - extDocId = {ext_id}")
    return content


def _opens(content: bytes) -> bool:
    """Whether it can be shown and signed; a document that needs a password can be neither."""
    try:
        encrypted = PdfFileReader(io.BytesIO(content), strict=False).encrypted
        return not encrypted and pages(content) > 0
    except (pdfium.PdfiumError, PdfError, KeyError, ValueError, TypeError):
        return False
