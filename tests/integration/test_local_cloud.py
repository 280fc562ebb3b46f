"""The local cloud on a small assembly: what is deployed, how functions run, what queues and schedules do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.cloud import LocalCloud
from tests.integration.fixtures.cloud_assembly import build


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    assembly = build(tmp_path_factory.mktemp("assembly") / "cdk.out")
    with LocalCloud(assembly, time_scale=60, parameters={"Greeting": "good evening"}) as cloud:
        yield cloud


def eventually(ask: Callable[[], Any], *, seconds: float = 15) -> Any:
    """The first truthy answer."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


def item(cloud: LocalCloud, pk: str, sk: str) -> Any:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    return cloud.client("dynamodb").get_item(TableName=cloud.physical("Packages"), Key=key).get("Item")


def test_a_table_has_its_indexes_expiry_and_recovery(cloud: LocalCloud) -> None:
    dynamodb, name = cloud.client("dynamodb"), cloud.physical("Packages")
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["due"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "expires"
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_bucket_has_its_lock_versions_encryption_and_life_cycle(cloud: LocalCloud) -> None:
    s3, name = cloud.client("s3"), cloud.physical("Documents")
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
    rule = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]
    assert (rule["ID"], rule["Expiration"]["Days"]) == ("hints", 30)
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_a_secret_is_generated_by_its_rules(cloud: LocalCloud) -> None:
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=cloud.physical("Pepper"))
    value = json.loads(secret["SecretString"])
    assert value["user"] == "esign"
    assert len(value["pepper"]) == 40
    assert value["pepper"].isalnum()


def test_a_function_sees_other_stacks_parameters_and_local_addresses(cloud: LocalCloud) -> None:
    answer = json.loads(cloud.invoke("Echo", {"path": "/x"}).payload["body"])
    variables = answer["variables"]
    assert answer["table"] == cloud.physical("Packages")
    assert variables["GREETING"] == "good evening"
    assert variables["COUPA_BASE_URL"] == cloud.base_url("coupa")
    assert variables["OWN_URL"] == f"{cloud.base_url('coupa')}/x"
    assert variables["AWS_ENDPOINT_URL"] == cloud.endpoint
    assert cloud.outputs["CoupaUrl"] == cloud.base_url("coupa")


def test_a_function_can_import_only_its_code_its_layers_and_what_aws_ships(cloud: LocalCloud) -> None:
    answer = json.loads(cloud.invoke("Echo", {}).payload["body"])
    assert not [path for path in answer["path"] if "site-packages" in path]


def test_a_function_inherits_nothing_of_the_callers_environment(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    answer = json.loads(cloud.invoke("count", {"who": "nobody"}).body)
    assert answer == {"n": 1}


def test_what_a_function_writes_is_kept(cloud: LocalCloud) -> None:
    invocation = cloud.invoke("Echo", {"path": "/said"})
    assert "echo /said" in invocation.logs
    assert "echo /said" in cloud.logs["esign-local-echo"]


@pytest.mark.parametrize(
    ("how", "error_type"),
    [
        ("raise", "ValueError"),
        ("sleep", "Sandbox.Timedout"),
        ("exit", "Runtime.ExitError"),
        ("large", "Function.ResponseSizeTooLarge"),
    ],
)
def test_a_failing_function_fails_as_on_aws(cloud: LocalCloud, how: str, error_type: str) -> None:
    invocation = cloud.invoke("misbehave", {"how": how})
    assert invocation.error == "Unhandled"
    assert invocation.payload["errorType"] == error_type
    assert cloud.invoke("misbehave", {}).payload == {"statusCode": 204, "body": ""}


def test_a_function_that_cannot_be_imported_says_so(cloud: LocalCloud) -> None:
    invocation = cloud.invoke("broken", {})
    assert invocation.payload["errorType"] == "Runtime.ImportModuleError"
    assert "nothing_of_that_name" in invocation.payload["errorMessage"]


def test_functions_count_every_one_of_many_concurrent_calls(cloud: LocalCloud) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = [
            one.payload["n"] for one in threads.map(lambda _: cloud.invoke("count", {"who": "crowd"}), range(40))
        ]
    assert sorted(answers) == list(range(1, 41))


def test_messages_reach_their_function_and_a_poisoned_one_ends_in_the_dead_letters(cloud: LocalCloud) -> None:
    sqs, bell = cloud.client("sqs"), cloud.physical("Bell")
    for body in ({"id": "first"}, {"poison": True}, {"id": "second"}):
        sqs.send_message(QueueUrl=bell, MessageBody=json.dumps(body))
    assert eventually(lambda: item(cloud, "MESSAGE", "first") and item(cloud, "MESSAGE", "second"))
    assert item(cloud, "MESSAGE", "first")["greeting"] == {"S": "hello"}
    dead = eventually(lambda: sqs.receive_message(QueueUrl=cloud.physical("DeadLetters")).get("Messages"))
    assert [json.loads(message["Body"]) for message in dead] == [{"poison": True}]


def test_a_schedule_runs_at_the_scaled_rate(cloud: LocalCloud) -> None:
    assert eventually(lambda: int(item(cloud, "COUNT", "sweep")["n"]["N"]) >= 2 if item(cloud, "COUNT", "sweep") else 0)


def test_a_state_machine_waits_scaled_seconds_and_calls_its_function(cloud: LocalCloud) -> None:
    machines = cloud.client("stepfunctions")
    arn = machines.start_execution(stateMachineArn=cloud.physical("refresh"), input='{"who": "machine"}')[
        "executionArn"
    ]
    ended = eventually(lambda: (one := machines.describe_execution(executionArn=arn))["status"] != "RUNNING" and one)
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"n": 1}')


def test_an_event_invocation_answers_at_once_and_happens_later(cloud: LocalCloud) -> None:
    answer = cloud.client("lambda").invoke(
        FunctionName="esign-local-count", InvocationType="Event", Payload=b'{"who": "later"}'
    )
    assert answer["StatusCode"] == 202
    assert eventually(lambda: item(cloud, "COUNT", "later"))


def test_an_alias_is_invoked_like_its_function(cloud: LocalCloud) -> None:
    answer = cloud.client("lambda").invoke(FunctionName="esign-local-echo:live", Payload=b'{"path": "/alias"}')
    assert json.loads(answer["Payload"].read())["statusCode"] == 200


def test_what_is_left_out_is_named_with_its_reason(cloud: LocalCloud) -> None:
    assert cloud.inert["AWS::CloudWatch::Alarm Alarm"]
    assert cloud.inert["AWS::S3::BucketPolicy DocumentsPolicy"]
    assert "AWS::CDK::Metadata CDKMetadata" not in cloud.inert  # its condition is false
