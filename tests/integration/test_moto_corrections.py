"""One contract test per correction of moto: each fails when the correction no longer takes hold in the moto installed."""

from __future__ import annotations

import io
import json
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cloud import corrections
from sandbox.cloud.aws import Aws
from sandbox.cloud.corrections import executions
from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime import Invocation

SCALE = 100.0
TOKEN_TASK = "arn:aws:states:::lambda:invoke.waitForTaskToken"

seen: list[tuple[str, Any]] = []


failures: list[tuple[str, str]] = []


def told(machine_name: str, line: str) -> None:
    failures.append((machine_name, line))


def invoke(name: str, body: bytes) -> Invocation:
    event = json.loads(body)
    seen.append((name, event))
    if event.get("fail"):
        return Invocation(b'{"errorType": "OutOfPaper", "errorMessage": "empty"}', "Unhandled", ("a line",), 1.0)
    return Invocation(json.dumps({"echo": event}).encode(), None, ("a line",), 1.0)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with Aws(port=0, region="eu-central-1") as aws, corrections.install(invoke=invoke, scale=SCALE, tell=told):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("nothing.py", "")
        role = aws.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        aws.client("lambda").create_function(
            FunctionName="press", Runtime="python3.13", Role=role, Handler="x.y", Code={"ZipFile": archive.getvalue()}
        )
        yield aws


def machine(aws: Aws, **states: Any) -> str:
    definition = {"StartAt": next(iter(states)), "States": states}
    created = aws.client("stepfunctions").create_state_machine(
        name=f"m-{uuid.uuid4().hex}", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/role"
    )
    return str(created["stateMachineArn"])


def run(aws: Aws, state_machine: str, *, seconds: float = 20, **event: Any) -> Any:
    started = aws.client("stepfunctions").start_execution(stateMachineArn=state_machine, input=json.dumps(event))
    return ended(aws, started["executionArn"], seconds=seconds)


def ended(aws: Aws, execution: str, *, seconds: float = 20) -> Any:
    return until(
        lambda: (
            (one := aws.client("stepfunctions").describe_execution(executionArn=execution))["status"] != "RUNNING"
            and one
        ),
        seconds=seconds,
    )


def until(ask: Callable[[], Any], *, seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.02)
    return answer


def token_task(mark: str, **properties: Any) -> dict[str, Any]:
    payload = {"mark": mark, "token.$": "$$.Task.Token"}
    parameters = {"FunctionName": "press", "Payload": payload}
    return {"Type": "Task", "Resource": TOKEN_TASK, "Parameters": parameters, "End": True, **properties}


def token_of(mark: str) -> str:
    return str(until(lambda: next((event["token"] for _, event in seen if event.get("mark") == mark), None)))


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_a_patch_of_what_moto_no_longer_has_fails() -> None:
    with Patches() as patches, pytest.raises(AttributeError):
        patches.replace(SimpleNamespace(), "gone", lambda original: original)


def test_the_corrections_give_moto_back_as_it_was() -> None:
    from moto.awslambda.models import LambdaFunction

    before = LambdaFunction.invoke
    with corrections.install(invoke=invoke, scale=1, tell=told):
        assert LambdaFunction.invoke is not before
    assert LambdaFunction.invoke is before


def test_every_invocation_goes_to_our_runtime(aws: Aws) -> None:
    answer = aws.client("lambda").invoke(FunctionName="press", Payload=b'{"a": 1}', LogType="Tail")
    assert json.loads(answer["Payload"].read()) == {"echo": {"a": 1}}
    assert "FunctionError" not in answer
    failed = aws.client("lambda").invoke(FunctionName="press", Payload=b'{"fail": true}')
    assert failed["FunctionError"] == "Unhandled"
    assert json.loads(failed["Payload"].read())["errorType"] == "OutOfPaper"


def test_a_state_machine_catches_the_error_type_of_a_function(aws: Aws) -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "press", "Payload": {"fail": True}},
        "Catch": [{"ErrorEquals": ["OutOfPaper"], "Next": "Caught"}],
        "End": True,
    }
    assert run(aws, machine(aws, Print=task, Caught={"Type": "Succeed"}))["status"] == "SUCCEEDED"


def test_a_task_starts_another_machine_and_reads_its_result(aws: Aws) -> None:
    inner = machine(aws, Done={"Type": "Pass", "Result": {"answer": 42}, "End": True})
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": inner, "Input": {"a": 1}},
        "End": True,
    }
    execution = run(aws, machine(aws, Start=start))
    assert execution["status"] == "SUCCEEDED", execution
    result = json.loads(execution["output"])
    assert result["Output"] == {"answer": 42}
    assert isinstance(result["StartDate"], int)


def test_a_task_sends_an_object_as_message(aws: Aws) -> None:
    url = aws.client("sqs").create_queue(QueueName="from-tasks")["QueueUrl"]
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": url, "MessageBody": {"a": 1}},
        "End": True,
    }
    assert run(aws, machine(aws, Send=send))["status"] == "SUCCEEDED"
    body = aws.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]
    assert json.loads(body) == {"a": 1}


def test_a_repeated_token_has_timed_out_and_an_unknown_one_is_invalid(aws: Aws) -> None:
    machines, mark = aws.client("stepfunctions"), uuid.uuid4().hex
    started = machines.start_execution(stateMachineArn=machine(aws, Await=token_task(mark)))
    token = token_of(mark)
    machines.send_task_heartbeat(taskToken=token)
    machines.send_task_success(taskToken=token, output='{"done": true}')
    assert json.loads(ended(aws, started["executionArn"])["output"]) == {"done": True}
    assert code_of(lambda: machines.send_task_success(taskToken=token, output="{}")) == "TaskTimedOut"
    assert code_of(lambda: machines.send_task_failure(taskToken=token)) == "TaskTimedOut"
    assert code_of(lambda: machines.send_task_heartbeat(taskToken=token)) == "TaskTimedOut"
    assert code_of(lambda: machines.send_task_success(taskToken="never given", output="{}")) == "InvalidToken"


def test_a_token_that_comes_too_late_has_timed_out(aws: Aws) -> None:
    mark = uuid.uuid4().hex
    execution = run(aws, machine(aws, Await=token_task(mark, TimeoutSeconds=20)))
    assert execution["status"] == "FAILED"
    token = token_of(mark)
    assert code_of(lambda: aws.client("stepfunctions").send_task_failure(taskToken=token)) == "TaskTimedOut"


def test_a_missed_heartbeat_has_an_error_of_its_own(aws: Aws) -> None:
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Missed"}]
    task = token_task(uuid.uuid4().hex, HeartbeatSeconds=20, TimeoutSeconds=9000, Catch=catch)
    assert run(aws, machine(aws, Await=task, Missed={"Type": "Succeed"}))["status"] == "SUCCEEDED"


def test_unnamed_executions_are_different_executions(aws: Aws) -> None:
    machines, one = aws.client("stepfunctions"), machine(aws, Done={"Type": "Succeed"})
    arns = {machines.start_execution(stateMachineArn=one)["executionArn"] for _ in range(3)}
    assert len(arns) == 3
    assert not [arn for arn in arns if arn.endswith(":None")]


def test_one_name_is_taken_once_by_many_who_start_together(aws: Aws) -> None:
    machines, one = aws.client("stepfunctions"), machine(aws, Done={"Type": "Wait", "Seconds": 100, "End": True})

    taken = machines.exceptions.ExecutionAlreadyExists

    def start(number: int) -> bool:
        try:
            machines.start_execution(stateMachineArn=one, name="same", input=json.dumps({"n": number}))
        except taken:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(start, range(16))) == 1


def test_a_failed_execution_is_told(aws: Aws) -> None:
    one = machine(aws, Stop={"Type": "Fail", "Error": "OutOfInk", "Cause": "black is empty"})
    run(aws, one)
    name = one.rsplit(":", 1)[1]
    assert until(lambda: [line for who, line in failures if who == name and "OutOfInk: black is empty" in line])


def test_finished_executions_are_dropped_the_oldest_first() -> None:
    finished = [SimpleNamespace(status="SUCCEEDED", n=n) for n in range(5)]
    running = SimpleNamespace(status="RUNNING", n=9)
    machine_ = SimpleNamespace(executions=[running, *finished])
    executions._drop_finished(machine_, 2)
    assert [one.n for one in machine_.executions] == [9, 3, 4]


def test_tasks_share_one_client_per_service(aws: Aws) -> None:
    from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

    assert boto_client_for("eu-central-1", "lambda") is boto_client_for("eu-central-1", "lambda")
    assert boto_client_for("eu-central-1", "lambda").meta.endpoint_url == aws.endpoint


def test_waits_retries_and_timeouts_are_divided(aws: Aws) -> None:
    """60 s of Wait, 30 + 60 s of Retry, 60 s until a time-out: more than `run` would wait."""
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 30, "BackoffRate": 2, "MaxAttempts": 2}]
    fail = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "press", "Payload": {"fail": True}},
        "Retry": retry,
        "End": True,
    }
    assert (
        run(aws, machine(aws, Pause={"Type": "Wait", "Seconds": 60, "Next": "Fail"}, Fail=fail))["status"] == "FAILED"
    )
    late = token_task(uuid.uuid4().hex, TimeoutSeconds=60)
    assert run(aws, machine(aws, Await=late))["error"] == "States.Timeout"


def test_a_wait_until_a_time_of_day_is_not_divided_and_reads_utc(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
        wait = {"Type": "Wait", "TimestampPath": "$.until", "End": True}
        run(aws, machine(aws, Pause=wait), until=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        assert datetime.now(UTC) >= moment
    finally:
        monkeypatch.undo()
        time.tzset()


def test_rules_reach_functions_and_state_machines(aws: Aws) -> None:
    events, one = aws.client("events"), machine(aws, Done={"Type": "Succeed"})
    events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    function = "arn:aws:lambda:eu-central-1:123456789012:function:press"
    targets = [
        {
            "Id": "f",
            "Arn": function,
            "InputTransformer": {"InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"order": <id>}'},
        },
        {"Id": "m", "Arn": one, "RoleArn": "arn:aws:iam::123456789012:role/role"},
    ]
    events.put_targets(Rule="orders", Targets=targets)
    answer = events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": '{"id": 7}'}])
    assert answer["FailedEntryCount"] == 0
    assert until(lambda: ("press", {"order": 7}) in seen)
    assert until(lambda: aws.client("stepfunctions").list_executions(stateMachineArn=one)["executions"])


@pytest.fixture(scope="module")
def table(aws: Aws) -> str:
    aws.client("dynamodb").create_table(
        TableName="packages",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return "packages"


@pytest.fixture(scope="module")
def ledger(aws: Aws) -> str:
    """A table with a sparse index."""
    aws.client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "kind", "due")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-due",
                "KeySchema": [
                    {"AttributeName": "kind", "KeyType": "HASH"},
                    {"AttributeName": "due", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return "ledger"


def key(pk: str, sk: str = "x") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Threads change places often, so that a race shows itself."""
    import sys

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def test_no_add_is_lost_and_one_conditional_put_wins(aws: Aws, table: str, impatient_threads: None) -> None:
    dynamodb = aws.client("dynamodb")
    refused = dynamodb.exceptions.ConditionalCheckFailedException

    def work(number: int) -> bool:
        dynamodb.update_item(
            TableName=table,
            Key=key("counter"),
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        try:
            item = {**key("winner"), "who": {"N": str(number)}}
            dynamodb.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except refused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        winners = sum(threads.map(work, range(80)))
    assert winners == 1
    assert dynamodb.get_item(TableName=table, Key=key("counter"))["Item"]["n"] == {"N": "80"}


def test_one_conditional_upload_wins(aws: Aws, impatient_threads: None) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def upload(number: int) -> bool:
        try:
            s3.put_object(Bucket="evidence", Key="one", Body=str(number), IfNoneMatch="*")
        except ClientError as error:
            return bool(error.response["Error"]["Code"] != "PreconditionFailed")
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(upload, range(40))) == 1


def test_a_cancelled_transaction_leaves_every_item_as_it_was(aws: Aws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={**key("old"), "n": {"N": "1"}})
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": key("new")}},
                {
                    "Update": {
                        "TableName": table,
                        "Key": key("old"),
                        "UpdateExpression": "SET n = :n",
                        "ExpressionAttributeValues": {":n": {"N": "2"}},
                    }
                },
                {"Delete": {"TableName": table, "Key": key("counter")}},
                {
                    "ConditionCheck": {
                        "TableName": table,
                        "Key": key("absent"),
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "None", "None", "ConditionalCheckFailed"]
    assert "Item" not in dynamodb.get_item(TableName=table, Key=key("new"))
    assert dynamodb.get_item(TableName=table, Key=key("old"))["Item"]["n"] == {"N": "1"}


def test_a_transaction_does_not_copy_its_table(aws: Aws, table: str) -> None:
    from moto.dynamodb.models import dynamodb_backends

    stored = dynamodb_backends["123456789012"]["eu-central-1"].tables[table]
    aws.client("dynamodb").put_item(TableName=table, Item=key("bystander"))
    before = {id(item) for items in stored.items.values() for item in items.values()}
    with pytest.raises(ClientError):
        aws.client("dynamodb").transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": key("one")}},
                {
                    "ConditionCheck": {
                        "TableName": table,
                        "Key": key("no"),
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    after = dynamodb_backends["123456789012"]["eu-central-1"].tables[table]
    assert after is stored
    assert {id(item) for items in after.items.values() for item in items.values()} == before


def test_transactions_and_other_writes_do_not_disturb_each_other(aws: Aws, table: str, impatient_threads: None) -> None:
    dynamodb, stop = aws.client("dynamodb"), threading.Event()

    def fail_transactions() -> None:
        while not stop.is_set():
            with pytest.raises(ClientError):
                dynamodb.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": table, "Item": key("never")}},
                        {
                            "ConditionCheck": {
                                "TableName": table,
                                "Key": key("no"),
                                "ConditionExpression": "attribute_exists(pk)",
                            }
                        },
                    ]
                )

    with ThreadPoolExecutor(2) as threads:
        failing = threads.submit(fail_transactions)
        for number in range(40):
            dynamodb.put_item(TableName=table, Item=key("kept", str(number)))
        stop.set()
        failing.result()
    found = dynamodb.query(
        TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "kept"}}
    )
    assert found["Count"] == 40


def test_a_query_touches_its_partition_alone(aws: Aws, ledger: str) -> None:
    from moto.dynamodb.models import dynamodb_backends
    from moto.dynamodb.models.dynamo_type import DynamoType

    dynamodb = aws.client("dynamodb")
    for pk in "ab":
        for sk in "213":
            due = {"due": {"S": f"d{sk}"}} if sk != "2" else {}
            dynamodb.put_item(TableName=ledger, Item={**key(pk, sk), "kind": {"S": pk}, **due})
    stored = dynamodb_backends["123456789012"]["eu-central-1"].tables[ledger]
    stored.items[DynamoType({"S": "z"})] = {DynamoType({"S": "z"}): SimpleNamespace(attrs={})}  # whoever sorts it fails

    def found(pk: str, more: str = "", *, by: str = "pk", **said: Any) -> list[str]:
        value, wants = {":p": {"S": pk}}, f"{by} = :p{more}"
        if more:
            value[":s"] = {"S": "d2" if by == "kind" else "2"}
        answer = dynamodb.query(TableName=ledger, KeyConditionExpression=wants, ExpressionAttributeValues=value, **said)
        return [item["pk"]["S"] + item["sk"]["S"] for item in answer["Items"]]

    assert found("a") == ["a1", "a2", "a3"]
    assert found("b", ScanIndexForward=False, Limit=2) == ["b3", "b2"]
    assert found("b", " AND sk > :s") == ["b3"]
    assert found("b", ExclusiveStartKey=key("b", "1")) == ["b2", "b3"]
    assert found("none") == []
    assert found("b", by="kind", IndexName="by-due") == ["b1", "b3"]
    assert found("b", " AND due < :s", by="kind", IndexName="by-due") == ["b1"]
    assert found("none", by="kind", IndexName="by-due") == []


def test_a_definition_is_read_once_and_its_executions_do_not_meet(aws: Aws) -> None:
    from moto.stepfunctions.parser.backend import execution_worker

    wait = {"Type": "Wait", "SecondsPath": "$.pause", "Next": "Say"}
    say = {"Type": "Pass", "Parameters": {"said.$": "States.Format('{} {}', $.name, $$.Execution.Name)"}, "End": True}
    one = machine(aws, Pause=wait, Say=say)
    client = aws.client("stepfunctions")
    started = [
        client.start_execution(stateMachineArn=one, name=f"e{n}", input=json.dumps({"name": n, "pause": 20 - n}))
        for n in range(10)
    ]
    said = [json.loads(ended(aws, execution["executionArn"])["output"])["said"] for execution in started]
    assert said == [f"{n} e{n}" for n in range(10)]
    definition = client.describe_state_machine(stateMachineArn=one)["definition"]
    parse = vars(execution_worker)["AmazonStateLanguageParser"].parse
    assert parse(definition)[0] is parse(definition)[0]


def test_mock_aws_is_refused_meanwhile(aws: Aws) -> None:
    from moto import mock_aws

    with pytest.raises(RuntimeError, match="mock_aws"):
        mock_aws().start()
