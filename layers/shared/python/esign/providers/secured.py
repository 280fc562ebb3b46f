"""The addresses that an account's settings name, before any credential is sent to one."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from esign.domain.errors import Problem, Unprocessable

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def check_addresses(addresses: Mapping[str, str | None], *, allow_loopback: bool) -> None:
    """By pointer. Credentials travel with every call, so only over TLS; a stage may allow plain HTTP to its own machine.

    Raises Unprocessable with a problem for each that is not safe.
    """
    problems = tuple(
        Problem(pointer, "insecure_address", "The address must start with https://.")
        for pointer, address in addresses.items()
        if address and not _is_safe(address, allow_loopback=allow_loopback)
    )
    if problems:
        raise Unprocessable("Credentials would travel unprotected.", code="invalid_settings", problems=problems)


def _is_safe(address: str, *, allow_loopback: bool) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (allow_loopback and parts.hostname in _LOOPBACK)
