"""When a provider call is tried again: seldom, soon, and never where it could happen twice.

At most two more tries, begun within the first fifth of the call's deadline. A call whose repetition changes nothing is
tried again when there was no answer, and on 429, 502, 503 and 504 (waiting as long as `Retry-After` says, if that fits).
Any other call is tried again only when it is certain that nothing was sent. A stale pooled connection that breaks under
a POST is not certain. Knows errors, no HTTP library.

stamina over bare tenacity costs about 5 ms of import on an idle machine (31-34 against 26-31 ms) and brings jitter,
the hook for `Retry-After` and a testing mode.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina

from esign.domain.errors import ProviderError, ProviderUnavailable
from esign.http.deadline import Deadline

T = TypeVar("T")

TRIES = 3
SHARE = 0.2  # of the deadline, in which a further try may begin
_PASSING = frozenset({429, 502, 503, 504})


def with_retries(attempt: Callable[[], T], *, safe: bool, deadline: Deadline) -> T:
    """What `attempt` returns; its last error when the tries are used up."""
    if deadline.passed:
        return attempt()  # which says that no time is left
    patience = deadline.within(SHARE * deadline.remaining())

    def pause_after(error: Exception) -> bool | float:
        if not _may_repeat(error, safe=safe):
            return False
        asked = getattr(error, "retry_after", None) or 0.0
        return asked < patience.remaining() and (asked or True)  # True: stamina's own pause

    tries = stamina.retry_context(
        on=pause_after,
        attempts=TRIES,
        timeout=patience.budget,
        wait_initial=min(0.2, patience.budget / 8),
        wait_max=patience.budget / 2,
        wait_jitter=min(0.2, patience.budget / 8),
    )
    for again in tries:
        with again:
            return attempt()
    raise AssertionError("unreachable: the last try raises")  # pragma: no cover


def _may_repeat(error: Exception, *, safe: bool) -> bool:
    if not isinstance(error, ProviderError):
        return False
    status = error.fault.status if error.fault else None
    if status is None:
        return isinstance(error, ProviderUnavailable)  # unsafe and doubtful is OutcomeUnknown, never this
    return safe and status in _PASSING
