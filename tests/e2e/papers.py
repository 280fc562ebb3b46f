"""Documents of a wanted size that are still what they say."""

from __future__ import annotations

import io
import os

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from sandbox.coupa.sample import sample_contract


def a_large_pdf(size: int) -> bytes:
    """The sample contract with at least `size` bytes that no page shows, so that it can be signed like any other."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sample_contract()))
    writer.root["/Ballast"] = writer.add_object(StreamObject(stream_data=os.urandom(size)))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def padded(size: int) -> bytes:
    """Exactly `size` bytes that begin as a PDF does."""
    return sample_contract().ljust(size)
