"""The door for the bell (SQS): messages of {account, package}, each on its own; one that fails comes again alone.

Own code, and short: what it keeps of Powertools' batch processor is the answer `batchItemFailures`, without the half of a
cold start that importing it costs (it loads asyncio and the data classes of every event source).
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from esign.runtime.observability import Level, log_request, stack

if TYPE_CHECKING:
    from esign.runtime.composition import App

Message = Mapping[str, Any]
Answer = dict[str, list[dict[str, str]]]
Work = Callable[[Message, str, "App"], None]  # (message, the id that SQS gave it, the ports)
Handler = Callable[[Mapping[str, Any], object], Answer]


def hears_the_bell(operation: str, *, composition: Callable[[], App] | None = None) -> Callable[[Work], Handler]:
    """Make a Lambda handler of the work on one message. What it raises leaves the message in the queue."""

    def decorate(work: Work) -> Handler:
        @functools.wraps(work)
        def handler(event: Mapping[str, Any], _context: object) -> Answer:
            app = (composition or _own_app)()
            failed = [r["messageId"] for r in event["Records"] if not _heard(operation, work, r, app)]
            return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}

        return handler

    return decorate


def _heard(operation: str, work: Work, record: Mapping[str, Any], app: App) -> bool:
    began = time.perf_counter()
    message: Message = {}
    level, outcome, notes = Level.INFO, "ok", dict[str, object]()
    try:
        message = json.loads(record["body"])
        work(message, record["messageId"], app)
    except Exception as error:  # noqa: BLE001 - the last door: the others of the batch are not to wait for this one
        level, outcome, notes = Level.ERROR, type(error).__name__, {"stack": stack(error.__traceback__)}
    log_request(
        level,
        operation=operation,
        milliseconds=(time.perf_counter() - began) * 1000,
        fault=outcome != "ok",
        outcome=outcome,
        account=message.get("account"),
        package=message.get("package"),
        **notes,
    )
    return outcome == "ok"


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()
