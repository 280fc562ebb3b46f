"""The access tokens of Coupa's endpoints: fetched when needed, kept until 30 s before they end, renewed when refused.

It must not know how a token is fetched. Kept in this process only, per client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from esign.http.deadline import Deadline
from esign.ports import Clock

if TYPE_CHECKING:
    from esign.http.oauth import Token

    # (what `configureCallback` took, deadline); raises ConnectorError without an address or a secret
    Fetch = Callable[[Mapping[str, Any], Deadline], Token]

MARGIN = timedelta(seconds=30)
_Key = tuple[tuple[str, Any], ...]


class Bearers:
    """Safe in threads: at worst two of them fetch at the same time."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: dict[_Key, tuple[datetime, str]] = {}

    def __repr__(self) -> str:
        return f"Bearers({len(self._kept)} kept)"

    def known(self, oauth2: Mapping[str, Any]) -> str | None:
        """A token that is still good, as far as we know."""
        until, value = self._kept.get(_key(oauth2), (None, None))
        return value if until is not None and self._clock.now() < until else None

    def fresh(self, oauth2: Mapping[str, Any], deadline: Deadline) -> str:
        """Raises what `fetch` raises."""
        token = self._fetch(oauth2, deadline)
        until = self._clock.now() + timedelta(seconds=token.expires_in) - MARGIN
        self._kept[_key(oauth2)] = (until, token.value)
        return token.value


def _key(oauth2: Mapping[str, Any]) -> _Key:
    """All of it, so that a changed secret is another client."""
    return tuple(sorted(oauth2.items()))
