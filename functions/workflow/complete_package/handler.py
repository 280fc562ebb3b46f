"""The signed-file gate, retention, manifest, and COMPLETE."""

from __future__ import annotations

from esign.operations.complete_package import complete_package
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, told, workflow_step


@workflow_step("complete_package")
def handler(payload: Payload, app: App) -> Answer:
    step = complete_package(
        payload["account"],
        payload["package"],
        packages=app.packages,
        access=app.access,
        evidence=app.evidence,
        bell=app.bell,
        clock=app.clock,
        retention=app.settings.retention,
    )
    return told(step)
