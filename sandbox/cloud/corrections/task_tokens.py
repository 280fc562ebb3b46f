"""A late or repeated task token is TaskTimedOut, an unknown one InvalidToken, each with its code.

moto searches the running executions only, and answers InvalidToken to all of these, some without any code. Here every
token that was ever given out is remembered.
"""

from __future__ import annotations

from threading import Lock

from moto.core.exceptions import ServiceException
from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.eval.callback import callback

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    lock = Lock()
    given: dict[str, Json] = {}

    def remember(original: Json) -> Json:
        def add(self: Json, callback_id: str) -> Json:
            given[callback_id] = original(self, callback_id)
            return given[callback_id]

        return add

    def waiting(token: str) -> Json:
        endpoint = given.get(token)
        if endpoint is None:
            raise ServiceException("InvalidToken", "Invalid Token: 'Invalid token'")
        if endpoint._notify_event.is_set():
            raise ServiceException("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return endpoint

    def send_task_success(_self: Json, task_token: str, outcome: str) -> None:
        with lock:
            waiting(task_token).notify(callback.CallbackOutcomeSuccess(callback_id=task_token, output=outcome))

    def send_task_failure(_self: Json, task_token: str, error: str | None = None, cause: str | None = None) -> None:
        with lock:
            failure = callback.CallbackOutcomeFailure(callback_id=task_token, error=error, cause=cause)
            waiting(task_token).notify(failure)

    def send_task_heartbeat(_self: Json, task_token: str) -> None:
        with lock:
            waiting(task_token).notify_heartbeat()

    backend = models.StepFunctionsParserBackend
    patches.replace(callback.CallbackPoolManager, "add", remember)
    patches.replace(backend, "send_task_success", lambda _original: send_task_success)
    patches.replace(backend, "send_task_failure", lambda _original: send_task_failure)
    patches.replace(backend, "send_task_heartbeat", lambda _original: send_task_heartbeat)
