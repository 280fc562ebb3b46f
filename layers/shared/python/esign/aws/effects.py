"""What goes on elsewhere after a change: executions in Step Functions, and the bell of the deliverer in SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from esign.aws.answers import asking, code_of
from esign.domain.ids import AccountId, PackageId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


class StepFunctionsWorkflows:
    """Port `Workflows`. An execution's name says what it answers, and names are unique for 90 days: so the same one is
    never started twice. Inputs carry a schema number, since canaries mix versions."""

    def __init__(self, client: SFNClient, machine_arn: str) -> None:
        self._client = client
        self._machine = machine_arn

    def refresh(self, account: AccountId, package: PackageId, *, wanted: int, remind: bool = False) -> None:
        name = f"{package}-{wanted}-remind" if remind else f"{package}-{wanted}"
        self._start(name, {"schema": 1, "account": account, "package": package, "wanted": wanted, "remind": remind})

    def submit(self, account: AccountId, package: PackageId, *, attempt: str) -> None:
        name = f"{package}-submit-{attempt}"
        self._start(name, {"schema": 1, "account": account, "package": package, "submit": attempt, "remind": False})

    def retain(self, account: AccountId, package: PackageId, *, due: int) -> None:
        self._start(
            f"{package}-retain-{due}",
            {"schema": 1, "account": account, "package": package, "retain": True, "remind": False},
        )

    def _start(self, name: str, given: dict[str, str | int | bool]) -> None:
        with asking("Step Functions"):
            try:
                self._client.start_execution(stateMachineArn=self._machine, name=name, input=json.dumps(given))
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise


class SqsBell:
    """Port `Bell`."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue = queue_url

    def ring(self, account: AccountId, package: PackageId) -> None:
        with asking("SQS"):
            message = json.dumps({"account": account, "package": package})
            self._client.send_message(QueueUrl=self._queue, MessageBody=message)
