"""The door for the bell (SQS): messages of {account, package}, side by side; one that fails comes again alone.

Each message of a batch has its own thread: they mostly wait for Coupa, and an endpoint that hangs must not keep the
messages of other customers behind it waiting.

Own code, and short: what it keeps of Powertools' batch processor is the answer `batchItemFailures`, without the half of a
cold start that importing it costs (it loads asyncio and the data classes of every event source).
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from esign.runtime.observability import Level, log_request, stack

if TYPE_CHECKING:
    from esign.runtime.composition import App

T = TypeVar("T")
Message = Mapping[str, Any]
Answer = dict[str, list[dict[str, str]]]
Work = Callable[[Message, str], object]  # (message, the id that SQS gave it)
Handler = Callable[[Mapping[str, Any], object], Answer]


def hears_the_bell(
    operation: str, *, composition: Callable[[], App] | None = None
) -> Callable[[Callable[[App], Work]], Handler]:
    """Make a Lambda handler of a function that makes the work on one message from the ports: AWS's clients must not be
    made by several threads at once. What the work raises leaves the message in the queue."""

    def decorate(prepare: Callable[[App], Work]) -> Handler:
        @functools.wraps(prepare)
        def handler(event: Mapping[str, Any], _context: object) -> Answer:
            work = prepare((composition or _own_app)())
            records = event["Records"]
            heard = side_by_side(lambda record: _heard(operation, work, record), records)
            failed = [record["messageId"] for record, well in zip(records, heard, strict=True) if not well]
            return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}

        return handler

    return decorate


def side_by_side(work: Callable[[T], bool], items: Sequence[T]) -> list[bool]:
    """The answers in order; a single item needs no thread, nor the time to import them."""
    if len(items) < 2:
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(work, items))


def _heard(operation: str, work: Work, record: Mapping[str, Any]) -> bool:
    began = time.perf_counter()
    message: Message = {}
    level, outcome, notes = Level.INFO, "ok", dict[str, object]()
    try:
        message = json.loads(record["body"])
        work(message, record["messageId"])
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
