"""GET /v1/packages/{packageId}/events?cursor=&limit=: the package's timeline, oldest first."""

from __future__ import annotations

from esign.coupa import query, reports
from esign.operations.listing import list_events
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("list_events", query=("cursor", "limit"))
def handler(request: Request, app: App) -> Reply:
    entries, cursor = list_events(
        request.account,
        request.path["packageId"],
        cursor=query.cursor(request.query),
        limit=query.limit(request.query),
        packages=app.packages,
    )
    return Reply(200, reports.page("events", [reports.timeline_entry(entry) for entry in entries], cursor))
