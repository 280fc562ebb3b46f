"""The item `ENDPOINT` of each address that Coupa gave: the places of those who call it now, and the pause after a failure.

`pausedUntil` and `failures` stand only while it fails. A place whose time is over is free again, so a crash holds none.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from esign.aws import schema
from esign.aws.codec import Item
from esign.aws.leases import moment, number
from esign.aws.schema import SCHEMA, Key, key
from esign.aws.table import ConditionFailed, Table, update
from esign.domain.ids import AccountId, EndpointId
from esign.ports import ENDPOINT_PLACES, Closed, Place

_TRIES = 3  # at a place that others take at the same time
_KEPT = timedelta(days=30)  # an address that nobody calls any more is forgotten


class Endpoints:
    """The part of the package store that knows how Coupa's endpoints are."""

    _table: Table

    def enter_endpoint(
        self, account: AccountId, endpoint: EndpointId, *, owner: str, now: datetime, until: datetime
    ) -> Place | Closed:
        """One write where the endpoint is well and little visited: an owner begins at a place of its own choice, which it
        may take again. Otherwise the failed write tells what is free."""
        item: Item = {}
        for _ in range(_TRIES):
            if (paused := moment(item, "pausedUntil")) is not None and paused > now:
                return Closed(paused)
            free = _free(item, owner, now)
            if not free:
                return Closed(None)
            chosen = free[zlib.crc32(owner.encode()) % len(free)]
            place = Place(account, endpoint, owner, chosen, until, number(item, "failures"))
            try:
                self._table.write(_take(place, now))
            except ConditionFailed as failed:
                item = failed.item or {}
            else:
                return place
        return Closed(None)

    def leave_endpoint(
        self, place: Place, *, failures: int | None = None, paused_until: datetime | None = None
    ) -> None:
        sets = "SET #failures = :failures, #pausedUntil = :paused " if failures else ""
        well = ", #failures, #pausedUntil" if failures == 0 else ""
        values = {":failures": failures, ":paused": paused_until, ":owner": place.owner}
        mine = f"#owner{place.number}"
        expression = f"{sets}REMOVE #place{place.number}, {mine}{well}"
        try:
            self._table.write(update(_key(place.account, place.endpoint), expression, values, f"{mine} = :owner"))
        except ConditionFailed:
            return


def _free(item: Item, owner: str, now: datetime) -> list[int]:
    """The owner's own place, or those that it may take: of an endpoint that failed, the first alone."""
    own = [n for n in range(ENDPOINT_PLACES) if item.get(f"owner{n}") == {"S": owner}]
    open_ = range(1 if "pausedUntil" in item else ENDPOINT_PLACES)
    return own or [n for n in open_ if (until := moment(item, f"place{n}")) is None or until <= now]


def _take(place: Place, now: datetime) -> dict[str, dict[str, object]]:
    taken, owner = f"#place{place.number}", f"#owner{place.number}"
    free = f"(attribute_not_exists({taken}) OR {taken} <= :now OR {owner} = :owner)"
    state = "#pausedUntil <= :now" if place.failures else "attribute_not_exists(#pausedUntil)"
    values = {":until": place.until, ":owner": place.owner, ":now": now, ":schema": SCHEMA}
    values |= {":ttl": int((now + _KEPT).timestamp())}
    expression = f"SET {taken} = :until, {owner} = :owner, #schema = :schema, #{schema.TIME_TO_LIVE} = :ttl"
    return update(_key(place.account, place.endpoint), expression, values, f"{free} AND {state}")


def _key(account: AccountId, endpoint: EndpointId) -> Key:
    return key(schema.endpoint_partition(account, endpoint), schema.ENDPOINT)
