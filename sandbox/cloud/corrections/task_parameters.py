"""Parameters of service tasks reach boto3 in its own case, results come back in Step Functions' case.

moto's two methods for it are stubs, so that `states:startExecution` dies of KeyError 'StateMachineArn'. Dates in results are
epoch milliseconds, as on AWS.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    @cache
    def operation(service: str, action: str) -> OperationModel:
        model = botocore.session.get_session().get_service_model(service)
        return model.operation_model(next(name for name in model.operation_names if xform_name(name) == action))

    def shapes(task: Json, service: str | None, action: str | None) -> OperationModel:
        return operation(task._get_boto_service_name(service), task._get_boto_service_action(action))

    def parameters_to_boto(
        self: Json, parameters: Json, boto_service_name: str | None = None, service_action_name: str | None = None
    ) -> None:
        shape = shapes(self, boto_service_name, service_action_name).input_shape
        if shape is not None:
            self._to_boto_request(parameters, shape)

    def response_from_boto(
        self: Json, response: Json, boto_service_name: str | None = None, service_action_name: str | None = None
    ) -> None:
        shape = shapes(self, boto_service_name, service_action_name).output_shape
        if shape is not None and isinstance(response, dict):
            self._from_boto_response(response, shape)
            _dates_to_milliseconds(response)

    service = state_task_service.StateTaskService
    patches.replace(service, "_normalise_parameters", lambda _original: parameters_to_boto)
    patches.replace(service, "_normalise_response", lambda _original: response_from_boto)


def _dates_to_milliseconds(value: Json) -> Json:
    """Replace dates within `value`, in place where it is a dict or list."""
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, dict):
        value.update({key: _dates_to_milliseconds(item) for key, item in value.items()})
    elif isinstance(value, list):
        value[:] = [_dates_to_milliseconds(item) for item in value]
    return value
