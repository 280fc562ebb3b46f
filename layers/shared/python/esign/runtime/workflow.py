"""The door for Step Functions: a small payload in, a small answer out, one log line; no document and no personal data."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from esign.http.deadline import Deadline
from esign.operations.refresh import Step
from esign.runtime.observability import Level, log_request

if TYPE_CHECKING:
    from esign.runtime.composition import App

Payload = Mapping[str, Any]
Answer = dict[str, Any]
GRACE = 5.0  # seconds kept back from Lambda's own time-out, to store an outcome


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


Work = Callable[[Payload, "App"], Answer]
Handler = Callable[[Payload, Context], Answer]


def workflow_step(operation: str, *, composition: Callable[[], App] | None = None) -> Callable[[Work], Handler]:
    """Make a Lambda handler of a workflow step. What it raises is the workflow's to retry or catch, by class name."""

    def decorate(work: Work) -> Handler:
        @functools.wraps(work)
        def handler(payload: Payload, context: Context) -> Answer:
            began, outcome, alarm = time.perf_counter(), "failed", None
            deadline = Deadline(max(1.0, context.get_remaining_time_in_millis() / 1000 - GRACE))
            try:
                with deadline.applies():
                    answer = work(payload, (composition or _own_app)().until(deadline))
            except Exception as error:
                outcome = type(error).__name__
                raise
            else:
                outcome, alarm = str(answer.get("next", "ok")), answer.get("alarm")
                return answer
            finally:
                log_request(
                    Level.ERROR if alarm else Level.INFO,
                    operation=operation,
                    milliseconds=(time.perf_counter() - began) * 1000,
                    fault=outcome == "failed",
                    outcome=outcome,
                    code=alarm,
                    account=payload.get("account"),
                    package=payload.get("package"),
                )

        return handler

    return decorate


def told(step: Step) -> Answer:
    """A step as the state machine reads it."""
    until = step.until or datetime.now(UTC)
    answer = {"next": step.next.value, "until": until.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    return answer | ({"alarm": step.alarm} if step.alarm else {})


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()
