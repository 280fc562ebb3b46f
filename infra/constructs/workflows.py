"""State machines from the ASL files of infra/workflows, and what starts them. Knows no state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

WORKFLOWS = Path(__file__).resolve().parents[1] / "workflows"


def state_machine(
    scope: Construct, construct_id: str, *, file: str, functions: Mapping[str, lambda_.IFunction]
) -> stepfunctions.StateMachine:
    """The machine of an ASL file; `${Name}` in it is the ARN of the function of that name, which it may call."""
    definition = json.dumps(json.loads((WORKFLOWS / file).read_text()), separators=(",", ":"))
    arns = {name: function.function_arn for name, function in functions.items()}
    call = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(arns.values()))
    role = iam.Role(
        scope,
        f"{construct_id}Role",
        assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
        inline_policies={"call": iam.PolicyDocument(statements=[call])},
    )
    return stepfunctions.StateMachine(
        scope,
        construct_id,
        definition_body=stepfunctions.DefinitionBody.from_string(definition),
        definition_substitutions=arns,
        role=role,
    )


def every_minute(scope: Construct, construct_id: str, machine: stepfunctions.StateMachine) -> scheduler.CfnSchedule:
    """Starts the machine once a minute; a missed start is not made up for, the next one finds what it would have."""
    start = iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn])
    return _schedule(scope, construct_id, "rate(1 minute)", machine.state_machine_arn, start)


def regularly(scope: Construct, construct_id: str, rate: str, function: lambda_.IFunction) -> scheduler.CfnSchedule:
    """Calls the function at that rate; a call that fails is not repeated, the next one tells the same."""
    call = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
    return _schedule(scope, construct_id, rate, function.function_arn, call)


def _schedule(
    scope: Construct, construct_id: str, rate: str, target: str, allowed: iam.PolicyStatement
) -> scheduler.CfnSchedule:
    role = iam.Role(
        scope,
        f"{construct_id}Role",
        assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"),
        inline_policies={"start": iam.PolicyDocument(statements=[allowed])},
    )
    return scheduler.CfnSchedule(
        scope,
        construct_id,
        schedule_expression=rate,
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=target,
            role_arn=role.role_arn,
            input='{"schema":1}',
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=0, maximum_event_age_in_seconds=60
            ),
        ),
    )
