"""POST /v1/packages/{packageId}/reminders: remind everybody who has not signed."""

from __future__ import annotations

from esign.coupa import views
from esign.operations.signers import remind_recipients
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("remind_recipients")
def handler(request: Request, app: App) -> Reply:
    package = remind_recipients(
        request.account, request.path["packageId"], packages=app.packages, access=app.access, clock=app.clock
    )
    return Reply(200, views.package(package))
