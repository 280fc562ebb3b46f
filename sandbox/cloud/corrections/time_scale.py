"""Divides the durations of state machines: Wait, Retry, TimeoutSeconds, HeartbeatSeconds.

A Wait until a time of day is not divided, since time of day is real here; moto reads it as local time and cuts the
fraction of its second off, so it is mended too.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import SimpleNamespace

from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout, TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches, *, scale: float) -> None:
    def wait_interval(self: Json, env: Json, wait_seconds: float) -> None:
        end = time.monotonic() + (wait_seconds if isinstance(self, Timestamp) else wait_seconds / scale)
        while env.is_running() and (left := end - time.monotonic()) > 0:
            # The event also fires for other reasons, and then stays set.
            if env.program_state_event.wait(left):
                time.sleep(min(left, 0.05))

    def divide(original: Json) -> Json:
        def eval_body(self: Json, env: Json) -> None:
            original(self, env)
            if env.stack[-1] != TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS:
                env.stack[-1] = env.stack[-1] / scale

        return eval_body

    retrier_time = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / scale))
    patches.replace(WaitFunction, "_wait_interval", lambda _original: wait_interval)
    patches.replace(Timestamp, "_get_wait_seconds", lambda _original: _seconds_until)
    patches.replace(retrier_decl, "time", lambda _original: retrier_time)
    patches.replace(Timeout, "_eval_body", divide)
    patches.replace(Heartbeat, "_eval_body", divide)


def _seconds_until(self: Json, env: Json) -> float:
    self.string.eval(env=env)
    text = env.stack.pop()
    if self._from_timestamp_string(text) is None:
        raise FailureEventException(self._create_failure_event(env, text))
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()
