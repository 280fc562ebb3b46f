"""What each need of a function becomes: the verbs of its role and the variables of its environment. One table.

Knows the names of AWS's verbs and of our variables; nothing of routes or of which function needs what.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from aws_cdk import aws_iam as iam

from esign.coupa.routes import Need
from infra.stages import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The addresses of everything that a function may touch: ARNs, names and URLs, most of them known at deployment."""

    table_name: str
    table_arn: str
    documents_name: str
    documents_arn: str
    evidence_name: str
    evidence_arn: str
    key_arn: str
    callback_keys_arn: str
    account_secrets_arn: str  # of all accounts, without the last part of the name
    secrets_prefix: str
    bell_url: str
    bell_arn: str
    refresh_machine_arn: str
    callbacks_base_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Resources and variables are named by fields of World: "{table_arn}/index/due"."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    key: tuple[str, ...] = ()  # verbs on the stage's key that these actions imply
    variables: dict[str, str] = field(default_factory=dict)


_DECRYPT = ("kms:Decrypt",)
_ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
_TABLE = {"ESIGN_TABLE": "{table_name}"}
_DOCUMENTS = {"ESIGN_DOCUMENTS_BUCKET": "{documents_name}"}
_EVIDENCE = {"ESIGN_EVIDENCE_BUCKET": "{evidence_name}"}
_SECRETS = {"ESIGN_SECRETS_PREFIX": "{secrets_prefix}"}
_SECRET = ("secretsmanager:GetSecretValue",)
# Below, names of secrets end in * and not in -??????: of one that does not exist, Secrets Manager judges the bare name,
# and would answer AccessDenied where the store expects ResourceNotFound.

GRANTS: dict[Need, tuple[Grant, ...]] = {
    Need.TABLE_READ: (
        Grant(
            actions=("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"),
            resources=("{table_arn}",),
            key=("kms:Decrypt", "kms:DescribeKey"),
            variables=_TABLE,
        ),
        Grant(actions=("dynamodb:Query",), resources=("{table_arn}/index/due", "{table_arn}/index/listing")),
    ),
    Need.TABLE_WRITE: (
        Grant(
            actions=("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"),
            resources=("{table_arn}",),
            # DynamoDB documents these for callers of a table under a customer's key.
            key=(
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ),
            variables=_TABLE,
        ),
    ),
    Need.LAST_USE: (
        Grant(
            actions=("dynamodb:UpdateItem",),
            resources=("{table_arn}",),
            key=("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
            variables=_TABLE,
        ),
    ),
    Need.DOCUMENTS_READ: (
        Grant(actions=("s3:GetObject",), resources=("{documents_arn}/*",), key=_DECRYPT, variables=_DOCUMENTS),
        # Without it S3 answers 403, not 404, for an upload that never came.
        Grant(actions=("s3:ListBucket",), resources=("{documents_arn}",)),
    ),
    Need.DOCUMENTS_WRITE: (
        Grant(actions=("s3:PutObject",), resources=("{documents_arn}/*",), key=_ENCRYPT, variables=_DOCUMENTS),
    ),
    Need.DOCUMENTS_DELETE: (
        Grant(actions=("s3:DeleteObject",), resources=("{documents_arn}/*",), variables=_DOCUMENTS),
    ),
    Need.EVIDENCE_READ: (
        Grant(
            actions=("s3:GetObject", "s3:GetObjectVersion"),
            resources=("{evidence_arn}/*",),
            key=_DECRYPT,
            variables=_EVIDENCE,
        ),
    ),
    Need.EVIDENCE_WRITE: (
        Grant(
            # GetObjectRetention: without it S3's answer to HEAD does not tell of a lock.
            actions=("s3:PutObject", "s3:PutObjectRetention", "s3:GetObjectRetention", "s3:GetObject"),
            resources=("{evidence_arn}/*",),
            key=_ENCRYPT,
            variables=_EVIDENCE
            | {"ESIGN_RETENTION_MODE": "{retention_mode}", "ESIGN_RETENTION_DAYS": "{retention_days}"},
        ),
    ),
    Need.EVIDENCE_DELETE: (
        # One version each, and none that is locked: nobody has the right to pass by a lock.
        Grant(actions=("s3:DeleteObjectVersion",), resources=("{evidence_arn}/*",), variables=_EVIDENCE),
    ),
    Need.CREDENTIALS: (
        Grant(
            actions=_SECRET,
            resources=("{account_secrets_arn}/provider*",),
            key=_DECRYPT,
            variables=_SECRETS | {"ESIGN_PROVIDER_HOSTS": "{provider_hosts}"},
        ),
    ),
    Need.NOTIFICATION_SECRETS: (
        Grant(actions=_SECRET, resources=("{account_secrets_arn}/notifications*",), key=_DECRYPT, variables=_SECRETS),
    ),
    Need.NOTIFICATION_SECRETS_WRITE: (
        Grant(
            actions=("secretsmanager:PutSecretValue", "secretsmanager:CreateSecret"),
            resources=("{account_secrets_arn}/notifications*",),
            key=_ENCRYPT,
            variables=_SECRETS | {"ESIGN_SECRETS_KEY": "{key_arn}"},
        ),
    ),
    Need.CALLBACK_KEYS: (
        Grant(
            actions=_SECRET,
            resources=("{callback_keys_arn}",),
            key=_DECRYPT,
            variables=_SECRETS | {"ESIGN_CALLBACKS_BASE_URL": "{callbacks_base_url}"},
        ),
    ),
    Need.START_REFRESH: (
        Grant(
            actions=("states:StartExecution",),
            resources=("{refresh_machine_arn}",),
            variables={"ESIGN_REFRESH_MACHINE_ARN": "{refresh_machine_arn}"},
        ),
    ),
    Need.BELL: (
        Grant(
            actions=("sqs:SendMessage",), resources=("{bell_arn}",), variables={"ESIGN_BELL_QUEUE_URL": "{bell_url}"}
        ),
    ),
    Need.RAW_CALLBACKS: (
        Grant(
            actions=("s3:PutObject",), resources=("{documents_arn}/callbacks/*",), key=_ENCRYPT, variables=_DOCUMENTS
        ),
    ),
}

HEAR_THE_BELL = Grant(
    actions=("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), resources=("{bell_arn}",)
)


def statements(grants: Iterable[Grant], world: World) -> list[iam.PolicyStatement]:
    """One statement for each grant, and one for the key."""
    found = list(grants)
    names = _names(world)
    lines = [
        iam.PolicyStatement(actions=list(grant.actions), resources=[text.format(**names) for text in grant.resources])
        for grant in found
    ]
    verbs = sorted({verb for grant in found for verb in grant.key})
    return [*lines, iam.PolicyStatement(actions=verbs, resources=[world.key_arn])] if verbs else lines


def variables(grants: Iterable[Grant], world: World, stage: Stage) -> dict[str, str]:
    """The environment: what every function gets, and what these grants ask for. Never a secret, only its name."""
    names = _names(world) | {
        "retention_mode": stage.retention.mode,
        "retention_days": str(stage.retention.days),
        "provider_hosts": " ".join(stage.provider_hosts),
    }
    wanted = {name: text for grant in grants for name, text in grant.variables.items()}
    told = {name: text.format(**names) for name, text in sorted(wanted.items())}
    return everywhere(stage) | {name: text for name, text in told.items() if text}


def all_variables(world: World, stage: Stage) -> dict[str, str]:
    """The environment of a function that needs everything."""
    return variables(grants_of(Need), world, stage)


def everywhere(stage: Stage) -> dict[str, str]:
    found = {
        "ESIGN_STAGE": stage.name,
        "ESIGN_LOG_LEVEL": stage.log_level,
        "ESIGN_TIMING": json.dumps(asdict(stage.timing), separators=(",", ":")),
        "POWERTOOLS_SERVICE_NAME": "esign",
    }
    return found | {"ESIGN_ALLOW_LOOPBACK": "1"} if stage.allow_loopback_http else found


def grants_of(needs: Iterable[Need]) -> list[Grant]:
    return [grant for need in sorted(needs) for grant in GRANTS[need]]


def _names(world: World) -> dict[str, Any]:
    return asdict(world)
