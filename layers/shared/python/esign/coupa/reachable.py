"""Whether an address that Coupa names could ever be called, as far as its text tells. Standard library only.

What a name resolves to is judged with every call (`esign.http.ssrf`); what is certain to be refused there is said at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from esign.domain.errors import Problem

_HTTPS_PORT = 443


def address_problems(pointer: str, url: str, *, loopback: bool) -> Iterator[Problem]:
    """`loopback`: the stage allows plain http to its own machine, on any port."""
    try:
        parts = urlsplit(url)
        port = parts.port or _HTTPS_PORT
    except ValueError:
        yield Problem(pointer, "bad_format", "This is no address.")
        return
    if loopback and parts.scheme == "http" and _is_here(parts):
        return
    if parts.scheme != "https":
        yield Problem(pointer, "insecure_address", "The address must start with https://.")
    elif port != _HTTPS_PORT:
        yield Problem(pointer, "unsafe_address", "The address must be on port 443.")
    elif parts.username is not None or not _may_be_public(parts.hostname or ""):
        yield Problem(
            pointer, "unsafe_address", "The address must name a host of the public internet, and nothing else."
        )


def _is_here(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _may_be_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith(".localhost")
