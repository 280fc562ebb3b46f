"""EventBridge rules reach Lambda functions and state machines, asynchronously; moto raises NotImplementedError for both."""

from __future__ import annotations

import copy
import json
from threading import Thread

from moto.events import models
from moto.events.utils import EventTemplateParser
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.utilities.arns import parse_arn

from sandbox.cloud.corrections.lambda_invocations import Invoker
from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json

_OURS = ("lambda", "states")


def correct(patches: Patches, *, invoke: Invoker) -> None:
    def deliver(rule: Json, target: Json, event: Json) -> None:
        arn = parse_arn(target["Arn"])
        text = _input_of(target, event)
        if arn.service == "lambda":
            invoke(arn.resource_id.split(":")[0], text.encode())
        else:
            backend = stepfunctions_parser_backends[rule.account_id][arn.region]
            backend.start_execution(target["Arn"], execution_input=text)

    def wrap(original: Json) -> Json:
        def send_to_targets(self: Json, original_event: Json, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002
            ours = [one for one in self.targets if parse_arn(one["Arn"]).service in _OURS]
            if self.event_pattern.matches_event(original_event):
                for target in ours:
                    Thread(target=deliver, args=(self, target, dict(original_event)), daemon=True).start()
            others = copy.copy(self)
            others.targets = [one for one in self.targets if one not in ours]
            original(others, original_event, transform_input)

        return send_to_targets

    patches.replace(models.Rule, "send_to_targets", wrap)


def _input_of(target: Json, event: Json) -> str:
    if "Input" in target:
        return str(target["Input"])
    transformer = target.get("InputTransformer")
    if transformer is None:
        return json.dumps(event)
    parsed = EventTemplateParser.parse(
        input_template=transformer["InputTemplate"], input_paths_map=transformer.get("InputPathsMap", {}), event=event
    )
    return parsed if isinstance(parsed, str) else json.dumps(parsed)
