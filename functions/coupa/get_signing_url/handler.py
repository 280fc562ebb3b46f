"""GET /v1/packages/{packageId}/recipients/{recipientId}/signing-url: where a recipient signs; several for a group."""

from __future__ import annotations

from esign.operations.signers import get_signing_url
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("get_signing_url")
def handler(request: Request, app: App) -> Reply:
    urls = get_signing_url(
        request.account,
        request.path["packageId"],
        request.path["recipientId"],
        packages=app.packages,
        access=app.access,
    )
    return Reply(200, {"urls": list(urls)})
