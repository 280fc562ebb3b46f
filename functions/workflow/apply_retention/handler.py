"""Remove of an ended package what its account wants gone by now."""

from __future__ import annotations

from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, workflow_step


@workflow_step("apply_retention")
def handler(payload: Payload, app: App) -> Answer:
    app.retention.apply(payload["account"], payload["package"])
    return {}
