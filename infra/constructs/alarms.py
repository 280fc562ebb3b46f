"""CloudWatch's alarms from the rows of infra.monitoring, and the topic that people are told by. Knows no single alarm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from esign.runtime.measures import SERVICE, SERVICE_NAME, namespace
from infra.functions import Function
from infra.monitoring import (
    GROUPS,
    AccessLog,
    Alarm,
    Executions,
    Functions,
    Gateway,
    Ours,
    Queue,
    chunks,
)

SILENCE = {
    "well": cloudwatch.TreatMissingData.NOT_BREACHING,
    "wrong": cloudwatch.TreatMissingData.BREACHING,
}
Parts = Iterator[tuple[str, cloudwatch.IMetric]]  # what tells one alarm of a row from the next, and its metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """What is watched. `apis` by the word that names them ("coupa"), `functions` by folder."""

    stage: str
    apis: Mapping[str, str]
    access_log: logs.ILogGroup
    functions: Mapping[str, lambda_.IFunction]
    bell: sqs.IQueue
    dead_letters: sqs.IQueue
    machines: tuple[stepfunctions.IStateMachine, ...]


class Alarms(Construct):
    """One alarm for each part of each row; all of them tell the topic, when it begins and when it is over."""

    def __init__(
        self, scope: Construct, *, rows: Iterable[Alarm], subjects: Subjects, topic: sns.ITopic, period: cdk.Duration
    ) -> None:
        """`period` is how often the canary runs."""
        super().__init__(scope, "Alarms")
        self._subjects = subjects
        self._canary_period = period
        self.made: list[cloudwatch.Alarm] = []
        tell = actions.SnsAction(topic)
        for row in rows:
            for part, metric in self._metrics(row):
                made = self._alarm(row, part, metric)
                made.add_alarm_action(tell)
                made.add_ok_action(tell)
                self.made.append(made)

    def _alarm(self, row: Alarm, part: str, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        name = "-".join(filter(None, ("esign", self._subjects.stage, row.name, part)))
        operators = cloudwatch.ComparisonOperator
        return cloudwatch.Alarm(
            self,
            name.removeprefix(f"esign-{self._subjects.stage}-"),
            alarm_name=name,
            alarm_description=f"{row.says} What to do: docs/runbook.md#{row.name}",
            metric=metric,
            threshold=row.limit,
            comparison_operator=operators.LESS_THAN_THRESHOLD if row.below else operators.GREATER_THAN_THRESHOLD,
            evaluation_periods=row.of,
            datapoints_to_alarm=row.times,
            treat_missing_data=SILENCE[row.silence],
        )

    def _metrics(self, row: Alarm) -> Parts:
        period = self._canary_period if row.canary else cdk.Duration.minutes(row.minutes)
        match row.watches:
            case Ours() as ours:
                yield "", self._ours(ours, period)
            case Gateway(metric, statistic):
                for word, api in self._subjects.apis.items():
                    yield word, gateway(metric, api, statistic, period)
            case AccessLog() as counted:
                yield "", self._counted(counted, period)
            case Functions() as functions:
                yield from self._functions(functions, period)
            case Queue(queue, metric):
                watched = self._subjects.bell if queue == "bell" else self._subjects.dead_letters
                yield "", watched.metric(metric, statistic="Maximum", period=period)
            case Executions():
                yield "", self._executions(period)
            case _ as never:
                assert_never(never)

    def _ours(self, ours: Ours, period: cdk.Duration) -> cloudwatch.Metric:
        told = dict(ours.dimensions) if ours.measure.dimensions != SERVICE else {"service": SERVICE_NAME}
        return cloudwatch.Metric(
            namespace=namespace(self._subjects.stage),
            metric_name=ours.measure.name,
            dimensions_map=told,
            statistic=ours.statistic,
            period=period,
        )

    def _counted(self, counted: AccessLog, period: cdk.Duration) -> cloudwatch.Metric:
        count = logs.MetricFilter(
            self,
            counted.metric,
            log_group=self._subjects.access_log,
            filter_pattern=logs.FilterPattern.string_value("$.errorType", "=", counted.error),
            metric_namespace=namespace(self._subjects.stage),
            metric_name=counted.metric,
        )
        return count.metric(statistic="Sum", period=period)

    def _functions(self, functions: Functions, period: cdk.Duration) -> Parts:
        for group in functions.groups:
            parts = list(chunks(GROUPS[group], functions.at_once))
            for number, rows in enumerate(parts, 1):
                name = f"{group}-{number}" if len(parts) > 1 else group
                yield name, self._expression(functions.what, rows, period)

    def _expression(self, what: str, rows: tuple[Function, ...], period: cdk.Duration) -> cloudwatch.MathExpression:
        functions = [(row, self._subjects.functions[row.folder]) for row in rows]
        if what == "throttles":
            return total([one.metric_throttles(period=period) for _, one in functions], period)
        if what == "errors":
            return error_rate([one for _, one in functions], period)
        shares = [_share(one.metric_duration(statistic="p99", period=period), row, period) for row, one in functions]
        return _over("MAX", shares, period)

    def _executions(self, period: cdk.Duration) -> cloudwatch.MathExpression:
        ends = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
        machines = self._subjects.machines
        return total([one.metric(end, statistic="Sum", period=period) for one in machines for end in ends], period)


def alarm_topic(scope: Construct, *, stage: str, key: kms.IKey, emails: tuple[str, ...]) -> sns.Topic:
    """Encrypted with the stage's key; each address confirms by the mail that it gets."""
    topic = sns.Topic(scope, "Topic", display_name=f"Coupa Open eSign {stage}", master_key=key, enforce_ssl=True)
    # Both are needed: enforce_ssl's policy replaces the one that SNS gives a topic, and so lets nobody publish.
    key.add_to_resource_policy(_cloudwatch_may("kms:Decrypt", "kms:GenerateDataKey*", resource="*"))
    topic.add_to_resource_policy(_cloudwatch_may("sns:Publish", resource=topic.topic_arn))
    for email in emails:
        topic.add_subscription(subscriptions.EmailSubscription(email))
    return topic


def _cloudwatch_may(*actions: str, resource: str) -> iam.PolicyStatement:
    """For the alarms of this AWS account alone."""
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=list(actions),
        resources=[resource],
        conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )


def gateway(metric: str, api: str, statistic: str, period: cdk.Duration) -> cloudwatch.Metric:
    """API Gateway's metric of a whole API; 5XXError's average is the share of its calls."""
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=metric,
        dimensions_map={"ApiName": api},
        statistic=statistic,
        period=period,
    )


def error_rate(functions: list[lambda_.IFunction], period: cdk.Duration) -> cloudwatch.MathExpression:
    """In per cent, over at most five functions. A function that did not run adds nothing to either sum."""
    errors = {f"e{n}": one.metric_errors(period=period) for n, one in enumerate(functions)}
    calls = {f"i{n}": one.metric_invocations(period=period) for n, one in enumerate(functions)}
    return cloudwatch.MathExpression(
        expression=f"100 * SUM([{', '.join(errors)}]) / SUM([{', '.join(calls)}])",
        using_metrics={**errors, **calls},
        period=period,
    )


def total(metrics: Sequence[cloudwatch.IMetric], period: cdk.Duration) -> cloudwatch.MathExpression:
    return _over("SUM", metrics, period)


def _share(p99: cloudwatch.Metric, row: Function, period: cdk.Duration) -> cloudwatch.MathExpression:
    """Of the time-out, in per cent; Duration is in milliseconds."""
    return cloudwatch.MathExpression(
        expression=f"duration{row.construct_id} / {row.timeout * 10}",
        using_metrics={f"duration{row.construct_id}": p99},
        period=period,
    )


def _over(function: str, metrics: Sequence[cloudwatch.IMetric], period: cdk.Duration) -> cloudwatch.MathExpression:
    using: dict[str, cloudwatch.IMetric] = {f"m{n}": one for n, one in enumerate(metrics)}
    return cloudwatch.MathExpression(expression=f"{function}([{', '.join(using)}])", using_metrics=using, period=period)
