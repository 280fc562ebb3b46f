"""Asks about PDFs without reading them: the reading is done in a process of its own (`reader`), which may die of a file.

Knows no PDF library. The first package starts the process that the readers come from (a tenth of a second of the
processor's time); each package then has a reader of its own, so that no file meets another customer's.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from functools import lru_cache
from types import TracebackType
from typing import Any, BinaryIO, Self

from esign.http.deadline import clip
from esign.placement.pages import UnreadablePdf

PATIENCE = 20.0  # seconds that one answer may take; the reader itself has less of the processor's time
_PASSED_ON = ("LD_LIBRARY_PATH", "LANG")  # of the environment: what Python itself needs, and no credentials


class PdfReader:
    """A context; `open` may be called for one document after the other. `kept_back`: seconds of the applying deadline
    that whoever asks needs for something else."""

    def __init__(self, *, kept_back: float = 0.0) -> None:
        self._kept_back = kept_back
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, file: BinaryIO) -> None:
        """The document that all questions are about from now on; it stays the caller's to close. Raises UnreadablePdf."""
        if self._line is None:
            self._line = _new_reader()
        self._exchange(self._line, b"{}\n", file.fileno())

    def ask(self, what: str, **details: Any) -> Any:  # noqa: ANN401 - JSON
        """Raises UnreadablePdf, also when the document was too much for the reader."""
        if self._line is None:
            raise _died()
        return self._exchange(self._line, json.dumps({"ask": what, **details}).encode() + b"\n")

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _exchange(self, line: socket.socket, question: bytes, *files: int) -> Any:  # noqa: ANN401 - JSON
        try:
            line.settimeout(self._patience())
            socket.send_fds(line, [question], list(files))
            told = _line_of(line)
        except OSError:
            told = b""
        if not told:
            self.close()
            raise _died() if self._patience() > 0 else _late()
        answer = json.loads(told)
        if "code" in answer:
            raise UnreadablePdf(answer["code"], answer["detail"])
        return answer["answer"]

    def _patience(self) -> float:
        """For one answer: several documents may take more together than the request that asks has left."""
        left = clip(None)
        return PATIENCE if left is None else min(PATIENCE, max(0.0, left - self._kept_back))


def _line_of(line: socket.socket) -> bytes:
    """Nothing when the other end hung up."""
    received = b""
    while not received.endswith(b"\n"):
        piece = line.recv(1 << 16)
        if not piece:
            return b""
        received += piece
    return received


def _new_reader() -> socket.socket:
    """The line to a fresh one."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            socket.send_fds(_nursery()[1], [b"."], [theirs.fileno()])
        except OSError:  # the process that makes them was ended by somebody: a new one
            _nursery.cache_clear()
            socket.send_fds(_nursery()[1], [b"."], [theirs.fileno()])
    return ours


@lru_cache(maxsize=1)
def _nursery() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The process that makes readers, and the line to it. It ends when this process does."""
    ours, theirs = socket.socketpair()
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "esign.placement.reader"],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**known, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    return process, ours


def _late() -> UnreadablePdf:
    return UnreadablePdf(
        "pdf_takes_too_long",
        "could not be read in the time that one request has; make packages of fewer or shorter documents",
    )


def _died() -> UnreadablePdf:
    return UnreadablePdf("pdf_too_complex", "takes too much time or memory to read; print it into a new PDF")
