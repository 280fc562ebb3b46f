"""GET /v1/packages/{packageId}[?refresh=true]: the package, its recipients and their status."""

from __future__ import annotations

from esign.coupa import query, views
from esign.operations.get_package import get_package
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("get_package", query=("refresh",))
def handler(request: Request, app: App) -> Reply:
    found = get_package(
        request.account,
        request.path["packageId"],
        packages=app.packages,
        workflows=app.workflows,
        clock=app.clock,
        timing=app.timing,
        refresh=app.refresh if query.flag(request.query, "refresh") else None,
    )
    return Reply(200, views.package(found))
