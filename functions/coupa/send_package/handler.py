"""POST /v1/packages/{packageId}/send: start signing. Sending again what is out answers the package."""

from __future__ import annotations

from esign.coupa import views
from esign.operations.send_package import send_package
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("send_package")
def handler(request: Request, app: App) -> Reply:
    package = send_package(
        request.account,
        request.path["packageId"],
        packages=app.packages,
        documents=app.documents,
        access=app.access,
        addresses=app.addresses,
        workflows=app.workflows,
        bell=app.bell,
        clock=app.clock,
        timing=app.timing,
    )
    return Reply(200, views.package(package))
