"""The query of listPackages as the store understands it."""

from __future__ import annotations

from esign.coupa.query import Query, cursor, limit, value
from esign.coupa.values import Choice, Moment, Text
from esign.domain.status import PackageStatus
from esign.ports import Listing

_STATUS = Choice(PackageStatus)
_MOMENT = Moment()
_EXTERNAL_ID = Text(255, least=1)


def listing(query: Query) -> Listing:
    """listPackages: `?status=&externalId=&createdAfter=&cursor=&limit=`."""
    return Listing(
        status=value(query, "status", _STATUS),
        external_id=value(query, "externalId", _EXTERNAL_ID),
        created_after=value(query, "createdAfter", _MOMENT),
        limit=limit(query),
        cursor=cursor(query),
    )
