"""The workflow's Send: packages too large for one request, and submissions that were left in the middle."""

from __future__ import annotations

from esign.operations.submit_package import submit_package
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, told, workflow_step


@workflow_step("submit_package")
def handler(payload: Payload, app: App) -> Answer:
    step = submit_package(
        payload["account"],
        payload["package"],
        attempt=payload.get("submit"),
        packages=app.packages,
        documents=app.documents,
        access=app.access,
        addresses=app.addresses,
        bell=app.bell,
        clock=app.clock,
        timing=app.timing,
    )
    return told(step)
