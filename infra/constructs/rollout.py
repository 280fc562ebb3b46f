"""How a new version of a function comes into use: a part of the calls first, all of them after some minutes, or none at all.

Each function that is called from outside has the alias `live`, and everything that calls it calls that. CodeDeploy moves the
alias; when one of the alarms below goes off meanwhile, it moves back, and CloudFormation rolls the whole stack back. These
alarms live with what they roll back; those that tell people are in infra.monitoring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.alarms import gateway, total
from infra.monitoring import MOST_METRICS, chunks

LIVE = "live"
_MINUTE = cdk.Duration.minutes(1)
_FEW = 3  # faults in a minute: fewer are no verdict on a version
_SHARE = 5  # per cent of the calls; the new version may have but ten per cent of them


class Rollout(Construct):
    """`pace` is CodeDeploy's name of a way to move the calls, as a stage's record has it."""

    def __init__(self, scope: Construct, *, pace: str) -> None:
        super().__init__(scope, "Rollout")
        self._pace = getattr(codedeploy.LambdaDeploymentConfig, pace)
        self._application = codedeploy.LambdaApplication(self, "Application")
        policy = "service-role/AWSCodeDeployRoleForLambdaLimited"
        self._role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        self._groups: list[codedeploy.LambdaDeploymentGroup] = []

    def alias(self, where: Construct, function: lambda_.Function) -> lambda_.Alias:
        """What callers call in place of the function; `where` is the function's own construct."""
        alias = lambda_.Alias(where, "Live", alias_name=LIVE, version=function.current_version)
        group = codedeploy.LambdaDeploymentGroup(
            where,
            "Rollout",
            alias=alias,
            application=self._application,
            deployment_config=self._pace,
            role=self._role,
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
        )
        self._groups.append(group)
        return alias

    def watch(self, *, apis: Mapping[str, str], workflow: Sequence[lambda_.IFunction]) -> None:
        """Roll every deployment back when an API answers with faults, or the functions behind the workflows fail."""
        alarms = [self._alarm(f"{word}-faults", _share_of_faults(api), _SHARE) for word, api in apis.items()]
        for number, part in enumerate(chunks(workflow, MOST_METRICS), 1):
            errors = total([one.metric_errors(period=_MINUTE) for one in part], _MINUTE)
            alarms.append(self._alarm(f"workflow-errors-{number}", errors, _FEW))
        for group in self._groups:
            for alarm in alarms:
                group.add_alarm(alarm)

    def _alarm(self, name: str, metric: cloudwatch.IMetric, limit: float) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            name,
            alarm_description="Rolls a deployment back; at any other time it means nothing by itself.",
            metric=metric,
            threshold=limit,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )


def _share_of_faults(api: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"IF(faults >= {_FEW}, 100 * faults / calls, 0)",
        using_metrics={
            "faults": gateway("5XXError", api, "Sum", _MINUTE),
            "calls": gateway("Count", api, "Sum", _MINUTE),
        },
        period=_MINUTE,
    )
