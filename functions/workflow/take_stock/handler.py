"""Every hour: measure what no single request knows, for the alarms and the dashboard."""

from __future__ import annotations

from esign.operations.take_stock import take_stock
from esign.runtime.composition import App
from esign.runtime.measures import CREDENTIALS_DAYS, STUCK_PACKAGES
from esign.runtime.observability import measure
from esign.runtime.workflow import Answer, Payload, workflow_step


@workflow_step("take_stock")
def handler(_payload: Payload, app: App) -> Answer:
    stock = take_stock(
        packages=app.packages,
        accounts=app.accounts,
        end_of=app.providers.credentials_end,
        clock=app.clock,
        timing=app.timing,
    )
    measure({STUCK_PACKAGES: stock.all_stuck, CREDENTIALS_DAYS: round(stock.credentials_days, 1)}, stuck=stock.stuck)
    return {"stuck": stock.all_stuck}
