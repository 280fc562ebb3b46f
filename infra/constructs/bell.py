"""The queue that tells the deliverer of waiting events, and where its dead letters lie."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class Bell(Construct):
    """Messages hold {account, package} only, so SQS's own key will do. Losing one is no loss: the sweep rings again."""

    def __init__(self, scope: Construct, *, visibility: cdk.Duration) -> None:
        super().__init__(scope, "Bell")
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=visibility,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=5, queue=self.dead_letters),
        )

    def rings(self, function: lambda_.Function, *, batch: int, at_once: int | None) -> lambda_.CfnEventSourceMapping:
        """Call `function` with up to `batch` messages, `at_once` calls at most; it reports which messages failed."""
        limit = lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=at_once)
        return lambda_.CfnEventSourceMapping(
            self,
            "Rings",
            event_source_arn=self.queue.queue_arn,
            function_name=function.function_name,
            batch_size=batch,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=limit if at_once else None,
        )
