"""A JSON answer with whole files inside, read without ever holding one: the counterpart of `esign.http.jsonstream`.

The answer lies on disk; its long strings stay there. What is left is small and parsed as usual, with a `Base64Text` where
a long string was. Knows no vendor and no HTTP library.
"""

from __future__ import annotations

import base64
import binascii
import json
import mmap
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from esign.http.jsontext import mended

_LONG = 16 * 1024  # bytes; texts that people write are shorter
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_READ = 256 * 1024
_FOREIGN = re.compile(rb"\\[nrt]|[\\\s]")  # line breaks, and the backslash of an escaped slash


class NotJson(ValueError):
    """The file is no JSON document."""


@dataclass(frozen=True, slots=True)
class Base64Text:
    """A long string of the answer: base64 between two places of the file, which must stay open."""

    file: IO[bytes] = field(repr=False)
    start: int
    end: int

    def pieces(self) -> Iterator[bytes]:
        """The decoded bytes, 192 KiB at a time. Raises NotJson where it is no base64."""
        rest, at = b"", self.start
        while at < self.end:
            self.file.seek(at)
            raw = self.file.read(min(_READ, self.end - at))
            if not raw:
                raise NotJson
            at += len(raw)
            raw = rest + raw
            if raw.endswith(b"\\") and at < self.end:  # an escape that goes on in the next piece
                raw, at = raw[:-1], at - 1
            text = _FOREIGN.sub(b"", raw)
            whole = len(text) if at >= self.end else len(text) // 4 * 4
            rest = text[whole:]
            yield _decoded(text[:whole])


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise NotJson from None


def load(file: IO[bytes]) -> Any:  # noqa: ANN401 - JSON
    """The document in a real file on disk, long strings as `Base64Text`. Raises NotJson."""
    found: dict[str, Base64Text] = {}
    try:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            text = b"".join(_without_long(whole, file, found))
        return json.loads(mended(text), object_hook=lambda read: _restored(read, found))
    except (ValueError, RecursionError):
        raise NotJson from None


def _without_long(whole: mmap.mmap, file: IO[bytes], found: dict[str, Base64Text]) -> Iterator[bytes]:
    at = 0
    for match in _STRING.finditer(whole):
        start, end = match.span()
        if end - start > _LONG:
            mark = secrets.token_hex(16)  # so no string of the answer can look like the place of another
            yield whole[at:start]
            yield json.dumps(mark).encode()
            found[mark] = Base64Text(file, start + 1, end - 1)
            at = end
    yield whole[at:]


def _restored(read: dict[str, Any], found: dict[str, Base64Text]) -> dict[str, Any]:
    return {name: found.get(value, value) if isinstance(value, str) else value for name, value in read.items()}
