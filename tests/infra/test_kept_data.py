"""What the stacks keep, and how it is protected."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from esign.aws import schema
from infra.node import choose_node
from infra.stages import stage
from tests.infra.templates import Templates


def _bucket(dev: Templates, name: str) -> dict[str, Any]:
    return next(found for logical, found in dev.of("AWS::S3::Bucket") if logical.startswith(name))


def test_the_table_is_the_one_that_the_store_knows(dev: Templates) -> None:
    ((_, table),) = dev.of("AWS::DynamoDB::Table")
    keys = {item["KeyType"]: item["AttributeName"] for item in table["KeySchema"]}
    assert keys == {"HASH": schema.PARTITION, "RANGE": schema.SORT}
    indexes = {
        index["IndexName"]: [item["AttributeName"] for item in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        schema.DUE_INDEX: [schema.DUE_PARTITION, schema.DUE_SORT],
        schema.LISTING_INDEX: [schema.LISTING_PARTITION, schema.LISTING_SORT],
    }
    types = {item["AttributeName"]: item["AttributeType"] for item in table["AttributeDefinitions"]}
    assert types.pop(schema.DUE_PARTITION) == "N"
    assert set(types.values()) == {"S"}


def test_the_table_can_be_restored_and_is_encrypted_with_the_stages_key(dev: Templates) -> None:
    ((_, table),) = dev.of("AWS::DynamoDB::Table")
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["SSESpecification"]["KMSMasterKeyId"]["Fn::GetAtt"][0].startswith("Key")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": schema.TIME_TO_LIVE, "Enabled": True}


def test_the_stages_key_is_rotated(dev: Templates) -> None:
    ((_, key),) = dev.of("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True


@pytest.mark.parametrize("name", ["Documents", "Evidence"])
def test_a_bucket_is_private_and_encrypted(dev: Templates, name: str) -> None:
    bucket = _bucket(dev, name)
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_buckets_and_queues_refuse_plain_http(dev: Templates) -> None:
    policies = [*dev.of("AWS::S3::BucketPolicy"), *dev.of("AWS::SQS::QueuePolicy")]
    assert len(policies) == 4
    for name, policy in policies:
        denials = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in [one["Condition"] for one in denials], name


def test_evidence_can_be_locked_but_is_not_by_default(dev: Templates) -> None:
    evidence = _bucket(dev, "Evidence")
    assert evidence["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in evidence
    assert evidence["VersioningConfiguration"]["Status"] == "Enabled"


def test_no_rule_deletes_evidence(dev: Templates) -> None:
    (rule,) = _bucket(dev, "Evidence")["LifecycleConfiguration"]["Rules"]
    assert not {key for key in rule if "Expiration" in key}


def test_staged_documents_and_raw_callbacks_expire(dev: Templates) -> None:
    rules = _bucket(dev, "Documents")["LifecycleConfiguration"]["Rules"]
    days = {rule.get("Prefix", ""): rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert days == {"callbacks/": 30, "": 430}
    assert days[""] * 86400 > stage("dev").timing.stuck_after, "a package may still be open"


def test_the_callback_keys_are_generated_and_encrypted(dev: Templates) -> None:
    ((_, secret),) = dev.of("AWS::SecretsManager::Secret")
    assert secret["Name"] == "esign/dev/callback-keys"
    generated = secret["GenerateSecretString"]
    assert json.loads(generated["SecretStringTemplate"]) == {"current": "k1"}
    assert generated["GenerateStringKey"] == "k1"
    assert generated["PasswordLength"] >= 43, "256 bits"
    assert "SecretString" not in secret


def test_every_queue_is_encrypted_and_the_bell_has_dead_letters(dev: Templates) -> None:
    queues = dict(dev.of("AWS::SQS::Queue"))
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    assert [name for name, queue in queues.items() if "RedrivePolicy" in queue] == [
        name for name in queues if name.startswith("BellQueue")
    ]


def test_every_log_is_forgotten_some_day(dev: Templates) -> None:
    logs = list(dev.of("AWS::Logs::LogGroup"))
    assert len(logs) >= len(dev.functions())
    assert all(found["RetentionInDays"] == 30 for _, found in logs)


def test_a_stack_stays_far_from_cloudformations_limit(dev: Templates) -> None:
    assert len(dev.data["Resources"]) < 400
    assert len(dev.connector["Resources"]) < 400


def test_a_stage_that_keeps_its_data_cannot_lose_it_with_its_stack(tmp_path: Path) -> None:
    choose_node()
    import aws_cdk as cdk

    from infra.stacks.data import DataStack

    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    stack = DataStack(app, stage=replace(stage("dev"), name="prod", keep_data=True))
    app.synth()
    resources = json.loads((tmp_path / f"{stack.stack_name}.template.json").read_text())["Resources"]
    kept = [one for one in resources.values() if one["Type"] != "AWS::S3::BucketPolicy"]
    assert all(one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain" for one in kept)
    (table,) = (one for one in kept if one["Type"] == "AWS::DynamoDB::Table")
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert stack.termination_protection is True
