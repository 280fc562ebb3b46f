"""Coupa's endpoints in memory: who calls them now, and their pauses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.ids import AccountId, EndpointId
from esign.ports import ENDPOINT_PLACES, Closed, Place


@dataclass(slots=True)
class _Endpoint:
    failures: int = 0
    paused_until: datetime | None = None
    places: dict[int, Place] = field(default_factory=dict)


class MemoryEndpoints:
    """That part of port `PackageStore`."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[AccountId, EndpointId], _Endpoint] = {}
        self._door = threading.Lock()

    def enter_endpoint(
        self, account: AccountId, endpoint: EndpointId, *, owner: str, now: datetime, until: datetime
    ) -> Place | Closed:
        with self._door:
            found = self._endpoints.setdefault((account, endpoint), _Endpoint())
            if found.paused_until and found.paused_until > now:
                return Closed(found.paused_until)
            taken = {number: one for number, one in found.places.items() if one.until > now and one.owner != owner}
            own = [number for number, one in found.places.items() if one.owner == owner]
            open_ = 1 if found.paused_until else ENDPOINT_PLACES
            free = own or [number for number in range(open_) if number not in taken]
            if not free:
                return Closed(None)
            place = Place(account, endpoint, owner, free[0], until, found.failures)
            found.places[place.number] = place
            return place

    def leave_endpoint(
        self, place: Place, *, failures: int | None = None, paused_until: datetime | None = None
    ) -> None:
        with self._door:
            found = self._endpoints[place.account, place.endpoint]
            mine = found.places.get(place.number)
            if mine is None or mine.owner != place.owner:
                return
            del found.places[place.number]
            if failures is not None:
                found.failures, found.paused_until = failures, paused_until if failures else None
