"""A vendor's file on its way to us."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

_PIECE = 1 << 20


@contextmanager
def streamed(fetch: Callable[[IO[bytes]], object]) -> Iterator[Iterator[bytes]]:
    """The fetched file in pieces of 1 MB, by way of the disk: an answer that breaks off is fetched again unseen."""
    with tempfile.TemporaryFile() as body:
        fetch(body)
        body.seek(0)
        yield iter(lambda: body.read(_PIECE), b"")
