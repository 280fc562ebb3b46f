"""Names of things. A package id is also the envelope id that we give to providers that let us choose one."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from datetime import datetime
from typing import NewType

AccountId = NewType("AccountId", str)  # the Basic user name: random, immutable
PackageId = NewType("PackageId", str)  # pkg_ + lower-case ULID
DocumentId = NewType("DocumentId", str)  # <package>_<nn>
RecipientId = NewType("RecipientId", str)  # <package>_r<nn>
EndpointId = NewType("EndpointId", str)  # of an address of Coupa's: a hash, since the address may hold a token

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PACKAGE_ID = re.compile(rf"pkg_[0-7][{_CROCKFORD}]{{25}}")


class _Monotonic:
    """The last ULID of this process: those of one millisecond keep the order in which they were made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, milliseconds: int) -> int:
        with self._lock:
            same = self._last >> 80 == milliseconds
            self._last = self._last + 1 if same else (milliseconds << 80) | secrets.randbits(79)
            return self._last


_ulids = _Monotonic()


def ulid(now: datetime) -> str:
    """A lower-case ULID, monotonic in one process: 48 bits of milliseconds, 80 of chance (or counted up from there).

    A few lines of our own: a library would be the domain's only one.
    """
    number = _ulids.next(int(now.timestamp() * 1000))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def new_package_id(now: datetime) -> PackageId:
    return PackageId(f"pkg_{ulid(now)}")


def is_package_id(text: str) -> bool:
    """Whether a text from outside has the form of a package id; anything else is simply not found."""
    return _PACKAGE_ID.fullmatch(text) is not None


def document_id(package: PackageId, number: int) -> DocumentId:
    return DocumentId(f"{package}_{number:02d}")


def recipient_id(package: PackageId, number: int) -> RecipientId:
    return RecipientId(f"{package}_r{number:02d}")


def endpoint_id(url: str) -> EndpointId:
    return EndpointId(hashlib.sha256(url.encode()).hexdigest()[:32])


def number_of(identifier: DocumentId | RecipientId) -> int:
    """The running number inside the package, 1 for the first."""
    return int(identifier.rpartition("_")[2].lstrip("r"))
