"""cdk-nag's rules, and every finding that we accept, where and why. A finding that is not here fails the synthesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from constructs import IConstruct

from infra.functions import ALL, CALLBACKS
from infra.stages import Stage


@dataclass(frozen=True, slots=True)
class Accepted:
    """Findings of one rule below one construct ("" = everywhere). `{stage}` stands for the stage's name."""

    rule: str
    where: str
    reason: str
    when: Callable[[Stage], bool] = lambda _stage: True


_DATA = "Esign-{stage}-Data"
_CONNECTOR = "Esign-{stage}-Connector"
_RUNTIME = (
    "Layers are compiled for CPython 3.13, which AWS supports until 2029-06-30; the version is one field of the stage."
)
_TRACES = (
    "Request ids tie gateway, function and state machine logs together; traces would record URLs that hold tokens."
)
_SYNCHRONOUS = (
    "API Gateway and Step Functions see failures, the bell has dead letters, and what a schedule calls comes again."
)
_OBJECTS = (
    "One bucket holds the objects of all packages, which are not known at deployment; the verbs are listed singly."
)
_ACCOUNTS = "Accounts join at run time, each with its own secrets; only the last part of the name is opened."
_SECRETS = "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:"
_INTERFACES = "EC2 knows no narrower resource for putting a function into a VPC; the function's own code is denied it."
_DOCUMENTS = "AwsSolutions-IAM5[Resource::Esign-{stage}-Data:ExportsOutputFnGetAttDocuments7E5B2978Arn159F38C5"
_EVIDENCE = "AwsSolutions-IAM5[Resource::Esign-{stage}-Data:ExportsOutputFnGetAttEvidence4CC26D68Arn9E0A376E"

_NEXT = "The next run, minutes later, tells the same; a run that does not come is an alarm."
CANARYS = tuple(
    Accepted(rule, "Esign-{stage}-Preproduction", reason, when=lambda stage: stage.canary is not None)
    for rule, reason in (
        ("AwsSolutions-L1", _RUNTIME),
        ("Serverless-LambdaLatestVersion", _RUNTIME),
        ("Serverless-LambdaTracing", _TRACES),
        ("Serverless-LambdaDLQ", _NEXT),
        ("Serverless-LambdaAsyncFailureDestination", _NEXT),
        ("AwsSolutions-DDB3", "The simulator's contracts are nobody's, and gone after two weeks anyway."),
        ("AwsSolutions-S1", "The simulator's documents are nobody's, and only its function reaches them."),
        ("AwsSolutions-SMG4", "They open a simulator, and the account of a canary that an operator rotates like any."),
        ("AwsSolutions-IAM5[Resource::<Documents7E5B2978.Arn>/document/*]", _OBJECTS),
        ("AwsSolutions-IAM5[Resource::<Documents7E5B2978.Arn>/representation/*]", _OBJECTS),
    )
)

ACCEPTED: tuple[Accepted, ...] = (
    Accepted("AwsSolutions-L1", _CONNECTOR, _RUNTIME),
    Accepted("Serverless-LambdaLatestVersion", _CONNECTOR, _RUNTIME),
    Accepted("Serverless-LambdaTracing", _CONNECTOR, _TRACES),
    Accepted("Serverless-APIGWXrayEnabled", _CONNECTOR, _TRACES),
    Accepted("AwsSolutions-SF2", _CONNECTOR, _TRACES),
    Accepted("Serverless-StepFunctionStateMachineXray", _CONNECTOR, _TRACES),
    Accepted(
        "AwsSolutions-SF1",
        _CONNECTOR,
        "Standard workflows keep each execution's history for 90 days; a second copy would only cost money.",
    ),
    Accepted("Serverless-LambdaDLQ", _CONNECTOR, _SYNCHRONOUS),
    Accepted(
        "Serverless-LambdaEventSourceMappingDestination",
        f"{_CONNECTOR}/Bell",
        "For queues a failed message goes to the queue's own dead letters; a mapping's destination is for streams.",
    ),
    Accepted("Serverless-SQSRedrivePolicy", f"{_CONNECTOR}/Bell/DeadLetters", "It is the dead letter queue itself."),
    Accepted(
        "AwsSolutions-COG4",
        _CONNECTOR,
        "Coupa logs in with HTTP Basic, which the Lambda authorizer checks; it cannot hold a Cognito token.",
    ),
    Accepted(
        "AwsSolutions-APIG4",
        f"{_CONNECTOR}/CallbacksApi",
        "Providers cannot log in: the path holds a token under our key, and a callback is only a hint to read again.",
    ),
    Accepted(
        "AwsSolutions-APIG2",
        _CONNECTOR,
        "The functions validate and list every problem with its pointer; the gateway would name the first, untyped.",
    ),
    Accepted(
        "AwsSolutions-APIG3",
        _CONNECTOR,
        "Stages that face nobody's real contracts save the firewall's monthly price; sizes and rates are limited anyway.",
        when=lambda stage: stage.web_acl is None,
    ),
    Accepted(
        "AwsSolutions-APIG6",
        _CONNECTOR,
        "Execution logs hold paths with tokens and bodies with contracts; the access log has every request instead.",
    ),
    Accepted(
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AmazonAPIGatewayPushToCloudWatchLogs]",
        f"{_CONNECTOR}/GatewayLogs",
        "AWS's own policy for API Gateway's account-wide logging role, which is not this connector's alone.",
    ),
    Accepted(
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]",
        f"{_CONNECTOR}/Rollout",
        "AWS's own policy for what CodeDeploy does with an alias; the narrower of the two that there are.",
        when=lambda stage: stage.rollout is not None,
    ),
    Accepted(f"{_DOCUMENTS}/*]", _CONNECTOR, _OBJECTS),
    *(Accepted(f"{_DOCUMENTS}/callbacks/*]", f"{_CONNECTOR}/{one.construct_id}", _OBJECTS) for one in CALLBACKS),
    Accepted(f"{_EVIDENCE}/*]", _CONNECTOR, _OBJECTS),
    Accepted(f"{_SECRETS}esign/{{stage}}/*/provider*]", _CONNECTOR, _ACCOUNTS),
    Accepted(f"{_SECRETS}esign/{{stage}}/*/notifications*]", _CONNECTOR, _ACCOUNTS),
    *(
        Accepted(rule, f"{_CONNECTOR}/{one.construct_id}", _INTERFACES, when=lambda stage: stage.network is not None)
        for rule in ("AwsSolutions-IAM5[Resource::*]", "Serverless-LambdaStarPermissions")
        for one in ALL
        if one.calls_out
    ),
    Accepted(
        "AwsSolutions-S1",
        _DATA,
        "Only this connector's functions and their presigned links reach the objects; CloudTrail's data events log both.",
    ),
    Accepted(
        "AwsSolutions-SMG4",
        f"{_DATA}/CallbackKeys",
        "Addresses signed with a key stay registered at providers for months, so keys are added by hand, never replaced.",
    ),
    *CANARYS,
)


def enforce(app: cdk.App, stage: Stage) -> None:
    """Make `synth` raise on any finding that is not accepted."""
    add_rules(app)
    for one in accepted(stage):
        cdk.Validations.of(_construct(app, one.where)).acknowledge(cdk.Acknowledgment(id=one.rule, reason=one.reason))


def accepted(stage: Stage) -> list[Accepted]:
    """What is accepted of that stage, with its name."""
    return [
        replace(one, rule=one.rule.replace("{stage}", stage.name), where=one.where.replace("{stage}", stage.name))
        for one in ACCEPTED
        if one.when(stage)
    ]


def add_rules(app: cdk.App) -> None:
    """Both packs, with nothing accepted."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))


def _construct(app: cdk.App, path: str) -> IConstruct:
    found: IConstruct = app
    for name in path.split("/"):
        found = found.node.find_child(name)
    return found
