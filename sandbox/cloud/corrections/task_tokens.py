"""A late or repeated task token is TaskTimedOut, an unknown one InvalidToken, each with its code.

moto searches the running executions only, and answers InvalidToken to all of these, some without any code. Here every
token that was ever given out is remembered, and closed when its state ends, since the state's time-out comes a moment before
its token's.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, local

from moto.core.exceptions import JsonRESTError
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
from moto.stepfunctions.parser.asl.eval.callback import callback

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json

KEPT = 10_000  # tokens; an older one is unknown


class _Tokens:
    """Every token that was given out, with the endpoint at which its task waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given: dict[str, Json] = {}
        self._latest = local()

    def remembering(self, original: Json) -> Json:
        """CallbackPoolManager.add"""

        def add(pool: Json, callback_id: str) -> Json:
            self._latest.endpoint = self._given[callback_id] = original(pool, callback_id)
            while len(self._given) > KEPT:
                del self._given[next(iter(self._given))]
            return self._latest.endpoint

        return add

    def closing(self, original: Json) -> Json:
        """StateTaskServiceCallback._eval_body, which adds its token in this very thread."""

        def eval_body(task: Json, env: Json) -> None:
            self._latest.endpoint = None
            try:
                original(task, env)
            finally:
                if self._latest.endpoint:
                    self._latest.endpoint.interrupt_all()

        return eval_body

    def tell(self, token: str, what: Callable[[Json], object]) -> None:
        """Hand the waiting task's endpoint to `what`, or raise AWS's error."""
        with self._lock:
            endpoint = self._given.get(token)
            if endpoint is None:
                raise JsonRESTError("InvalidToken", "Invalid Token: 'Invalid token'")
            if endpoint._notify_event.is_set():
                raise JsonRESTError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
            what(endpoint)


def correct(patches: Patches) -> None:
    tokens = _Tokens()

    def success(_self: Json, task_token: str, outcome: str) -> None:
        answer = callback.CallbackOutcomeSuccess(callback_id=task_token, output=outcome)
        tokens.tell(task_token, lambda endpoint: endpoint.notify(answer))

    def failure(_self: Json, task_token: str, error: str | None = None, cause: str | None = None) -> None:
        answer = callback.CallbackOutcomeFailure(callback_id=task_token, error=error, cause=cause)
        tokens.tell(task_token, lambda endpoint: endpoint.notify(answer))

    def heartbeat(_self: Json, task_token: str) -> None:
        tokens.tell(task_token, lambda endpoint: endpoint.notify_heartbeat())

    patches.replace(callback.CallbackPoolManager, "add", tokens.remembering)
    patches.replace(state_task_service_callback.StateTaskServiceCallback, "_eval_body", tokens.closing)
    backend = models.StepFunctionsParserBackend
    patches.replace(backend, "send_task_success", lambda _original: success)
    patches.replace(backend, "send_task_failure", lambda _original: failure)
    patches.replace(backend, "send_task_heartbeat", lambda _original: heartbeat)
