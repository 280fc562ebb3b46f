"""The door for Step Functions: a small payload in, a small answer out, one log line; no document and no personal data."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from esign.domain.errors import ConnectorError
from esign.http.deadline import Deadline
from esign.operations.refresh import Step
from esign.runtime.observability import Level, log_request, stack

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
            began = time.perf_counter()
            end = _End(Level.ERROR, "failed", fault=True)
            deadline = Deadline(max(1.0, context.get_remaining_time_in_millis() / 1000 - GRACE))
            try:
                with deadline.applies():
                    answer = work(payload, (composition or _own_app)().until(deadline))
            except Exception as error:
                end = _raised(error)
                raise
            else:
                end = _answered(answer)
                return answer
            finally:
                log_request(
                    end.level,
                    operation=operation,
                    milliseconds=(time.perf_counter() - began) * 1000,
                    fault=end.fault,
                    outcome=end.outcome,
                    account=payload.get("account"),
                    package=payload.get("package"),
                    **end.notes,
                )

        return handler

    return decorate


@dataclass(frozen=True, slots=True)
class _End:
    """What the log says of a step."""

    level: Level
    outcome: str
    fault: bool = False
    notes: Mapping[str, object] = field(default_factory=dict)


def _answered(answer: Answer) -> _End:
    alarm = answer.get("alarm")
    return _End(Level.ERROR if alarm else Level.INFO, str(answer.get("next", "ok")), notes={"code": alarm})


def _raised(error: Exception) -> _End:
    """As at Coupa's door, whose table says what is our fault or a provider's: a race that was lost is neither."""
    from esign.coupa.errors import told as row_of

    where = {"stack": stack(error.__traceback__)}
    if not isinstance(error, ConnectorError):
        notes = {"exception": type(error).__name__, **where}
        return _End(Level.ERROR, ConnectorError.code, fault=True, notes=notes)
    row = row_of(error)
    if row.alert:
        return _End(Level.ERROR, error.kind, fault=True, notes=where)
    return _End(Level.INFO if row.status < 500 else Level.WARNING, error.kind, fault=row.status >= 500)


def told(step: Step) -> Answer:
    """A step as the state machine reads it."""
    until = step.until or datetime.now(UTC)
    answer = {"next": step.next.value, "until": until.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    return answer | ({"alarm": step.alarm} if step.alarm else {})


def _own_app() -> App:
    from esign.runtime.composition import app

    return app()
