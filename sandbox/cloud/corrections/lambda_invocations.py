"""Every Lambda invocation that reaches moto goes to our own runtime: boto3's invoke, Step Functions, rules.

moto would start a Docker container. An Event invocation answers at once and is retried twice, as on AWS.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, MutableMapping
from threading import Event, Thread

from moto.awslambda import models

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime import Invocation
from sandbox.cloud.runtime.function import Json

Invoker = Callable[[str, bytes], Invocation]

# Seconds before the second and the third attempt: docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_RETRIES = (60, 120)


def correct(patches: Patches, *, invoke: Invoker, scale: float) -> None:
    ended = Event()
    patches.callback(ended.set)

    def invoke_later(name: str, event: bytes) -> None:
        for pause in (*_RETRIES, None):
            if invoke(name, event).error is None or pause is None or ended.wait(pause / scale):
                return

    def corrected(self: Json, body: str | bytes, headers: Json, response_headers: MutableMapping[str, str]) -> bytes:
        event = body.encode() if isinstance(body, str) else body or b"{}"
        kind = headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "Event":
            Thread(target=invoke_later, args=(self.function_name, event), daemon=True).start()
            return b""
        if kind == "DryRun":
            return b""
        invocation = invoke(self.function_name, event)
        if invocation.error:
            response_headers["x-amz-function-error"] = invocation.error
        tail = "\n".join(invocation.logs)[-4096:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail.encode()).decode()
        return invocation.body

    def inner(self: Json, event: Json = None) -> tuple[str, bool, str]:
        text = event if isinstance(event, str) else json.dumps(event or {})
        invocation = invoke(self.function_name, text.encode())
        return invocation.body.decode(), invocation.error is not None, "\n".join(invocation.logs)

    patches.replace(models.LambdaFunction, "invoke", lambda _original: corrected)
    patches.replace(models.LambdaFunction, "_invoke_lambda", lambda _original: inner)
