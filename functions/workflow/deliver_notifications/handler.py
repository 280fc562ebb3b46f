"""The bell rang: tell Coupa what happened to these packages, in order. A message that fails alone comes again alone."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from esign.runtime.composition import app


def _deliver(record: SQSRecord) -> int:
    told = record.json_body
    return app().delivery.deliver(told["account"], told["package"], owner=record.message_id)


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Powertools' own types
    processor = BatchProcessor(event_type=EventType.SQS)
    return process_partial_response(event=event, record_handler=_deliver, processor=processor, context=context)
