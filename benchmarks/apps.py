"""The App as it is deployed, on moto and the simulator, with its account and the resources that it needs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3

from benchmarks.desk import SECRET
from esign.aws import clients
from esign.domain.account import Account, AccountSecret
from esign.domain.ids import AccountId, new_package_id
from esign.domain.package import Callback, Package
from esign.runtime.composition import App
from esign.runtime.settings import Settings
from sandbox.providers.connective.control import Control

DOCUMENTS, EVIDENCE, PREFIX = "documents", "evidence", "esign/benchmark"
REGION = "eu-central-1"
ACCOUNT = AccountId("acc_benchmark")
CREDENTIALS = {"username": "api", "password": "secret"}
_PLENTY = 1_000_000  # calls per minute: the budget is taken from, never used up
_RETENTION = {"ESIGN_RETENTION_MODE": "GOVERNANCE", "ESIGN_RETENTION_DAYS": "1"}
_MACHINE = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'


def an_account(**changes: Any) -> Account:  # noqa: ANN401 - fields of Account
    now = datetime.now(UTC)
    known: dict[str, Any] = {
        "id": ACCOUNT,
        "name": "Benchmark",
        "provider": "connective",
        "created_at": now,
        "secrets": (AccountSecret(hashlib.sha256(SECRET.encode()).hexdigest(), now, last_used_at=now),),
        "callback": Callback("https://coupa.example/hook"),
        "calls_per_minute": _PLENTY,
    }
    return Account(**known | changes)


@contextmanager
def aws_variables(endpoint: str | None = None) -> Iterator[None]:
    """boto3 in this process finds moto, with clients of its own; the handlers say nothing."""
    told = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION}
    told |= {"AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "ESIGN_LOG_LEVEL": "ERROR"}
    with patch.dict(os.environ, told | ({"AWS_ENDPOINT_URL": endpoint} if endpoint else {})):
        _forget_clients()
        try:
            yield
        finally:
            _forget_clients()


def _forget_clients() -> None:
    for made in (clients.dynamodb, clients.s3, clients.secretsmanager, clients.sqs, clients.stepfunctions):
        made.cache_clear()


def make_resources() -> dict[str, str]:
    """The table, buckets, queue, secret and state machine in a running moto; the functions' environment."""
    from tests.contract.store_fixtures import TABLE, make_table  # here: it loads moto, which no measured process needs

    make_table(boto3.client("dynamodb"))
    s3 = boto3.client("s3")
    where: Any = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    s3.create_bucket(Bucket=DOCUMENTS, **where)
    s3.create_bucket(Bucket=EVIDENCE, ObjectLockEnabledForBucket=True, **where)
    keys = '{"current": "k1", "k1": "' + "k" * 40 + '"}'
    boto3.client("secretsmanager").create_secret(Name=f"{PREFIX}/callback-keys", SecretString=keys)
    role = "arn:aws:iam::123456789012:role/benchmark"
    machine = boto3.client("stepfunctions").create_state_machine(name="refresh", definition=_MACHINE, roleArn=role)
    return {
        "ESIGN_TABLE": TABLE,
        "ESIGN_DOCUMENTS_BUCKET": DOCUMENTS,
        "ESIGN_EVIDENCE_BUCKET": EVIDENCE,
        "ESIGN_SECRETS_PREFIX": PREFIX,
        "ESIGN_CALLBACKS_BASE_URL": "http://127.0.0.1:9",
        "ESIGN_BELL_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="bell")["QueueUrl"],
        "ESIGN_REFRESH_MACHINE_ARN": machine["stateMachineArn"],
        "ESIGN_ALLOW_LOOPBACK": "1",
        "ESIGN_TIMING": '{"stale_read": 86400}',  # nothing becomes due by itself while it is measured
        **_RETENTION,
    }


def on_aws(variables: Mapping[str, str], *, provider_url: str, callback_url: str, api_version: str = "v3") -> App:
    """The App as the functions have it, with an account at the Connective simulator."""
    app = App(Settings(variables))
    settings = {"baseUrl": provider_url, "apiVersion": api_version, "initiator": "contracts@customer.example"}
    if app.accounts.get(ACCOUNT) is None:
        app.accounts.add(an_account(settings=settings, callback=Callback(callback_url)), CREDENTIALS)
    app.accounts.replace_notification_secrets(ACCOUNT, {"webhookSecrets": ["whsec_" + "a" * 44]})
    return app


def warm_up(app: App) -> None:
    """As after some calls: the secrets are cached and the account's budget window is open."""
    app.accounts.credentials(ACCOUNT)
    app.accounts.notification_secrets(ACCOUNT)
    app.addresses.verify("connective", ACCOUNT, new_package_id(app.clock.now()), "")
    app.budget.take(ACCOUNT, calls=1, per_minute=_PLENTY, now=app.clock.now())


def empty_table() -> None:
    from tests.contract.store_fixtures import TABLE, make_table

    client = boto3.client("dynamodb")
    client.delete_table(TableName=TABLE)
    make_table(client)


def simulated_signers(control: Control) -> Callable[[Package], None]:
    """Everybody who acts signs at the Connective simulator, in order."""

    def sign(package: Package) -> None:
        for recipient in package.recipients:
            if recipient.acts:
                control.sign(package.provider.reference[0], recipient.email or "")

    return sign


Counter = Callable[..., None]


def listen(counter: Counter) -> None:
    """`counter` is called by botocore before each call of each client of this process; a call, not its retries."""
    for made in (clients.dynamodb, clients.s3, clients.secretsmanager, clients.sqs, clients.stepfunctions):
        made().meta.events.register("before-call", counter)
