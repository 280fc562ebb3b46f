"""POST /v1/packages/{packageId}/skip-signers: skip everybody who has not signed."""

from __future__ import annotations

from esign.coupa import views
from esign.operations.signers import skip_recipients
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("skip_recipients")
def handler(request: Request, app: App) -> Reply:
    package = skip_recipients(
        request.account,
        request.path["packageId"],
        packages=app.packages,
        access=app.access,
        refresh=app.refresh,
        clock=app.clock,
    )
    return Reply(200, views.package(package))
