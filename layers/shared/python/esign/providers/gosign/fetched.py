"""An envelope's documents, fetched once into a file on disk and read from there as often as it takes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import IO

from esign.domain.errors import ContractBroken, ProviderConflict, ProviderFault
from esign.http.jsonspool import Base64Text, NotJson
from esign.providers.gosign.errors import NAME
from esign.providers.gosign.wire import DocumentView, EnvelopeView


class Fetched:
    """`fetch` is called when the first document is opened; the file goes with this object.

    `listed`: the documents as they were shown without their bytes; they are opened by their number among these.
    """

    def __init__(self, fetch: Callable[[IO[bytes]], EnvelopeView], listed: Sequence[DocumentView]) -> None:
        self._fetch, self._listed = fetch, listed
        self._view: EnvelopeView | None = None

    @contextmanager
    def open(self, number: int) -> Iterator[Iterator[bytes]]:
        """The bytes of this document, in pieces. Raises ProviderConflict: not there (yet)."""
        yield self._content(number)

    def sha256(self, number: int) -> str:
        """Hex."""
        digest = hashlib.sha256()
        for piece in self._content(number):
            digest.update(piece)
        return digest.hexdigest()

    def _content(self, number: int) -> Iterator[bytes]:
        """Where several bear one name, the same of them in order."""
        name, former = self._listed[number].name, self._listed[:number]
        alike = (d for d in self._envelope().documents if d.name == name)
        shown = next(islice(alike, sum(d.name == name for d in former), None), None)
        if shown is None or not shown.content:
            fault = ProviderFault(NAME)
            raise ProviderConflict("GoSign shows the document without its bytes.", fault=fault)
        return _pieces(shown.content)

    def _envelope(self) -> EnvelopeView:
        if self._view is None:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this object
            weakref.finalize(self, file.close)
            self._view = self._fetch(file)
        return self._view


def _pieces(content: Base64Text | str) -> Iterator[bytes]:
    try:
        if isinstance(content, Base64Text):
            yield from content.pieces()
        else:
            yield base64.b64decode("".join(content.split()), validate=True)
    except (NotJson, binascii.Error, ValueError):
        raise ContractBroken("GoSign sent a document that is no base64.", fault=ProviderFault(NAME)) from None
