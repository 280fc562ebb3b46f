"""Idempotency keys in memory."""

from __future__ import annotations

import threading
from datetime import datetime

from esign.domain.ids import AccountId
from esign.ports import KeptAnswer, KeyUse


class MemoryIdempotencyKeys:
    """Port `IdempotencyKeys`. `uses` holds what stands under each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.uses: dict[tuple[AccountId, str], KeyUse] = {}

    def claim(self, account: AccountId, key: str, use: KeyUse, *, now: datetime) -> KeyUse | None:
        with self._lock:
            found = self.uses.get((account, key))
            if found is not None and found.until > now and found.owner != use.owner:
                return found
            self.uses[account, key] = use
            return None

    def settle(self, account: AccountId, key: str, use: KeyUse) -> bool:
        with self._lock:
            owns = self._owned(account, key, use.owner)
            if owns:
                self.uses[account, key] = use
            return owns

    def holds(self, answer: KeptAnswer) -> bool:
        """Whether the key is still its owner's."""
        with self._lock:
            return self._owned(answer.account, answer.key, answer.use.owner)

    def release(self, account: AccountId, key: str, *, owner: str) -> None:
        with self._lock:
            if self._owned(account, key, owner) and self.uses[account, key].answer is None:
                del self.uses[account, key]

    def _owned(self, account: AccountId, key: str, owner: str) -> bool:
        found = self.uses.get((account, key))
        return found is not None and found.owner == owner
