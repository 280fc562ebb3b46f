"""Capability URLs for providers: whoever knows the address may say "look again", and nothing else.

Design: state-and-delivery, Callback addresses. `/callbacks/<vendor>/<account>/<package>/<kid>.<hmac>` where the provider
takes one with each package; every key version stays alive while a package opened under it is, since contracts stay open
for months. `/callbacks/<vendor>/<account>/<kid>.<generation>.<hmac>` where an administrator registers one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from esign.domain.ids import AccountId, PackageId

MAC_BYTES = 24  # 192 bits of the SHA-256 HMAC: 32 characters
_DIGITS = 6  # a generation has fewer


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
        token = f"{kid}.{_mac(keys.keys[kid], _of_package(provider, account, package))}"
        return f"{self.base_url}/callbacks/{provider}/{account}/{package}/{token}", kid

    def verify(self, provider: str, account: AccountId, package: PackageId, token: str) -> bool:
        """Constant time; an unknown key id costs the same comparison."""
        kid, _, told = token.partition(".")
        return self._is_ours(kid, told, _of_package(provider, account, package))

    def account_url(self, provider: str, account: AccountId, *, generation: int) -> str:
        """Signed with the newest key: it changes when the stage's key does, and older ones stay valid."""
        keys = self.keys()
        mac = _mac(keys.keys[keys.current], _of_account(provider, account, generation))
        return f"{self.base_url}/callbacks/{provider}/{account}/{keys.current}.{generation}.{mac}"

    def generation(self, provider: str, account: AccountId, token: str) -> int | None:
        """Which generation the token is of; None: it is none of ours. Constant time, as above."""
        kid, _, rest = token.partition(".")
        written, _, told = rest.partition(".")
        generation = int(written) if written.isascii() and written.isdecimal() and len(written) < _DIGITS else 0
        return generation if self._is_ours(kid, told, _of_account(provider, account, generation)) else None

    def _is_ours(self, kid: str, told: str, said: str) -> bool:
        known = self.keys().keys.get(kid)
        expected = _mac(known or b"\x00", said)
        return hmac.compare_digest(expected.encode(), told.encode()) and known is not None


def _of_package(provider: str, account: AccountId, package: PackageId) -> str:
    return f"callback\nv1\n{provider}\n{account}\n{package}"


def _of_account(provider: str, account: AccountId, generation: int) -> str:
    return f"account callback\nv1\n{provider}\n{account}\n{generation}"


def _mac(key: bytes, said: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), hashlib.sha256)[:MAC_BYTES]).decode()
