"""Executions of state machines: an unnamed one gets a UUID, a name is taken once, finished ones are dropped in time, and
none goes on when its cloud has gone.

moto names unnamed ones `None`, so that a second start returns the first or fails; two starts under one name at the same
moment both run; and nothing is ever freed. What it still runs goes on into whatever comes next, and complains aloud.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from threading import RLock, Thread

from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.backend import execution
from moto.stepfunctions.parser.utils import TMP_THREADS

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json

Teller = Callable[[str, str], None]

PATIENCE = 2.0  # seconds that executions have to notice that they are stopped
KEPT = 1000  # finished executions per state machine; their names are taken until then


def correct(patches: Patches, *, tell: Teller, kept: int = KEPT) -> None:
    """`tell(state machine, line)` hears of every execution that failed; moto's own log would print its whole definition."""
    lock = RLock()

    def wrap(original: Json) -> Json:
        def start_execution(
            self: Json,
            state_machine_arn: str,
            name: str | None = None,
            execution_input: str | None = None,
            trace_header: str | None = None,
        ) -> Json:
            with lock:
                _drop_finished(self.describe_state_machine(state_machine_arn), kept)
                return original(self, state_machine_arn, name or str(uuid.uuid4()), execution_input, trace_header)

        return start_execution

    def telling(original: Json) -> Json:
        def terminated(self: Json) -> None:
            original(self)
            one = self.execution
            if one.error:
                tell(one.state_machine.name, f"{one.status} {one.name} {one.error}: {one.cause}"[:2000])

        return terminated

    patches.replace(models.StepFunctionsParserBackend, "start_execution", wrap)
    patches.replace(execution.BaseExecutionWorkerCommunication, "terminated", telling)


def end_first(patches: Patches, *, patience: float = PATIENCE) -> None:
    """Called when all else is corrected: running executions are stopped before anything that they run on is taken away.

    moto's own log stays silent for as long as one of them lives, which a call under way may keep from noticing.
    """
    logger = logging.getLogger("moto.stepfunctions")
    level = logger.level
    logger.setLevel(logging.CRITICAL)

    def end() -> None:
        until = time.monotonic() + patience
        while (left := _alive()) and time.monotonic() < until:
            _stop_all()  # again and again: one that only begins cannot be stopped yet
            left[0].join(0.05)
        if not left:
            logger.setLevel(level)

    patches.callback(end)


def _alive() -> list[Thread]:
    return [thread for thread in TMP_THREADS if thread.is_alive()]


def _stop_all() -> None:
    now = datetime.now(UTC)
    backends = (one for regions in models.stepfunctions_parser_backends.values() for one in regions.values())
    machines = (machine for backend in backends for machine in backend.state_machines)
    known: list[Json] = [one for machine in machines for one in machine.executions]
    for one in known:
        if one.exec_worker is not None and one.exec_worker.env is not None:
            one.stop(now, None, None)  # one that has ended takes no notice


def _drop_finished(machine: Json, kept: int) -> None:
    TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.ident is None or thread.is_alive()]
    finished = [one for one in machine.executions if one.status != "RUNNING"]
    for one in finished[: max(0, len(finished) - kept)]:
        machine.executions.remove(one)
