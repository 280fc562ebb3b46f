"""What the package store answers about who works on what, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.domain.ids import AccountId, EndpointId, PackageId
from esign.domain.package import Package
from esign.domain.status import PackageStatus


@dataclass(frozen=True, slots=True)
class Created:
    package: Package


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """An open package of this account has the external id."""

    package: PackageId


@dataclass(frozen=True, slots=True)
class Wake:
    """The answer to a wake-up: which one it is, and whether a refresh is at work already and will see it."""

    wanted: int
    leased: bool


@dataclass(frozen=True, slots=True)
class RefreshLease:
    """The right to refresh one package until `until`; `wanted` is what this run answers."""

    account: AccountId
    package: PackageId
    owner: str
    wanted: int
    until: datetime
    last_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLease:
    """The right to deliver one package's events until `until`.

    `cursor` is the sequence of the last that is done with; `replays` are earlier ones that were asked for again, in
    order. Of the next event: how often it was tried in vain (`attempts`) or refused (`rejections`). `failing_since`:
    nothing of this package reached its endpoint since then.
    """

    account: AccountId
    package: PackageId
    owner: str
    cursor: int
    attempts: int
    until: datetime
    rejections: int = 0
    failing_since: datetime | None = None
    replays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """A package's next event has to wait until `until`.

    With an `endpoint` it stands in that endpoint's line, and whoever finds the endpoint well may take it earlier.
    Without one nobody tries earlier, whatever rings. The rest is what the next lease tells.
    """

    until: datetime
    attempts: int = 0
    rejections: int = 0
    failing_since: datetime | None = None
    endpoint: EndpointId | None = None


ENDPOINT_PLACES = 5  # calls to one endpoint at the same time, over all running environments


@dataclass(frozen=True, slots=True)
class Place:
    """The right to call an endpoint until `until`; `failures` in a row, of all packages, came before."""

    account: AccountId
    endpoint: EndpointId
    owner: str
    number: int
    until: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Closed:
    """An endpoint that must not be called now: it rests `paused_until`, or (None) as many calls as may be are under way."""

    paused_until: datetime | None


class DueKind(StrEnum):
    REFRESH = "REFRESH"
    DELIVERY = "DELIVERY"
    RETENTION = "RETENTION"


@dataclass(frozen=True, slots=True)
class Due:
    """A line of the sparse index: this package's refresh, delivery or retention was due at `due_at`."""

    account: AccountId
    package: PackageId
    kind: DueKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshState:
    """Where a package's refresh stands: `busy` while somebody has its lease, or a wake-up waits for one."""

    due_at: datetime | None
    read_at: datetime | None
    busy: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How far Coupa was told of a package: whether events still wait, and how many became dead letters."""

    waiting: bool = False
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list of an account's packages, newest first."""

    status: PackageStatus | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    limit: int = 50
    cursor: str | None = None
    attention: bool = False  # only those that a person should look at


SHARDS = 10  # of index `due`
