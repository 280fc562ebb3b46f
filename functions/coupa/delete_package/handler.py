"""DELETE /v1/packages/{packageId} with optional {reason}: delete, withdraw or archive; again answers the same."""

from __future__ import annotations

from esign.coupa import views
from esign.coupa.mapping import delete_reason
from esign.operations.delete_package import delete_package
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("delete_package")
def handler(request: Request, app: App) -> Reply:
    package = delete_package(
        request.account,
        request.path["packageId"],
        delete_reason(request.json()) if request.raw_body else None,
        packages=app.packages,
        documents=app.documents,
        access=app.access,
        refresh=app.refresh,
        workflows=app.workflows,
        clock=app.clock,
    )
    return Reply(200, views.package(package))
