"""Bring the signed files and audit trails of a signed package into the evidence store."""

from __future__ import annotations

from esign.operations.collect_evidence import collect_evidence
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, told, workflow_step


@workflow_step("collect_evidence")
def handler(payload: Payload, app: App) -> Answer:
    step = collect_evidence(
        payload["account"],
        payload["package"],
        packages=app.packages,
        access=app.access,
        evidence=app.evidence,
        clock=app.clock,
        timing=app.timing,
    )
    return told(step)
