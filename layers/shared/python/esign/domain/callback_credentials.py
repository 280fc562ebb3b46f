"""The credentials that our notifications to Coupa carry, as they lie among an account's secrets for notifications.

Each set has a name and never changes; the account's callback names the one that goes with its address. So whoever has read
the callback can tell whether what it read of the secrets is of the same time, and no set ever goes to another address.
Knows nothing of how a set proves who calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SETS = "callbackCredentials"  # their name among the account's secrets for notifications
_MEANWHILE = 2  # sets that others may have written and have still to name

Set = Mapping[str, Any]  # {basic: …} or {oauth2: …}, see `AccountStore.notification_secrets`


def credentials(stored: Mapping[str, Any], name: str | None) -> Set | None:
    """The set of this name, of what `AccountStore.notification_secrets` gives; none is named: an empty one. None: there is
    no such set, at least not yet."""
    found: Set | None = {} if name is None else stored.get(SETS, {}).get(name)
    return found


def with_credentials(stored: Mapping[str, Any], name: str, given: Set, *, former: str | None) -> dict[str, Any]:
    """What else is stored, with this set. The one that the callback names now stays, since the new name may fail to be
    saved; so do the last ones written, since somebody may be about to name them."""
    known = stored.get(SETS, {})
    staying = {former, *list(known)[-_MEANWHILE:]}
    return {**stored, SETS: {one: kept for one, kept in known.items() if one in staying} | {name: given}}


def without_credentials(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {what: kept for what, kept in stored.items() if what != SETS}
