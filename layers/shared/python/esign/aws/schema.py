"""Every name of the one table: attributes, indexes, keys. Standard library only, since the infrastructure imports it too.

Index `due` (shard N, nextDueAt S, keys only) holds nothing but `S#` items that wait for a date. Index `listing`
(listing S, listedAt S, all attributes) holds each package's `P#META`, each account, each dead letter, and those
`S#DELIVERY` items that stand in an endpoint's line.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from datetime import UTC, datetime
from typing import Any

from esign.domain.ids import AccountId, EndpointId, PackageId, is_package_id
from esign.ports import SHARDS, Due, DueKind

SCHEMA = 1  # of every item: fields are only added, readers take what they know

PARTITION, SORT = "PK", "SK"
TIME_TO_LIVE = "ttl"  # epoch seconds, N; not `expiresAt`, which is a package's own date

DUE_INDEX, DUE_PARTITION, DUE_SORT = "due", "shard", "nextDueAt"
LISTING_INDEX, LISTING_PARTITION, LISTING_SORT = "listing", "listing", "listedAt"
ALL_ACCOUNTS = "ACCOUNTS"  # partition of index `listing`

META = "P#META"
PACKAGE_PREFIX, DOCUMENT_PREFIX, RECIPIENT_PREFIX, FILE_PREFIX = "P#", "P#D#", "P#R#", "P#F#"
EVENTS_PREFIX, TIMELINE_PREFIX, LETTER_PREFIX = "E#", "T#", "L#"
REFRESH, DELIVERY, RETENTION = "S#REFRESH", "S#DELIVERY", "S#RETENTION"
SWEEP = "LEASE"  # of a shard, in a partition of its own
ACCOUNT, BUDGET = "ACCOUNT", "S#BUDGET"
EXTERNAL_ID, REFERENCE, ENDPOINT = "X", "REF", "ENDPOINT"

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)

Key = dict[str, Any]  # attribute name → {"S": …}


def key(partition: str, sort: str) -> Key:
    return {PARTITION: {"S": partition}, SORT: {"S": sort}}


def timestamp(moment: datetime) -> str:
    """ISO 8601, UTC, microseconds: of one width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def account_partition(account: AccountId) -> str:
    return f"A#{account}"


def package_partition(account: AccountId, package: PackageId) -> str:
    return f"A#{account}#PKG#{package}"


def sweep_partition(shard: int) -> str:
    return f"SWEEP#{shard}"


def due_of(item: Key) -> Due:
    """A line of index `due`. Raises ValueError for keys that are no package's."""
    account, marker, package = item[PARTITION]["S"].removeprefix("A#").rpartition("#PKG#")
    if not marker:
        raise ValueError("index `due` holds a key that is no package's")
    kind = DueKind(item[SORT]["S"].removeprefix("S#"))
    return Due(AccountId(account), PackageId(package), kind, datetime.fromisoformat(item[DUE_SORT]["S"]))


def shard_of(package: PackageId) -> int:
    return zlib.crc32(package.encode()) % SHARDS


def listed_at(created_at: datetime, package: PackageId) -> str:
    return f"{timestamp(created_at)}#{package}"


def package_listed(place: str) -> PackageId | None:
    """The package of a place that `listed_at` makes; None for any other text."""
    moment, _, package = place.partition("#")
    return PackageId(package) if _TIMESTAMP.fullmatch(moment) and is_package_id(package) else None


def numbered(prefix: str, number: int) -> str:
    """`P#D#07`: numbers above 99 stay unique, readers sort by number."""
    return f"{prefix}{number:02d}"


def events_sort(sequence: int) -> str:
    """Of the *last* event in the item, so that "all after n" is one range, also when n lies within an item."""
    return f"{EVENTS_PREFIX}{sequence:08d}"


def external_id_key(account: AccountId, external_id: str) -> Key:
    return key(f"A#{account}#X#{external_id}", EXTERNAL_ID)


def reference_key(account: AccountId, provider: str, reference: str) -> Key:
    return key(f"A#{account}#REF#{provider}#{reference}", REFERENCE)


def endpoint_partition(account: AccountId, endpoint: EndpointId) -> str:
    """Also the partition of index `listing` in which the packages stand that wait for it."""
    return f"A#{account}#ENDPOINT#{endpoint}"


def letters_partition(account: AccountId) -> str:
    """Of index `listing`."""
    return f"A#{account}#LETTERS"


def letter_sort(sequence: int) -> str:
    return f"{LETTER_PREFIX}{sequence:08d}"


def subject_partition(account: AccountId, subject: str) -> str:
    """`subject` is the hash of an address (`esign.domain.forgetting`)."""
    return f"A#{account}#SUBJECT#{subject}"


def subject_key(account: AccountId, subject: str, package: PackageId) -> Key:
    return key(subject_partition(account, subject), package)


def idempotency_key(account: AccountId, text: str) -> Key:
    """By its hash: the text is the caller's choice, and 255 characters of it may be anything."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return key(f"A#{account}#IDEMPOTENCY#{digest}", "IDEMPOTENCY")
