"""Reading an answer's body within a deadline and a size, and what a saved one amounts to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

import httpx

from esign.http.deadline import Deadline


class BodyTooLarge(Exception):
    """The answer is longer than the caller takes; it was not read further."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A body that was written to the caller's file: bytes, hexadecimal SHA-256, and the answer's headers."""

    size: int
    sha256: str
    headers: Mapping[str, str] = field(repr=False)


def pieces(response: httpx.Response, *, max_bytes: int, deadline: Deadline) -> Iterator[bytes]:
    """The decoded body piece by piece; raises `BodyTooLarge`, or httpx's errors when it breaks off or is late."""
    if int(response.headers.get("content-length", "0")) > max_bytes:
        raise BodyTooLarge
    body = response.iter_bytes()
    size = 0
    while True:
        with deadline.applies():
            piece = next(body, None)
        if piece is None:
            return
        size += len(piece)
        if size > max_bytes:
            raise BodyTooLarge
        yield piece


def save(response: httpx.Response, into: IO[bytes], *, max_bytes: int, deadline: Deadline) -> Saved:
    """Write the body to `into`, which is emptied first."""
    into.seek(0)
    into.truncate()
    digest, size = hashlib.sha256(), 0
    for piece in pieces(response, max_bytes=max_bytes, deadline=deadline):
        digest.update(piece)
        size += into.write(piece)
    return Saved(size, digest.hexdigest(), response.headers)
