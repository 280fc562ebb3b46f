"""Esign-<stage>-Monitoring: alarms, the topic that tells people, one dashboard. Nothing that the connector needs to run."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.constructs.alarms import Alarms, Subjects, alarm_topic
from infra.constructs.dashboard import Dashboard
from infra.monitoring import ALARMS
from infra.stacks.connector import ConnectorStack
from infra.stacks.data import DataStack
from infra.stages import Monitoring, Stage


class MonitoringStack(cdk.Stack):
    """Watches the connector from outside; it can be thrown away and deployed again at any time."""

    def __init__(
        self, scope: Construct, *, stage: Stage, monitoring: Monitoring, data: DataStack, connector: ConnectorStack
    ) -> None:
        super().__init__(scope, f"Esign-{stage.name}-Monitoring", tags=stage.stack_tags)
        subjects = Subjects(
            stage=stage.name,
            apis={word: api.api.rest_api_name for word, api in connector.apis.items()},
            access_log=connector.apis["coupa"].access_log,
            functions=connector.functions,
            bell=connector.bell.queue,
            dead_letters=connector.bell.dead_letters,
            machines=connector.machines,
        )
        topic = alarm_topic(self, stage=stage.name, key=data.key, emails=monitoring.emails)
        minutes = cdk.Duration.minutes(stage.canary.minutes if stage.canary else 10)
        rows = [row for row in ALARMS if stage.canary or not row.canary]
        alarms = Alarms(self, rows=rows, subjects=subjects, topic=topic, period=minutes)
        Dashboard(self, subjects=subjects, alarms=alarms.made)
        cdk.CfnOutput(self, "AlarmTopic", value=topic.topic_arn)
