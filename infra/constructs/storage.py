"""The table, the two buckets, the key and the callback keys' secret. Must not know who uses them."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from esign.aws import schema
from infra.stages import Stage


def stage_key(scope: Construct, stage: Stage) -> kms.Key:
    """The stage's one key. None per tenant: to shred a key would destroy locked evidence."""
    return kms.Key(
        scope,
        "Key",
        description=f"Coupa Open eSign, stage {stage.name}",
        enable_key_rotation=True,
        removal_policy=_removal(stage),
    )


def package_table(scope: Construct, stage: Stage, key: kms.IKey) -> dynamodb.Table:
    """The one table, its names from esign.aws.schema; index `due` holds keys only, `listing` whole items."""
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=_text(schema.PARTITION),
        sort_key=_text(schema.SORT),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute=schema.TIME_TO_LIVE,
        deletion_protection=stage.keep_data,
        removal_policy=_removal(stage),
    )
    table.add_global_secondary_index(
        index_name=schema.DUE_INDEX,
        partition_key=dynamodb.Attribute(name=schema.DUE_PARTITION, type=dynamodb.AttributeType.NUMBER),
        sort_key=_text(schema.DUE_SORT),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )
    table.add_global_secondary_index(
        index_name=schema.LISTING_INDEX,
        partition_key=_text(schema.LISTING_PARTITION),
        sort_key=_text(schema.LISTING_SORT),
        projection_type=dynamodb.ProjectionType.ALL,
    )
    return table


def documents_bucket(scope: Construct, stage: Stage, key: kms.IKey) -> s3.Bucket:
    """Staged documents, and what providers called with (`callbacks/`), for the stage's days."""
    return s3.Bucket(
        scope,
        "Documents",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        lifecycle_rules=[
            s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=cdk.Duration.days(1)),
            s3.LifecycleRule(
                id="raw-callbacks", prefix="callbacks/", expiration=cdk.Duration.days(stage.raw_callback_days)
            ),
            s3.LifecycleRule(id="staged-documents", expiration=cdk.Duration.days(stage.staged_document_days)),
        ],
        removal_policy=_removal(stage),
    )


def evidence_bucket(scope: Construct, stage: Stage, key: kms.IKey) -> s3.Bucket:
    """Signed documents and evidence. No default retention: each version is locked when its package completes."""
    return s3.Bucket(
        scope,
        "Evidence",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        object_lock_enabled=True,
        lifecycle_rules=[
            s3.LifecycleRule(id="unfinished-uploads", abort_incomplete_multipart_upload_after=cdk.Duration.days(1))
        ],
        removal_policy=_removal(stage),
    )


def callback_keys(scope: Construct, stage: Stage, key: kms.IKey) -> secrets.Secret:
    """{"current": "k1", "k1": "<64 letters and digits>"}: what signs the addresses that providers call."""
    return secrets.Secret(
        scope,
        "CallbackKeys",
        secret_name=f"{secrets_prefix(stage)}/callback-keys",
        encryption_key=key,
        generate_secret_string=secrets.SecretStringGenerator(
            secret_string_template=json.dumps({"current": "k1"}),
            generate_string_key="k1",
            password_length=64,
            exclude_punctuation=True,
        ),
        removal_policy=_removal(stage),
    )


def secrets_prefix(stage: Stage) -> str:
    return f"esign/{stage.name}"


def _removal(stage: Stage) -> cdk.RemovalPolicy:
    return cdk.RemovalPolicy.RETAIN if stage.keep_data else cdk.RemovalPolicy.DESTROY


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
