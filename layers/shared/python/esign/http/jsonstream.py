"""A JSON object with one file inside, sent without ever holding the file.

Connective v4 and GoSign take documents as base64 in JSON: 40 MB would become 53 MB of text, several times over. Here the
file is encoded while it is sent, and the exact Content-Length is known beforehand. Knows no vendor and no HTTP library.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterator
from typing import Any, BinaryIO

_READ = 3 * 64 * 1024  # a multiple of 3 bytes encodes without padding in the middle


class JsonWithFiles:
    """A request body: `document` as JSON, each `Base64File` in it streamed from its start.

    Iterable again and again (a retry rereads the files), so the files must be seekable; `length` is in bytes.
    """

    content_type = "application/json"

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - any JSON value with Base64File leaves
        self._files: list[Base64File] = []
        self._place = secrets.token_hex(16)  # so no string of the document can look like the place of a file
        text = json.dumps(document, separators=(",", ":"), default=self._leave_place)
        self._texts = [part.encode() for part in text.split(self._place)]
        self.length = sum(map(len, self._texts)) + sum(file.encoded_length for file in self._files)

    def _leave_place(self, value: object) -> str:
        if not isinstance(value, Base64File):
            raise TypeError(f"{type(value).__name__} is not JSON")
        self._files.append(value)
        return self._place

    def __iter__(self) -> Iterator[bytes]:
        yield self._texts[0]
        for file, text in zip(self._files, self._texts[1:], strict=True):
            yield from file
            yield text


class Base64File:
    """A seekable binary file that reads as its base64, 256 KiB at a time; the file stays the caller's to close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        self.encoded_length = 4 * ((size + 2) // 3)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._exactly(_READ):
            yield base64.b64encode(piece)

    def _exactly(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end: a raw file may give less than asked for."""
        piece = self._file.read(size)
        while piece and len(piece) < size and (more := self._file.read(size - len(piece))):
            piece += more
        return piece
