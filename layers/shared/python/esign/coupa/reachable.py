"""Whether an address that Coupa names could ever be called, as far as its text tells. Standard library only.

What a name resolves to is judged with every call (`esign.http.ssrf`); what is certain to be refused there is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from esign.domain.errors import Problem

_HTTPS_PORT = 443
_LONGEST_NAME = 253  # characters (RFC 1035 §2.3.4)
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # RFC 1123 §2.1: the guard takes no underscore either
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")  # a last part of digits would be a way to write an IP address


def address_problems(pointer: str, url: str, *, loopback: bool) -> Iterator[Problem]:
    """`loopback`: the stage allows plain http to its own machine, on any port."""
    try:
        parts = urlsplit(url)
        port = _HTTPS_PORT if parts.port is None else parts.port
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
        name = _as_resolved(host).removesuffix(".")
    return bool(_NAME.fullmatch(name)) and len(name) <= _LONGEST_NAME and not name.endswith(".localhost")


def _as_resolved(host: str) -> str:
    """In the letters of the DNS (RFC 3490 §4); none for what has none."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""
