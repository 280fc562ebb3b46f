"""What AWS does by itself between services: queues that feed functions, and schedules.

moto's own event source mappings invoke inside send_message, never retry and ignore ReportBatchItemFailures; its scheduler
stores schedules and runs none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.cloud.deploy import Deployment, DeploymentError
from sandbox.cloud.runtime import Invocation
from sandbox.cloud.runtime.function import Json

Invoke = Callable[[str, bytes], Invocation]
Client = Callable[[str], Json]

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_IDLE = 0.2  # seconds between two looks at an empty queue


@dataclass(frozen=True, slots=True)
class _Source:
    """A queue's ARN, the function that it feeds, how many messages at once, and whether the function names failed ones."""

    queue: str
    function: str
    size: int
    partial: bool


class Pollers:
    """Threads from `start` to `stop`. `scale` divides the rates of schedules; queues keep their own time."""

    def __init__(self, deployment: Deployment, *, client: Client, invoke: Invoke, scale: float) -> None:
        self._client = client
        self._invoke = invoke
        self._ended = Event()
        self._threads = [
            *(Thread(target=self._feed, args=(one,), daemon=True) for one in _event_sources(deployment)),
            *(
                Thread(target=self._tick, args=(every / scale, *rest), daemon=True)
                for every, *rest in _schedules(deployment)
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def _feed(self, source: _Source) -> None:
        """Messages that the function does not take become visible again by themselves; moto redrives them."""
        sqs = self._client("sqs")
        url = sqs.get_queue_url(QueueName=source.queue.rsplit(":", 1)[1])["QueueUrl"]
        while not self._ended.is_set():
            try:
                messages = sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=source.size,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                ).get("Messages", [])
                taken = self._taken(source, messages) if messages else []
                if taken:
                    entries = [{"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(taken)]
                    sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            except (BotoCoreError, ClientError, RuntimeError):
                messages = []  # the cloud is going down, or the next look will tell
            if not messages:
                self._ended.wait(_IDLE)

    def _taken(self, source: _Source, messages: Sequence[Json]) -> list[Json]:
        records = [_record(message, source.queue) for message in messages]
        invocation = self._invoke(source.function, json.dumps({"Records": records}).encode())
        if invocation.error:
            return []
        failures = (invocation.payload or {}).get("batchItemFailures", []) if source.partial else []
        failed = {failure["itemIdentifier"] for failure in failures}
        return [message for message in messages if message["MessageId"] not in failed]

    def _tick(self, every: float, arn: str, text: str) -> None:
        running: str | None = None
        while not self._ended.wait(every):
            try:
                if not self._runs(running):
                    running = self._start(arn, text)
            except (BotoCoreError, ClientError, RuntimeError, KeyError):
                continue  # the cloud is going down, or the next tick comes

    def _runs(self, execution: str | None) -> bool:
        """Minutes are seconds here and machines are not faster for it: a tick is left out while the last one's run goes
        on, or runs would pile up."""
        if execution is None:
            return False
        told = self._client("stepfunctions").describe_execution(executionArn=execution)
        return str(told["status"]) == "RUNNING"

    def _start(self, arn: str, text: str) -> str | None:
        """The execution that was started; a function has run already."""
        if ":stateMachine:" in arn:
            started = self._client("stepfunctions").start_execution(stateMachineArn=arn, input=text)
            return str(started["executionArn"])
        self._invoke(arn.split(":function:")[1].split(":")[0], text.encode())
        return None


def _event_sources(deployment: Deployment) -> Iterator[_Source]:
    for source in deployment.of("AWS::Lambda::EventSourceMapping"):
        properties = source.properties
        if ":sqs:" not in properties["EventSourceArn"]:
            raise DeploymentError(f"{source.id}: only queues feed functions in the local cloud")
        if not properties.get("Enabled", True):
            continue
        function = properties["FunctionName"].split(":function:")[-1].split(":")[0]
        partial = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
        size = min(10, int(properties.get("BatchSize", 10)))
        yield _Source(properties["EventSourceArn"], function, size, partial)


def _schedules(deployment: Deployment) -> Iterator[tuple[float, str, str]]:
    """Seconds between two ticks, the target's ARN, its input."""
    for schedule in deployment.of("AWS::Scheduler::Schedule", "AWS::Events::Rule"):
        properties = schedule.properties
        expression = properties.get("ScheduleExpression")
        if not expression or properties.get("State", "ENABLED") != "ENABLED":
            continue
        for target in [properties["Target"]] if "Target" in properties else properties["Targets"]:
            yield _seconds(expression, schedule.id), target["Arn"], target.get("Input", "{}")


def _seconds(expression: str, name: str) -> float:
    match = re.fullmatch(r"rate\((\d+) (second|minute|hour|day)s?\)", expression)
    if match is None:
        raise DeploymentError(f"{name}: the local cloud runs rate(…) only, not {expression}")
    return int(match[1]) * _SECONDS[match[2]]


def _record(message: Mapping[str, Json], queue: str) -> dict[str, Json]:
    """A message as Lambda sees it: docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {key[0].lower() + key[1:]: value for key, value in attribute.items()}
            for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": queue.split(":")[3],
    }
