"""PUT /v1/packages/{packageId}/expiry {expiresAt}: give the signers more time."""

from __future__ import annotations

from esign.coupa import views
from esign.coupa.mapping import new_expiry
from esign.operations.signers import extend_expiry
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("extend_expiry")
def handler(request: Request, app: App) -> Reply:
    package = extend_expiry(
        request.account,
        request.path["packageId"],
        new_expiry(request.json()),
        packages=app.packages,
        access=app.access,
        clock=app.clock,
        timing=app.timing,
    )
    return Reply(200, views.package(package))
