"""The addresses that an account's settings name, before any credential is sent to one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit

from esign.domain.errors import Problem, Unprocessable

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_NAME = re.compile(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]*")  # a last part of digits would be a way to write an IP address


def check_addresses(addresses: Mapping[str, str | None], *, allow_loopback: bool, hosts: Collection[str] = ()) -> None:
    """By pointer. Credentials travel with every call, so only over TLS, and only to `hosts` (names, or `*.example.com`)
    where the stage lists any, else to hosts that may be public; a stage may allow plain HTTP to its own machine.

    Raises Unprocessable with a problem for each that is not safe.
    """
    found = (
        _problem(pointer, address, allow_loopback=allow_loopback, hosts=hosts)
        for pointer, address in addresses.items()
        if address
    )
    problems = tuple(one for one in found if one)
    if problems:
        raise Unprocessable("Credentials would travel unprotected.", code="invalid_settings", problems=problems)


def _problem(pointer: str, address: str, *, allow_loopback: bool, hosts: Collection[str]) -> Problem | None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if allow_loopback and host in _LOOPBACK:
        return None
    if parts.scheme != "https":
        return Problem(pointer, "insecure_address", "The address must start with https://.")
    if not _is_public(host) or "@" in parts.netloc or "\\" in parts.netloc:
        return Problem(
            pointer, "host_not_public", "The address must name a host of the public internet, and nothing else."
        )
    if hosts and not any(fnmatchcase(host, pattern) for pattern in hosts):
        allowed = ", ".join(sorted(hosts))
        return Problem(pointer, "host_not_allowed", f"This stage has providers at {allowed} only (its provider_hosts).")
    return None


def _is_public(host: str) -> bool:
    """As far as its text tells: what a name resolves to is not asked."""
    if _NAME.fullmatch(host):
        return not host.endswith((".localhost", ".internal", ".local"))
    try:
        return ip_address(host).is_global
    except ValueError:
        return False
