"""What a provider's callback does: it wakes a refresh, and nothing else. Its body changes no state."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, PackageId
from esign.ports import Clock, FirstAnswer, IdempotencyKeys, KeyUse, PackageStore, Workflows

_AT_WORK, _REMEMBERED = timedelta(seconds=30), timedelta(days=7)


def receive_callback(
    account: AccountId,
    package: PackageId,
    *,
    told: str,
    code: str,
    packages: PackageStore,
    workflows: Workflows,
    clock: Clock,
    remind: bool = False,
) -> None:
    """`told` is our sentence for the timeline (no vendor text); `remind`: a signer asked for a new link.

    The caller has checked the capability token; the package is not read here.
    """
    now = clock.now()
    packages.append_timeline(account, package, (entry(now, EntryKind.CALLBACK, told, code=code),))
    asked = packages.wake(account, package, now=now)
    if remind or not asked.leased:
        workflows.refresh(account, package, wanted=asked.wanted, remind=remind)


def once_per_event(
    account: AccountId, event: str | None, work: Callable[[], None], *, keys: IdempotencyKeys, clock: Clock
) -> bool:
    """Do `work` for a message that carries its own id, once in seven days; False: it was heard before, or is right now.

    Two writes. Where `work` breaks down the id is free again; None: the message has no id, and every one counts.
    """
    if event is None:
        work()
        return True
    now, key = clock.now(), f"callback\n{event}"  # no Idempotency-Key of Coupa's has a line break
    claim = KeyUse(hashlib.sha256(key.encode()).hexdigest(), uuid.uuid4().hex, now + _AT_WORK)
    if keys.claim(account, key, claim, now=now) is not None:
        return False
    try:
        work()
    except Exception:
        keys.release(account, key, owner=claim.owner)
        raise
    keys.settle(account, key, replace(claim, answer=FirstAnswer(204), until=now + _REMEMBERED))
    return True
