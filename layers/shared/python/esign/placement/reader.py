"""The process in which PDFs are read: answers questions about one document after the other, one JSON line each.

PDFium is C++ and reads what strangers upload, and a few kilobytes can unfold to hours of work. So it runs here, with
little memory, little time and no secret: whatever a file does to it, only this process dies. A first process keeps the
library loaded and reads nothing; for each package it makes another one, which ends with it. Knows no vendor and no
package. Its other end is `apart`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from esign.placement.formfields import FormFieldSpot, form_fields
from esign.placement.pages import Pdf, UnreadablePdf, open_pdf
from esign.placement.text import find_text

MEMORY = 512 * 1024 * 1024  # bytes of addresses; a contract of 500 pages takes a tenth
CPU_SECONDS = 6  # for one document

Answer = dict[str, Any] | None


class OpenDocument:
    """The questions that can be asked. Each answers JSON; None: there is no such thing."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._fields: dict[str, FormFieldSpot] | None = None

    def page(self, number: int) -> Answer:
        absolute = self._pdf.number(number)
        return None if absolute is None else asdict(self._pdf.page(absolute))

    def text(self, text: str, *, alone: bool) -> Answer:
        spot = find_text(self._pdf, text, alone=alone)
        return asdict(spot) if spot else None

    def form_field(self, name: str) -> Answer:
        if self._fields is None:
            self._fields = form_fields(self._pdf)
        found = self._fields.get(name)
        return asdict(found) if found else None


def serve(line: socket.socket) -> None:
    """Until the other end hangs up."""
    with ExitStack() as stack:
        document: OpenDocument | None = None
        for question, file in _questions(line):
            try:
                if file is not None:
                    stack.close()
                    _limit_time()
                    stack.enter_context(file)
                    document = OpenDocument(stack.enter_context(open_pdf(file)))
                    answer: Any = {}
                else:
                    ask: Callable[..., Answer] = getattr(document, question.pop("ask"))
                    answer = ask(**question)
                told: Any = {"answer": answer}
            except UnreadablePdf as error:
                told = {"code": error.code, "detail": error.detail}
            line.sendall(json.dumps(told).encode() + b"\n")


def _questions(line: socket.socket) -> Iterator[tuple[dict[str, Any], io.BufferedReader | None]]:
    """Each with the document that came along with it."""
    waiting = b""
    while True:
        received, files, _, _ = socket.recv_fds(line, 1 << 16, 1)
        if not received:
            return
        waiting += received
        while b"\n" in waiting:
            question, waiting = waiting.split(b"\n", 1)
            yield json.loads(question), os.fdopen(files.pop(), "rb") if files else None


def _limit_time() -> None:
    _limit(resource.RLIMIT_CPU, int(time.process_time()) + CPU_SECONDS)


def _limit(what: int, amount: int) -> None:
    """Where the system knows such a limit."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (amount, resource.getrlimit(what)[1]))


def nursery(control: socket.socket) -> None:
    """A reader for every line that comes through `control`, until its other end hangs up. One thread only: it forks."""
    import pypdfium2  # noqa: F401 - loaded once for all

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        received, lines, _, _ = socket.recv_fds(control, 1, 1)
        if not received:
            return
        if os.fork() == 0:
            control.close()
            _read(lines[0])
        os.close(lines[0])


def _read(line: int) -> None:
    try:
        _limit(resource.RLIMIT_AS, MEMORY)
        _limit(resource.RLIMIT_CORE, 0)
        serve(socket.socket(fileno=line))
    finally:
        os._exit(0)


if __name__ == "__main__":
    origin = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    os.close(sys.stdin.fileno())  # a reader that had it would keep the line of its dead origin open
    nursery(origin)
