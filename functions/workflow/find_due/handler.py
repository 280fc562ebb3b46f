"""The sweep: start what is due."""

from __future__ import annotations

from esign.operations.find_due import Sweep
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, workflow_step


@workflow_step("find_due")
def handler(_payload: Payload, app: App) -> Answer:
    sweep = Sweep(app.packages, app.accounts, app.workflows, app.bell, app.clock, app.timing)
    swept = sweep.run()
    return {"started": swept.started, "more": swept.more}
