"""Posting to Coupa's endpoint: the address was given by an authenticated account, so its own host is what is allowed;
that the host is a public one is the guard's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from esign.domain.errors import UnsafeAddress
from esign.http.deadline import Deadline
from esign.http.outbound import Posted, post
from esign.http.ssrf import Outbound


@dataclass(frozen=True, slots=True)
class Poster:
    """`seconds`: what one notification may take in all."""

    seconds: float
    allow_loopback_http: bool = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """One POST, redirects not followed. Raises UnsafeAddress."""
        host = urlsplit(url).hostname
        if not host:
            raise UnsafeAddress("the address names no host")
        policy = Outbound((host,), allow_loopback_http=self.allow_loopback_http)
        return post(url, body, headers, policy=policy, deadline=Deadline(self.seconds))
