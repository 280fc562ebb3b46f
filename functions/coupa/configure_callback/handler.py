"""PUT, GET, DELETE /v1/callback and /v1/packages/{packageId}/callback: where Coupa wants to hear of events."""

from __future__ import annotations

from esign.coupa import reports
from esign.coupa.mapping import callback_wish
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("configure_callback")
def handler(request: Request, app: App) -> Reply:
    package = request.path.get("packageId")
    if request.method == "DELETE":
        app.callbacks.delete(request.account, package, claim=request.claim)
        return Reply(204)
    if request.method == "PUT":
        wish = callback_wish(request.json(), of_account=package is None, loopback=app.settings.allow_loopback_http)
        found = app.callbacks.put(request.account, package, wish.callback, authentication=wish.authentication)
    else:
        found = app.callbacks.get(request.account, package)
    return Reply(200, reports.callback_answer(found.callback, found.provider_callback))
