"""Counts the valid signatures of a signed PDF, with pyHanko, against the simulator's own test CA."""

from __future__ import annotations

import io
import logging

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def covering_signatures(pdf: bytes, authority: bytes | None) -> int:
    """How many signatures are intact, trusted by `authority` (PEM) and changed nothing that was not allowed."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    roots = list(load_certs_from_pemder_data(authority)) if authority else []
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    reader = PdfFileReader(io.BytesIO(pdf))
    return sum(validate_pdf_signature(s, context).bottom_line for s in reader.embedded_signatures)
