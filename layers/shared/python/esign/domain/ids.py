"""Names of things. A package id is also the envelope id that we give to providers that let us choose one."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import NewType

AccountId = NewType("AccountId", str)  # the Basic user name: random, immutable
PackageId = NewType("PackageId", str)  # pkg_ + lower-case ULID
DocumentId = NewType("DocumentId", str)  # <package>_<nn>
RecipientId = NewType("RecipientId", str)  # <package>_r<nn>

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PACKAGE_ID = re.compile(rf"pkg_[0-7][{_CROCKFORD}]{{25}}")


def ulid(now: datetime) -> str:
    """A lower-case ULID: 48 bits of milliseconds, 80 of chance. Ten lines; a library would be the domain's only one."""
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
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


def number_of(identifier: DocumentId | RecipientId) -> int:
    """The running number inside the package, 1 for the first."""
    return int(identifier.rpartition("_")[2].lstrip("r"))
