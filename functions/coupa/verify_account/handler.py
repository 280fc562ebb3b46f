"""GET /v1/account: the account, its provider and capabilities, proven by a real call to the provider."""

from __future__ import annotations

from esign.coupa import reports
from esign.operations.verify_account import verify_account
from esign.runtime.composition import App
from esign.runtime.endpoint import Reply, Request, coupa_endpoint


@coupa_endpoint("verify_account")
def handler(request: Request, app: App) -> Reply:
    report = verify_account(request.account, access=app.access)
    proven = report.identity
    told = reports.account(report.account, report.capabilities, identity=proven.description, remarks=proven.remarks)
    return Reply(200, told)
