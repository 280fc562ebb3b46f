"""POST /v1/packages: a package in DRAFT; 200 where an open one of the same externalId and body is there."""

from __future__ import annotations

from esign.coupa import views
from esign.coupa.mapping import new_package
from esign.operations.create_package import create_package
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("create_package")
def handler(request: Request, app: App) -> Reply:
    created = create_package(
        new_package(request.json()),
        account=request.account,
        provider=request.provider,
        providers=app.providers,
        packages=app.packages,
        clock=app.clock,
        claim=request.claim,
    )
    package = created.package
    status = 201 if created.created else 200
    return Reply(status, views.package(package), request.location(package.id), package=package.id)
