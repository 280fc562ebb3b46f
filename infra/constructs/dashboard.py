"""The stage's dashboard: contracts above, technology below. Names the measures; knows no rule."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from esign.runtime import measures
from esign.runtime.measures import SERVICE_NAME, Measure, namespace
from infra.constructs.alarms import Subjects, gateway
from infra.monitoring import GROUPS

_HOUR, _DAY, _MINUTES = cdk.Duration.hours(1), cdk.Duration.days(1), cdk.Duration.minutes(5)
_FULL, _HALF, _THIRD = 24, 12, 8


class Dashboard(Construct):
    """Searches, not lists, where vendors and operations may join: a dashboard may search, an alarm may not."""

    def __init__(self, scope: Construct, *, subjects: Subjects, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        super().__init__(scope, "Dashboard")
        self._subjects = subjects
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"esign-{subjects.stage}",
            default_interval=cdk.Duration.days(1),
            widgets=[
                [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=_FULL, height=4)],
                [_heading("Contracts")],
                *self._business(),
                [_heading("Technology")],
                *self._technology(),
            ],
        )

    def _business(self) -> list[list[cloudwatch.IWidget]]:
        return [
            [
                _graph("Packages by status", self._search(measures.PACKAGES, "Sum", _HOUR), width=_HALF, stacked=True),
                _graph("Completed by provider, a day", self._completed(), width=_HALF, stacked=True),
            ],
            [
                _graph("Time to sign (median), by provider", self._search(measures.SECONDS_TO_SIGN, "p50", _DAY)),
                _graph("Time to sign (90 %), by provider", self._search(measures.SECONDS_TO_SIGN, "p90", _DAY)),
                _graph("Packages that needed a person, by reason", self._search(measures.ATTENTION, "Sum", _HOUR)),
            ],
            [
                _graph("Stuck packages", self._ours(measures.STUCK_PACKAGES, "Maximum", _HOUR)),
                _graph("Age of what Coupa is told (s)", self._ours(measures.DELIVERY_AGE, "Maximum", _MINUTES)),
                _graph("For a person, by code", self._search(measures.ALARMS, "Sum", _HOUR)),
            ],
        ]

    def _technology(self) -> list[list[cloudwatch.IWidget]]:
        return [
            *([self._calls(word, api), self._times(word, api)] for word, api in self._subjects.apis.items()),
            [
                _graph("Requests: milliseconds (99 %)", self._search(measures.MILLISECONDS, "p99", _MINUTES)),
                _graph("Answers of 5xx and failed steps", self._search(measures.FAULTS, "Sum", _MINUTES)),
                _graph("Function errors", self._each("errors")),
            ],
            [
                _graph("Function throttles", self._each("throttles")),
                _graph("Sweep: oldest due line (s)", self._ours(measures.SWEEP_LAG, "Maximum", _MINUTES)),
                _graph("Bell", self._queues()),
            ],
            [
                _graph("Executions that failed", self._failed()),
                _graph("Failures of an endpoint in a row", self._ours(measures.ENDPOINT_FAILURES, "Maximum", _MINUTES)),
                _graph("Days that credentials last", self._ours(measures.CREDENTIALS_DAYS, "Minimum", _HOUR)),
            ],
            [
                _graph("Canary: signed", self._ours(measures.CANARY_SIGNED, "Minimum", _MINUTES), width=_HALF),
                _graph("Canary: seconds", self._ours(measures.CANARY_SECONDS, "Maximum", _MINUTES), width=_HALF),
            ],
        ]

    def _search(self, measure: Measure, statistic: str, period: cdk.Duration) -> list[cloudwatch.IMetric]:
        return [self._found(measure, f'MetricName="{measure.name}"', statistic, period)]

    def _completed(self) -> list[cloudwatch.IMetric]:
        return [self._found(measures.PACKAGES, f'MetricName="{measures.PACKAGES.name}" status="COMPLETE"', "Sum", _DAY)]

    def _found(self, measure: Measure, what: str, statistic: str, period: cdk.Duration) -> cloudwatch.IMetric:
        schema = ",".join((namespace(self._subjects.stage), *measure.dimensions))
        expression = f"SEARCH('{{{schema}}} {what}', '{statistic}', {period.to_seconds()})"
        return cloudwatch.MathExpression(expression=expression, using_metrics={}, label="", period=period)

    def _ours(self, measure: Measure, statistic: str, period: cdk.Duration) -> list[cloudwatch.IMetric]:
        metric = cloudwatch.Metric(
            namespace=namespace(self._subjects.stage),
            metric_name=measure.name,
            dimensions_map={"service": SERVICE_NAME},
            statistic=statistic,
            period=period,
        )
        return [metric]

    def _calls(self, word: str, api: str) -> cloudwatch.IWidget:
        counts = [gateway(name, api, "Sum", _MINUTES) for name in ("Count", "4XXError", "5XXError")]
        return _graph(f"API {word}: calls", counts, width=_HALF)

    def _times(self, word: str, api: str) -> cloudwatch.IWidget:
        shares = [gateway("Latency", api, share, _MINUTES) for share in ("p50", "p95", "p99")]
        return _graph(f"API {word}: milliseconds", shares, width=_HALF)

    def _each(self, what: str) -> list[cloudwatch.IMetric]:
        """One line for each function, by its folder."""
        return [
            _lambda(self._subjects.functions[row.folder], what, label=row.folder)
            for rows in GROUPS.values()
            for row in rows
        ]

    def _queues(self) -> list[cloudwatch.IMetric]:
        waiting = self._subjects.bell.metric_approximate_age_of_oldest_message(label="oldest (s)")
        dead = self._subjects.dead_letters.metric_approximate_number_of_messages_visible(label="dead letters")
        return [waiting, dead]

    def _failed(self) -> list[cloudwatch.IMetric]:
        return [machine.metric_failed(period=_MINUTES) for machine in self._subjects.machines]


def _lambda(function: lambda_.IFunction, what: str, *, label: str) -> cloudwatch.Metric:
    made = function.metric_errors if what == "errors" else function.metric_throttles
    return made(period=_MINUTES, label=label)


def _heading(text: str) -> cloudwatch.IWidget:
    return cloudwatch.TextWidget(markdown=f"## {text}", width=_FULL, height=1)


def _graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = _THIRD, stacked: bool = False
) -> cloudwatch.IWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width, height=6, stacked=stacked)
