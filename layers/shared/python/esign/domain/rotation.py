"""How a secret is changed without a gap: for a while the new one and the one before are both live.

The one before ends by its own date, so nothing has to run then. Knows neither what a secret proves nor where it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, Self, TypeVar

from esign.domain.errors import WrongState

LIVE_SECRETS = 2  # at once: the current one, and the one before while it is rotated


class Ending(Protocol):
    """A secret that may end."""

    def is_live(self, now: datetime) -> bool: ...
    def ending(self, at: datetime) -> Self: ...


S = TypeVar("S", bound=Ending)


def live(secrets: Sequence[S], now: datetime) -> tuple[S, ...]:
    """At most LIVE_SECRETS; `secrets` have the newest first."""
    return tuple(one for one in secrets[:LIVE_SECRETS] if one.is_live(now))


def rotated(secrets: Sequence[S], new: S, *, now: datetime, overlap: timedelta) -> tuple[S, ...]:
    """With the new one; the one before ends `overlap` from now. Raises WrongState while another rotation is under way."""
    known = live(secrets, now)
    if len(known) == LIVE_SECRETS:
        raise WrongState("A rotation is under way already.", code="rotation_under_way")
    return (new, *(one.ending(now + overlap) for one in known))


def ended(secrets: Sequence[S], now: datetime) -> tuple[S, ...]:
    """The newest alone. Raises WrongState when there is but one."""
    if len(live(secrets, now)) < LIVE_SECRETS:
        raise WrongState("No rotation is under way.", code="no_rotation")
    return tuple(secrets[:1])
