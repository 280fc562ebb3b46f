"""Capability URLs for providers: whoever knows the address may say "look again", and nothing else.

Design: state-and-delivery, Callback addresses. `/callbacks/<vendor>/<account>/<package>/<kid>.<hmac>`; every key version
stays alive while a package opened under it is, since contracts stay open for months.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from esign.domain.ids import AccountId, PackageId

MAC_BYTES = 24  # 192 bits of the SHA-256 HMAC: 32 characters


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys by their id, and which of them signs new addresses."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedAddresses:
    """`CallbackAddresses` over the stage's keys, which are fetched when first needed."""

    base_url: str
    keys: Callable[[], Keys]

    def package_url(
        self, provider: str, account: AccountId, package: PackageId, *, key: str | None = None
    ) -> tuple[str, str]:
        """(url, key id): signed with the newest key, or with the given one."""
        keys = self.keys()
        kid = key if key is not None and key in keys.keys else keys.current
        token = f"{kid}.{_mac(keys.keys[kid], provider, account, package)}"
        return f"{self.base_url}/callbacks/{provider}/{account}/{package}/{token}", kid

    def verify(self, provider: str, account: AccountId, package: PackageId, token: str) -> bool:
        """Constant time; an unknown key id costs the same comparison."""
        kid, _, told = token.partition(".")
        known = self.keys().keys.get(kid)
        expected = _mac(known or b"\x00", provider, account, package)
        return hmac.compare_digest(expected.encode(), told.encode()) and known is not None


def _mac(key: bytes, provider: str, account: AccountId, package: PackageId) -> str:
    said = f"callback\nv1\n{provider}\n{account}\n{package}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)[:MAC_BYTES]).decode()
