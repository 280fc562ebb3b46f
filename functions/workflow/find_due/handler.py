"""The sweep: look at what is due, and start what has to be done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from esign.operations.ending_credentials import CODE, ending_credentials, is_time
from esign.operations.find_due import Sweep
from esign.runtime.composition import App
from esign.runtime.measures import SWEEP_LAG
from esign.runtime.observability import alarm, measure
from esign.runtime.workflow import Answer, Payload, workflow_step

READERS = 16  # provider reads side by side


@workflow_step("find_due")
def handler(_payload: Payload, app: App) -> Answer:
    with ThreadPoolExecutor(READERS) as readers:
        sweep = Sweep(app.packages, app.workflows, app.bell, app.clock, app.timing, app.polling, mapped=readers.map)
        swept = sweep.run()
    measure({SWEEP_LAG: round(swept.lag, 1)})
    if is_time(now := app.clock.now()):
        for one in ending_credentials(app.accounts, end_of=app.providers.credentials_end, now=now):
            alarm(CODE, account=one.account, ends=one.ends.isoformat())
    return {"started": swept.started, "more": swept.more}
