"""Read the provider and move the package forwards; first remind its signers where one of them asked for a new link."""

from __future__ import annotations

from esign.operations.remind_on_request import remind_on_request
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, told, workflow_step


@workflow_step("sync_package")
def handler(payload: Payload, app: App) -> Answer:
    account, package, round_ = payload["account"], payload["package"], int(payload.get("round", 0))
    if payload.get("remind") and round_ <= 1:
        remind_on_request(account, package, packages=app.packages, access=app.access, clock=app.clock)
    return told(app.refresh.sync(account, package, owner=payload["execution"], round_=round_))
