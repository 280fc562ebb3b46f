"""`esign doctor`: each line's verdict by what AWS answers. Requests and answers are held to AWS's own service models."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from cli.checkups import CHECKUPS
from cli.errors import Failure
from cli.installation import Checkup, Installation, State, examine, ok
from esign.domain.errors import StoreUnavailable
from esign.runtime.settings import Settings
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.clock import START, FixedClock
from tests.fakes.factories import an_account
from tests.fakes.operator import Operator
from tests.fakes.packages import MemoryPackages

ROWS = {one.name: one for one in CHECKUPS}
TOPIC = "arn:aws:sns:eu-central-1:123456789012:Topic"
ROLE = "arn:aws:iam::123456789012:role/logs"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:refresh"
BELL, DEAD = "https://sqs.eu-central-1.amazonaws.com/123456789012/bell", "https://sqs.eu-central-1.amazonaws.com/1/dead"
SETTINGS = {
    "ESIGN_TABLE": "packages",
    "ESIGN_EVIDENCE_BUCKET": "evidence",
    "ESIGN_SECRETS_PREFIX": "esign/dev",
    "ESIGN_REFRESH_MACHINE_ARN": MACHINE,
    "ESIGN_BELL_QUEUE_URL": BELL,
}


class Secrets:
    def __init__(self, **known: Any) -> None:
        self.known = {name.replace("__", "/"): value for name, value in known.items()}

    def get(self, name: str) -> Any:
        return self.known.get(name.removeprefix("esign/dev/"))


class Aws:
    """boto3's own clients, with answers instead of a network; one that AWS's model does not allow is an error."""

    def __init__(self) -> None:
        self._stubbed: dict[str, tuple[Any, Stubber]] = {}

    def client(self, service: str) -> Any:
        if service not in self._stubbed:
            made = cast("Any", boto3).client(
                service, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
            )
            self._stubbed[service] = made, Stubber(made)
            self._stubbed[service][1].activate()
        return self._stubbed[service][0]

    def answers(self, call: str, answer: dict[str, Any], **asked: Any) -> Aws:
        service, _, operation = call.partition(".")
        self.client(service)
        self._stubbed[service][1].add_response(operation, answer, asked or None)
        return self

    def refuses(self, call: str, code: str) -> Aws:
        service, _, operation = call.partition(".")
        self.client(service)
        self._stubbed[service][1].add_client_error(operation, code, "a text that names somebody@example.com")
        return self


@pytest.fixture
def aws():
    with ExitStack():
        yield Aws()


@pytest.fixture
def app():
    return SimpleNamespace(
        settings=Settings(SETTINGS),
        accounts=MemoryAccounts(),
        secrets=Secrets(),
        packages=MemoryPackages(),
        clock=FixedClock(),
        providers=SimpleNamespace(credentials_end=lambda _account: None),
    )


def look(row, aws, app=None, *, stage="dev"):
    def opened():
        if app is None:
            raise Failure("There is no stack.", code="stack_missing")
        return app

    ((name, finding),) = examine(Installation(stage, opened, aws.client), [ROWS[row]], looked=lambda: None)
    assert name == row
    return finding


def verdict(finding):
    """Whatever is not ok says what to do."""
    assert bool(finding.remedy) is (finding.state in {State.WARN, State.FAIL})
    return finding.state


def parameter(version):
    return {"Parameter": {"Name": "x", "Value": str(version)}}


def limits(number):
    return {"AccountLimit": {"ConcurrentExecutions": number}}


@pytest.mark.parametrize(
    ("row", "call", "answer", "state"),
    [
        ("credentials", "sts.get_caller_identity", {"Account": "123456789012"}, State.OK),
        ("bootstrap", "ssm.get_parameter", parameter(21), State.OK),
        ("bootstrap", "ssm.get_parameter", parameter(5), State.FAIL),
        ("function quota", "lambda.get_account_settings", limits(1000), State.OK),
        ("function quota", "lambda.get_account_settings", limits(10), State.WARN),
        ("gateway logs", "apigateway.get_account", {"cloudwatchRoleArn": ROLE}, State.OK),
        ("gateway logs", "apigateway.get_account", {}, State.FAIL),
        ("table", "dynamodb.describe_table", {"Table": {"TableStatus": "ACTIVE"}}, State.OK),
        ("table", "dynamodb.describe_table", {"Table": {"TableStatus": "ARCHIVED"}}, State.FAIL),
        (
            "evidence lock",
            "s3.get_object_lock_configuration",
            {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
            State.OK,
        ),
        ("evidence lock", "s3.get_object_lock_configuration", {"ObjectLockConfiguration": {}}, State.FAIL),
    ],
)
def test_one_answer_decides(aws, app, row, call, answer, state):
    assert verdict(look(row, aws.answers(call, answer), app)) is state


@pytest.mark.parametrize(("status", "state"), [("ENABLED", State.OK), ("DISABLED", State.FAIL)])
def test_a_table_that_cannot_be_restored_fails(aws, app, status, state):
    recovery = {"PointInTimeRecoveryStatus": status}
    told = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
    aws.answers("dynamodb.describe_continuous_backups", {"ContinuousBackupsDescription": told}, TableName="packages")
    assert verdict(look("backups", aws, app)) is state


def test_a_region_that_was_never_bootstrapped_fails_with_the_command(aws):
    finding = look("bootstrap", aws.refuses("ssm.get_parameter", "ParameterNotFound"))
    assert verdict(finding) is State.FAIL
    assert "cdk bootstrap" in finding.remedy


def test_the_region_is_the_clients(aws):
    assert look("region", aws).told == "eu-central-1"


# -------------------------------------------------------------------------------------------------------------- domain


def stack(**outputs):
    told = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    return {"Stacks": [{"StackName": "x", "CreationTime": START, "StackStatus": "CREATE_COMPLETE", "Outputs": told}]}


@pytest.fixture
def domain(aws):
    def made(*, status="AVAILABLE", certificate="ISSUED", days=200):
        aws.answers("cloudformation.describe_stacks", stack(CoupaUrl="https://esign.acme.com/v1"))
        aws.answers("apigateway.get_domain_name", {"domainNameStatus": status, "regionalCertificateArn": CERTIFICATE})
        until = datetime.now(UTC) + timedelta(days=days)
        found = {"Certificate": {"Status": certificate, "NotAfter": until}}
        aws.answers("acm.describe_certificate", found, CertificateArn=CERTIFICATE)
        return look("domain", aws)

    return made


def test_a_domain_with_a_certificate_is_well(domain):
    finding = domain()
    assert verdict(finding) is State.OK
    assert "esign.acme.com" in finding.told


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ({"status": "PENDING"}, State.FAIL),
        ({"certificate": "EXPIRED"}, State.FAIL),
        ({"days": 20}, State.WARN),
    ],
)
def test_a_domain_that_will_not_answer_for_long_is_told(domain, trouble, state):
    assert verdict(domain(**trouble)) is state


def test_api_gateways_own_address_is_a_warning(aws):
    url = "https://a1.execute-api.eu-central-1.amazonaws.com/dev"
    assert verdict(look("domain", aws.answers("cloudformation.describe_stacks", stack(CoupaUrl=url)))) is State.WARN


# ------------------------------------------------------------------------------------------------------------ firewall


def apis(aws, *told):
    names = ("esign-dev-coupa", "esign-dev-callbacks")
    items = [{"id": name, "name": name} for name in (*names, "esign-prod-coupa", "another")]
    aws.answers("apigateway.get_rest_apis", {"items": items})
    for name, one in zip(names, told, strict=True):
        aws.answers("apigateway.get_stages", {"item": [{"stageName": "dev", **one}]}, restApiId=name)
    return aws


ACL = {"webAclArn": "arn:acl"}


def test_a_web_acl_before_each_api_of_the_stage_is_well(aws):
    assert verdict(look("firewall", apis(aws, ACL, ACL))) is State.OK


def test_an_api_without_one_is_named(aws):
    finding = look("firewall", apis(aws, ACL, {}))
    assert verdict(finding) is State.WARN
    assert "esign-dev-callbacks" in finding.told
    assert "esign-dev-coupa" not in finding.told


def throttled(rate, burst=100):
    return {"methodSettings": {"*/*": {"throttlingRateLimit": rate, "throttlingBurstLimit": burst}}}


def test_what_each_api_lets_in_is_told(aws):
    own = throttled(50.0)
    own["methodSettings"]["~1v1~1packages/POST"] = {"throttlingRateLimit": 10.0}
    finding = look("throttles", apis(aws, own, throttled(20.0)))
    assert verdict(finding) is State.OK
    assert "esign-dev-coupa 50 a second" in finding.told
    assert "esign-dev-callbacks 20 a second" in finding.told


@pytest.mark.parametrize("free", [{}, {"methodSettings": {}}, throttled(10_000.0, 5000), throttled(-1.0, -1)])
def test_an_api_that_lets_everything_in_is_named(aws, free):
    finding = look("throttles", apis(aws, throttled(50.0), free))
    assert verdict(finding) is State.WARN
    assert "esign-dev-callbacks" in finding.told
    assert "esign-dev-coupa" not in finding.told


# ------------------------------------------------------------------------------------------------ the stage's own choices


@pytest.mark.parametrize(("hosts", "state"), [("*.connective.eu sign.acme.com", State.OK), ("", State.WARN)])
def test_where_providers_may_be_is_told(aws, app, hosts, state):
    app.settings = Settings(SETTINGS | {"ESIGN_PROVIDER_HOSTS": hosts})
    finding = look("provider hosts", aws, app)
    assert verdict(finding) is state
    assert all(host in finding.told for host in hosts.split())


@pytest.mark.parametrize(
    ("days", "stage", "state"),
    [("365", "prod", State.OK), ("30", "prod", State.OK), ("1", "dev", State.WARN), ("1", "local", State.OK)],
)
def test_for_how_long_signed_files_are_locked_is_told(aws, app, days, stage, state):
    app.settings = Settings(SETTINGS | {"ESIGN_RETENTION_MODE": "GOVERNANCE", "ESIGN_RETENTION_DAYS": days})
    finding = look("evidence retention", aws, app, stage=stage)
    assert verdict(finding) is state
    assert f"{days} day" in finding.told
    assert "GOVERNANCE" in finding.told


# ------------------------------------------------------------------------------------------------- secrets and accounts

KEYS = {"current": "k1", "k1": "a" * 32}


@pytest.mark.parametrize(("stored", "state"), [(KEYS, State.OK), ({}, State.FAIL), ({"current": "k1"}, State.FAIL)])
def test_callback_keys_that_cannot_sign_fail(aws, app, stored, state):
    app.secrets = Secrets(**{"callback-keys": stored})
    if state is State.OK:
        assert verdict(look("callback keys", aws, app)) is state
    else:
        assert look("callback keys", aws, app).state is state


def test_without_an_account_the_next_step_is_told(aws, app):
    finding = look("account secrets", aws, app)
    assert verdict(finding) is State.WARN
    assert "esign accounts add" in finding.remedy


def test_an_account_without_credentials_is_named(aws, app):
    app.accounts = MemoryAccounts(an_account(id="acc_a"), an_account(id="acc_b"))
    app.secrets = Secrets(acc_a__provider={"username": "u"})
    finding = look("account secrets", aws, app)
    assert verdict(finding) is State.FAIL
    assert "acc_b" in finding.told
    assert "acc_a" not in finding.told
    app.secrets = Secrets(acc_a__provider={"username": "u"}, acc_b__provider={"username": "u"})
    assert verdict(look("account secrets", aws, app)) is State.OK


def test_a_provider_key_that_ends_soon_is_named_with_its_day(aws, app):
    app.accounts = MemoryAccounts(an_account(id="acc_a"))
    assert verdict(look("provider keys", aws, app)) is State.OK
    app.providers.credentials_end = lambda _account: START + timedelta(days=3)
    finding = look("provider keys", aws, app)
    assert verdict(finding) is State.WARN
    assert f"acc_a on {START + timedelta(days=3):%Y-%m-%d}" in finding.told


# ------------------------------------------------------------------------------------------------- workflow and queues


@pytest.mark.parametrize(("status", "state"), [("ACTIVE", State.OK), ("DELETING", State.FAIL)])
def test_a_workflow_that_is_going_fails(aws, app, status, state):
    told = {
        "stateMachineArn": MACHINE, "name": "refresh", "definition": "{}", "roleArn": ROLE, "type": "STANDARD",
        "creationDate": START, "status": status,
    }  # fmt: skip
    aws.answers("stepfunctions.describe_state_machine", told, stateMachineArn=MACHINE)
    assert verdict(look("workflow", aws, app)) is state


def scheduled(aws, *states):
    kinds = [("AWS::Scheduler::Schedule", f"every-{n}") for n, _ in enumerate(states)] + [("AWS::SNS::Topic", "x")]
    told = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": name,
            "ResourceType": kind,
            "LastUpdatedTimestamp": START,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for kind, name in kinds
    ]
    aws.answers(
        "cloudformation.list_stack_resources", {"StackResourceSummaries": told}, StackName="Esign-dev-Connector"
    )
    for number, state in enumerate(states):
        aws.answers("scheduler.get_schedule", {"State": state}, Name=f"every-{number}")
    return aws


@pytest.mark.parametrize(
    ("states", "state"),
    [(("ENABLED", "ENABLED"), State.OK), (("ENABLED", "DISABLED"), State.FAIL), ((), State.FAIL)],
)
def test_the_sweep_needs_its_schedule(aws, states, state):
    assert verdict(look("schedules", scheduled(aws, *states))) is state


def queued(aws, number, *, redrive=True):
    policy = (
        {"RedrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-central-1:1:dead"})} if redrive else {}
    )
    aws.answers("sqs.get_queue_attributes", {"Attributes": policy}, QueueUrl=BELL, AttributeNames=["RedrivePolicy"])
    aws.answers("sqs.get_queue_url", {"QueueUrl": DEAD}, QueueName="dead")
    count = "ApproximateNumberOfMessages"
    aws.answers("sqs.get_queue_attributes", {"Attributes": {count: str(number)}}, QueueUrl=DEAD, AttributeNames=[count])
    return aws


@pytest.mark.parametrize(
    ("number", "redrive", "state"), [(0, True, State.OK), (2, True, State.WARN), (0, False, State.FAIL)]
)
def test_the_bells_dead_letters_are_counted(aws, app, number, redrive, state):
    assert verdict(look("bell", queued(aws, number, redrive=redrive), app)) is state


def test_events_that_coupa_did_not_take_are_told_by_account(aws, app):
    app.accounts = MemoryAccounts(an_account(id="acc_a"))
    assert verdict(look("notifications", aws, app)) is State.OK
    app.packages.dead_letters = lambda *_, **__: (("letter",), None)
    finding = look("notifications", aws, app)
    assert verdict(finding) is State.WARN
    assert "acc_a" in finding.told


# -------------------------------------------------------------------------------------------------------------- alarms


def alarmed(aws, *, actions=(TOPIC,), state="OK", subscribers=("arn:aws:sns:x:1:Topic:sub",)):
    alarm = {"AlarmName": "esign-dev-errors", "AlarmActions": list(actions), "StateValue": state}
    aws.answers("cloudwatch.describe_alarms", {"MetricAlarms": [alarm]}, AlarmNamePrefix="esign-dev-", MaxRecords=100)
    told = [{"SubscriptionArn": one, "Protocol": "email"} for one in subscribers]
    aws.answers("sns.list_subscriptions_by_topic", {"Subscriptions": told}, TopicArn=TOPIC)
    return aws


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.OK),
        ({"actions": ()}, State.WARN),
        ({"state": "ALARM"}, State.WARN),
        ({"subscribers": ()}, State.WARN),
        ({"subscribers": ("PendingConfirmation",)}, State.WARN),
    ],
)
def test_alarms_must_reach_somebody(aws, changes, state):
    assert verdict(look("alarms", alarmed(aws, **changes))) is state


# ------------------------------------------------------------------------------------------- what breaks, and the whole


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_what_the_credentials_may_not_see_is_a_warning_and_no_ok(aws, code):
    finding = look("credentials", aws.refuses("sts.get_caller_identity", code))
    assert verdict(finding) is State.WARN
    assert "somebody@example.com" not in finding.told + finding.remedy


def test_what_aws_refuses_otherwise_fails_by_its_code_alone(aws):
    finding = look("credentials", aws.refuses("sts.get_caller_identity", "ExpiredToken"))
    assert verdict(finding) is State.FAIL
    assert "ExpiredToken" in finding.told
    assert "somebody@example.com" not in finding.told + finding.remedy


def broken(error):
    def look(_at):
        raise error

    return Checkup("it", look, locally=True)


@pytest.mark.parametrize("error", [NoCredentialsError(), StoreUnavailable("DynamoDB did not answer.")])
def test_what_breaks_is_a_failed_line_and_the_others_go_on(aws, error):
    rows = [broken(error), Checkup("next", lambda _at: ok("fine"))]
    found = dict(examine(Installation("dev", lambda: None, aws.client), rows, looked=lambda: None))  # type: ignore[arg-type, return-value]
    assert [found["it"].state, found["next"].state] == [State.FAIL, State.OK]


def test_a_missing_stage_is_told_once_and_what_needs_it_is_skipped(aws):
    rows = [ROWS[name] for name in ("stage", "callback keys", "notifications")]

    def missing():
        raise Failure("There is no stack.", code="stack_missing")

    found = dict(examine(Installation("dev", missing, aws.client), rows, looked=lambda: None))
    assert [one.state for one in found.values()] == [State.FAIL, State.SKIPPED, State.SKIPPED]


def test_a_defect_of_our_own_is_not_hidden(aws):
    with pytest.raises(ZeroDivisionError):
        list(examine(Installation("dev", lambda: None, aws.client), [broken(ZeroDivisionError())], looked=lambda: None))  # type: ignore[arg-type, return-value]


class OnStage(Operator):
    """At a stage whose AWS answers nothing but what a test says."""

    aws: Any = None

    def client(self, service: str, profile: str | None) -> Any:
        return self.aws.client(service)


@pytest.fixture
def operator(aws):
    made = OnStage()
    made.aws = aws
    return made


@pytest.mark.parametrize("row", [one for one in CHECKUPS if not one.locally], ids=lambda one: one.name)
def test_on_the_local_cloud_what_it_has_not_is_skipped_and_never_green(aws, row):
    finding = look(row.name, aws, stage="local")
    assert finding.state is State.SKIPPED
    assert "inert locally" in finding.told


def test_the_command_tells_every_line_and_fails_where_one_fails(operator):
    answer = operator.says("doctor", "--json")
    assert answer.code == 1
    assert [one["check"] for one in answer.json["checks"]] == [one.name for one in CHECKUPS]
    assert answer.json["stage"] == "local"
    assert sum(answer.json["counts"].values()) == len(CHECKUPS)
    assert answer.json["counts"]["fail"] > 0


def test_people_see_a_table_with_what_to_do(operator):
    answer = operator.says("doctor")
    assert "what to do" in answer.out
    assert "inert locally" in answer.out
