"""Look at the signatures of the collected PDFs. The only function that loads the PDF library."""

from __future__ import annotations

from esign.operations.inspect_signatures import inspect_signatures
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, told, workflow_step


@workflow_step("inspect_signatures")
def handler(payload: Payload, app: App) -> Answer:
    step = inspect_signatures(
        payload["account"],
        payload["package"],
        packages=app.packages,
        evidence=app.evidence,
        inspector=app.inspector,
        clock=app.clock,
    )
    return told(step)
