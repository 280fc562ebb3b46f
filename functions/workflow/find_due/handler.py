"""The sweep: look at what is due, and start what has to be done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from esign.operations.find_due import Sweep
from esign.runtime.composition import App
from esign.runtime.workflow import Answer, Payload, workflow_step

READERS = 16  # provider reads side by side


@workflow_step("find_due")
def handler(_payload: Payload, app: App) -> Answer:
    with ThreadPoolExecutor(READERS) as readers:
        sweep = Sweep(app.packages, app.workflows, app.bell, app.clock, app.timing, app.polling, mapped=readers.map)
        swept = sweep.run()
    return {"started": swept.started, "more": swept.more}
