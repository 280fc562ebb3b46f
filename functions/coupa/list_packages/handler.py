"""GET /v1/packages?status=&externalId=&createdAfter=&cursor=&limit=: the account's packages, newest first."""

from __future__ import annotations

from esign.coupa import reports, views
from esign.coupa.listing import listing
from esign.operations.listing import list_packages
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("list_packages", query=("status", "externalId", "createdAfter", "cursor", "limit"))
def handler(request: Request, app: App) -> Reply:
    heads, cursor = list_packages(request.account, listing(request.query), packages=app.packages)
    return Reply(200, reports.page("packages", [views.package_head(head) for head in heads], cursor))
