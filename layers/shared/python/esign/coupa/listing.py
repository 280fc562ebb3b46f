"""The query of listPackages as the store understands it. Standard library only."""

from __future__ import annotations

from datetime import datetime

from esign.coupa import rfc3339
from esign.coupa.query import Query, cursor, limit, one_of, refuse
from esign.domain.status import PackageStatus
from esign.ports import Listing

MOST_EXTERNAL_ID = 255  # characters


def listing(query: Query) -> Listing:
    """listPackages: `?status=&externalId=&createdAfter=&cursor=&limit=`."""
    return Listing(
        status=one_of(query, "status", PackageStatus),
        external_id=_external_id(query),
        created_after=_created_after(query),
        limit=limit(query),
        cursor=cursor(query),
    )


def _external_id(query: Query) -> str | None:
    given = query.get("externalId")
    if given is not None and not 1 <= len(given) <= MOST_EXTERNAL_ID:
        refuse("externalId", f"Write 1 to {MOST_EXTERNAL_ID} characters.")
    return given


def _created_after(query: Query) -> datetime | None:
    given = query.get("createdAfter")
    try:
        return None if given is None else rfc3339.read(given)
    except ValueError:
        refuse("createdAfter", rfc3339.ADVICE)
