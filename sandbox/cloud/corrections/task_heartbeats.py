"""A missed heartbeat is States.HeartbeatTimeout, not States.Timeout, so that a Catch can tell them apart."""

from __future__ import annotations

from moto.stepfunctions.parser.api import HistoryEventType, TaskTimedOutEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
from moto.stepfunctions.parser.asl.eval.callback.callback import HeartbeatTimeoutError
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    def wrap(original: Json) -> Json:
        def from_error(self: Json, env: Json, ex: Exception) -> Json:
            return _missed_heartbeat(self, env) if isinstance(ex, HeartbeatTimeoutError) else original(self, env, ex)

        return from_error

    patches.replace(state_task_service_callback.StateTaskServiceCallback, "_from_error", wrap)


def _missed_heartbeat(task: Json, env: Json) -> Json:
    name = StatesErrorNameType.StatesHeartbeatTimeout
    details = TaskTimedOutEventDetails(
        resourceType=task._get_sfn_resource_type(), resource=task._get_sfn_resource(), error=name.to_name()
    )
    return FailureEvent(
        env=env,
        error_name=StatesErrorName(typ=name),
        event_type=HistoryEventType.TaskTimedOut,
        event_details=EventDetails(taskTimedOutEventDetails=details),  # type: ignore[typeddict-item]
    )
