"""Alarms, topic, dashboard: what the table says is deployed, and each alarm has its section in the runbook."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from esign.runtime.measures import MEASURES, SERVICE_NAME, namespace
from infra.functions import ALL, ROOT
from infra.monitoring import ALARMS, GROUPS, MOST_METRICS, Functions, chunks, metrics_read
from infra.stages import STAGES
from tests.infra.templates import Templates

ROWS = [row for row in ALARMS if not row.canary]


def _alarms(templates: Templates, *, stack: str = "Monitoring") -> dict[str, dict[str, Any]]:
    """By their names, without the stage's."""
    found = (one for name, one in templates.stacks.items() if name.endswith(stack))
    return {
        resource["Properties"].get("AlarmName", name): resource["Properties"]
        for template in found
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def _of(templates: Templates, name: str) -> dict[str, dict[str, Any]]:
    return {full: one for full, one in _alarms(templates).items() if re.search(rf"^esign-[a-z]+-{name}(-|$)", full)}


def _resources(templates: Templates, kind: str) -> list[dict[str, Any]]:
    monitoring = next(one for name, one in templates.stacks.items() if name.endswith("-Monitoring"))
    return [one["Properties"] for one in monitoring["Resources"].values() if one["Type"] == kind]


def _metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["MetricStat"] for one in alarm.get("Metrics", ()) if "MetricStat" in one]


def test_every_alarm_has_its_section_in_the_runbook_and_every_section_its_alarm() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text()
    sections = set(re.findall(r"^## (\S+)$", text, flags=re.MULTILINE))
    assert sections == {row.name for row in ALARMS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_is_deployed_and_says_where_to_read_on(dev: Templates, row: Any) -> None:
    found = _of(dev, row.name)
    assert found
    for alarm in found.values():
        assert alarm["Threshold"] == row.limit
        assert alarm["AlarmDescription"].endswith(f"docs/runbook.md#{row.name}")
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (row.of, row.times)
        assert alarm["TreatMissingData"] == {"well": "notBreaching", "wrong": "breaching"}[row.silence]


@pytest.mark.parametrize("name", ["stuck-packages", "credentials-ending"])
def test_an_hourly_look_that_is_not_taken_is_an_alarm_and_one_hour_without_it_is_none(
    dev: Templates, name: str
) -> None:
    (alarm,) = _of(dev, name).values()
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3600, 2, 2)
    assert alarm["TreatMissingData"] == "breaching"


def test_nothing_is_deployed_that_is_no_row(dev: Templates) -> None:
    known = {name for row in ROWS for name in _of(dev, row.name)}
    assert set(_alarms(dev)) == known


def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_is_over(dev: Templates) -> None:
    for alarm in _alarms(dev).values():
        assert alarm["AlarmActions"] == alarm["OKActions"]
        (told,) = alarm["AlarmActions"]
        assert "Topic" in told["Ref"]


def test_no_alarm_reads_more_metrics_than_cloudwatch_allows(acme: Templates) -> None:
    for name, alarm in {**_alarms(acme), **_alarms(acme, stack="Connector")}.items():
        assert len(_metrics(alarm)) <= MOST_METRICS, name
        assert len(alarm.get("Metrics", ())) - len(_metrics(alarm)) <= MOST_METRICS, name


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row.watches, Functions)], ids=lambda row: row.name)
def test_the_alarms_of_the_groups_watch_every_function_once(dev: Templates, row: Any) -> None:
    expected = {one.folder for group in row.watches.groups for one in GROUPS[group]}
    names: list[str] = []
    for alarm in _of(dev, row.name).values():
        for metric in _metrics(alarm):
            (dimension,) = metric["Metric"]["Dimensions"]
            names.append(json.dumps(dimension["Value"]))
    each = 2 if row.watches.what == "errors" else 1
    assert len(names) == each * len(set(names)) == each * len(expected)


def test_what_cloudwatch_bills_the_alarms_by_is_counted(dev: Templates) -> None:
    assert sum(len(_metrics(alarm)) or 1 for alarm in _alarms(dev).values()) == metrics_read(ROWS)


def test_the_groups_are_all_functions() -> None:
    assert sorted(row.folder for rows in GROUPS.values() for row in rows) == sorted(row.folder for row in ALL)


def test_errors_of_the_authorizer_are_no_alarm() -> None:
    """A 401 is one; API Gateway's own word for a failing authorizer is counted in the access log."""
    (errors,) = (row for row in ALARMS if row.name == "function-errors")
    assert isinstance(errors.watches, Functions)
    assert "authorizer" not in errors.watches.groups


def test_a_failing_authorizer_is_counted_in_the_access_log(dev: Templates) -> None:
    (counted,) = _resources(dev, "AWS::Logs::MetricFilter")
    assert counted["FilterPattern"] == '{ $.errorType = "AUTHORIZER_FAILURE" }'
    (alarm,) = _of(dev, "authorizer-failure").values()
    (made,) = counted["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (made["MetricNamespace"], made["MetricName"])


def test_a_slow_function_is_measured_against_its_own_time_out(dev: Templates) -> None:
    texts = [
        one["Expression"] for a in _of(dev, "function-slow").values() for one in a["Metrics"] if "Expression" in one
    ]
    divisors = sorted(int(text.rpartition("/")[2]) for text in texts if "/" in text)
    assert divisors == sorted(row.timeout * 10 for row in ALL)


def test_our_own_metrics_are_asked_for_as_the_functions_write_them(dev: Templates) -> None:
    known = {one.name: one for one in MEASURES}
    seen = 0
    for alarm in _alarms(dev).values():
        if alarm.get("Namespace") == namespace("dev") and alarm["MetricName"] in known:
            assert {one["Name"] for one in alarm["Dimensions"]} == set(known[alarm["MetricName"]].dimensions)
            seen += 1
    assert seen >= 6
    for function in dev.functions().values():
        assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == SERVICE_NAME
        assert function["Environment"]["Variables"]["ESIGN_STAGE"] == "dev"


def test_the_topic_is_encrypted_with_the_stage_s_key_which_cloudwatch_may_use(dev: Templates) -> None:
    (topic,) = _resources(dev, "AWS::SNS::Topic")
    assert "Key" in json.dumps(topic["KmsMasterKeyId"])
    ((_, key),) = dev.of("AWS::KMS::Key")
    (allowed,) = (
        one for one in key["KeyPolicy"]["Statement"] if one["Principal"].get("Service") == "cloudwatch.amazonaws.com"
    )
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    (policy,) = _resources(dev, "AWS::SNS::TopicPolicy")
    assert {"Bool": {"aws:SecureTransport": "false"}} in [
        one.get("Condition") for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"
    ]


def test_cloudwatch_may_publish_to_the_topic_and_nobody_else(dev: Templates) -> None:
    """A policy of our own replaces the one that SNS gives a topic: without an Allow, no alarm reaches anybody."""
    (policy,) = _resources(dev, "AWS::SNS::TopicPolicy")
    (allowed,) = (one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow")
    (topic,) = policy["Topics"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (allowed["Action"], allowed["Resource"]) == ("sns:Publish", topic)
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_dashboard_is_json_with_a_business_and_a_technical_part(dev: Templates) -> None:
    (dashboard,) = _resources(dev, "AWS::CloudWatch::Dashboard")
    body = dashboard["DashboardBody"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "X" for part in body)
    widgets = json.loads(text)["widgets"]
    titles = [one["properties"].get("title") or one["properties"].get("markdown") for one in widgets]
    assert titles.index("## Contracts") < titles.index("Packages by status") < titles.index("## Technology")
    assert "SEARCH('{CoupaOpenESign/dev,provider,status} MetricName=\\\"Packages\\\"', 'Sum', 3600)" in text
    assert {"Time to sign (median), by provider", "Completed by provider, a day", "Bell"} <= set(titles)


def test_where_nobody_is_to_be_told_there_is_no_monitoring_stack() -> None:
    assert STAGES["local"].monitoring is None
    assert all(stage.monitoring for name, stage in STAGES.items() if name != "local")


def test_chunks_are_as_large_as_they_may_be() -> None:
    assert list(chunks("abcdefg", 3)) == [("a", "b", "c"), ("d", "e", "f"), ("g",)]
