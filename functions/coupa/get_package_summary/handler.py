"""GET /v1/packages/{packageId}/summary[?refresh=true]: the signing status and its counts."""

from __future__ import annotations

from esign.coupa import query, views
from esign.operations.get_package import get_package_summary
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("get_package_summary", query=("refresh",))
def handler(request: Request, app: App) -> Reply:
    found = get_package_summary(
        request.account,
        request.path["packageId"],
        packages=app.packages,
        workflows=app.workflows,
        clock=app.clock,
        timing=app.timing,
        refresh=app.refresh if query.flag(request.query, "refresh") else None,
    )
    return Reply(200, views.summary(found))
