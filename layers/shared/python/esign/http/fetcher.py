"""The `DocumentFetcher` port over the SSRF guard: documents arrive in a temporary file, in memory while small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from esign.http.deadline import Deadline
from esign.http.outbound import fetch_document
from esign.http.ssrf import Outbound
from esign.ports import FetchedDocument

_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class GuardedFetcher:
    """`deadline` gives what is left of the request that asks; one fetch never takes more than 20 s of it."""

    deadline: Callable[[], Deadline]
    allow_loopback_http: bool = False

    @contextmanager
    def fetch(self, url: str, *, hosts: tuple[str, ...], max_bytes: int) -> Iterator[FetchedDocument]:
        """See the port; `hosts` that are no valid patterns raise ValueError."""
        policy = Outbound(hosts, allow_loopback_http=self.allow_loopback_http)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            got = fetch_document(url, into=spool, policy=policy, max_bytes=max_bytes, deadline=self.deadline())
            spool.seek(0)
            yield FetchedDocument(cast("BinaryIO", spool), got.size, got.sha256, got.content_type or None)
