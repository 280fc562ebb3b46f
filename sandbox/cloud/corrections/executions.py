"""Executions of state machines: an unnamed one gets a UUID, a name is taken once, finished ones are dropped in time.

moto names unnamed ones `None`, so that a second start returns the first or fails; two starts under one name at the same
moment both run; and nothing is ever freed.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from threading import RLock

from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.backend import execution
from moto.stepfunctions.parser.utils import TMP_THREADS

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json

Teller = Callable[[str, str], None]

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
    logger = logging.getLogger("moto.stepfunctions")
    patches.callback(logger.setLevel, logger.level)
    logger.setLevel(logging.CRITICAL)


def _drop_finished(machine: Json, kept: int) -> None:
    TMP_THREADS[:] = [thread for thread in TMP_THREADS if thread.ident is None or thread.is_alive()]
    finished = [one for one in machine.executions if one.status != "RUNNING"]
    for one in finished[: max(0, len(finished) - kept)]:
        machine.executions.remove(one)
