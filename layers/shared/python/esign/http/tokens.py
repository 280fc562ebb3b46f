"""Access tokens that outlive a request: kept in the process until shortly before their end, never anywhere else.

However many callers wait, one of them fetches. Time of day counts, since a frozen function's monotonic clock may stand
still while tokens expire. Knows no vendor and no way to get a token.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from functools import cache
from threading import Lock

from esign.http.oauth import Token

MARGIN = 60.0  # seconds before its end from which a token is no longer used


class Tokens:
    """By a key that tells whose they are; it must not be readable as a secret (hash what is one)."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[str, float]] = {}
        self._locks: defaultdict[Hashable, Lock] = defaultdict(Lock)

    def get(self, key: Hashable, fetch: Callable[[], Token], *, margin: float = MARGIN) -> str:
        """The kept token, or a fetched one, whose errors pass. `margin` in seconds."""
        with self._locks[key]:
            value, until = self._kept.get(key, ("", 0.0))
            return value if until > self._clock() else self._fetched(key, fetch, margin)

    def renew(self, key: Hashable, fetch: Callable[[], Token], *, margin: float = MARGIN) -> str:
        """A fetched token, whatever is kept."""
        with self._locks[key]:
            return self._fetched(key, fetch, margin)

    def drop(self, key: Hashable, refused: str) -> None:
        """The service does not take this token any more; one that was fetched meanwhile stays."""
        with self._locks[key]:
            if self._kept.get(key, ("", 0.0))[0] == refused:
                del self._kept[key]

    def _fetched(self, key: Hashable, fetch: Callable[[], Token], margin: float) -> str:
        token = fetch()
        self._kept[key] = token.value, self._clock() + token.expires_in - margin
        return token.value


@cache
def process_tokens() -> Tokens:
    return Tokens()
