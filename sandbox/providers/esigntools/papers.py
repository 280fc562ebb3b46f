"""The vendor's PDFs: a converted upload, stamps and seals, the proof. Knows agreements, no HTTP."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import unescape

from sandbox.providers.esigntools.model import Agreement, Recipient
from sandbox.providers.esigntools.switches import Switches
from sandbox.signing.notary import Notary
from sandbox.signing.sheets import text_pdf
from sandbox.signing.stamp import stamped

NOTHING = (0.0, 0.0, 0.0, 0.0)  # a seal that nobody sees


def converted(data: bytes, name: str) -> bytes:
    """A PDF with the words of an office file. [C] "The document will be converted by eSignTools into a PDF"."""
    return text_pdf([f"Converted from {name}", *re.split(r"\s*\n\s*", _words(data))])


def signed(agreement: Agreement, recipient: Recipient, switches: Switches, notary: Notary) -> bytes:
    """The agreement's file with the recipient's mark in each of their fields."""
    if switches.signature == "per_signer":
        return _signed_by(agreement, recipient, notary)
    lines = (recipient.name, f"{recipient.decided_at:%Y-%m-%d %H:%M:%S} UTC")
    return stamped(agreement.content, [(zone.page, zone.rectangle) for zone in recipient.zones], lines)


def sealed(agreement: Agreement, notary: Notary) -> bytes:
    """[U] how the vendor signs; here one PAdES signature of its own over the whole file."""
    return notary.sign_pdf(
        agreement.content,
        email="seal@esign-tools.example",
        name="eSignTools simulator",
        field=f"Seal-{agreement.id}",
        page=1,
        rectangle=NOTHING,
    )


def proof(agreement: Agreement) -> bytes:
    """[U] what stands in it; here who did what when."""
    people = (f"{r.name} <{r.email}>: {r.status} {r.decided_at or ''}" for r in agreement.recipients)
    return text_pdf([f"Proof of agreement {agreement.id}: {agreement.name}", f"Status: {agreement.status}", *people])


def _signed_by(agreement: Agreement, recipient: Recipient, notary: Notary) -> bytes:
    data = agreement.content
    for number, zone in enumerate(recipient.zones, 1):
        data = notary.sign_pdf(
            data,
            email=recipient.email,
            name=recipient.name,
            field=zone.field or f"Signed_{recipient.id}_{number}",
            page=zone.page,
            rectangle=zone.rectangle,
            existing=zone.field is not None,
        )
    return data


def _words(data: bytes) -> str:
    """What can be read in .docx and .odt (zipped XML), .rtf and the rest."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return re.sub(r"\\[a-z]+-?\d* ?|[{}]|[^\x20-\x7e\n]", "", data.decode("latin-1"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.endswith(("document.xml", "content.xml"))]
    paragraphs = re.sub(r"</(w:p|text:p|text:h)>", "\n", b"\n".join(parts).decode("utf-8", "replace"))
    return unescape(re.sub(r"<[^>]+>", "", paragraphs))
