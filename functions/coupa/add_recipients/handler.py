"""POST /v1/packages/{packageId}/recipients: who signs, approves, views or gets a copy; all or none."""

from __future__ import annotations

from esign.coupa import views
from esign.coupa.mapping_recipients import new_recipients
from esign.operations.add_recipients import add_recipients
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("add_recipients")
def handler(request: Request, app: App) -> Reply:
    added = add_recipients(
        request.account,
        request.path["packageId"],
        new_recipients(request.json()),
        packages=app.packages,
        access=app.access,
        clock=app.clock,
        claim=request.claim,
    )
    recipients = [views.recipient(person) for person in added.recipients]
    return Reply(201, views.present(recipients=recipients, warnings=views.warnings(added.warnings)))
