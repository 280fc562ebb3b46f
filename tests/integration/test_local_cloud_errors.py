"""What the local cloud refuses to bring up. No cloud may run beside these: there is one per process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.cloud import DeploymentError, LocalCloud


def bring_up(folder: Path, template: Any) -> None:
    (folder / "stack.template.json").write_text(json.dumps(template))
    with LocalCloud(folder):
        pass


def test_an_unknown_resource_type_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="AWS::GameLift::Fleet"):
        bring_up(tmp_path, {"Resources": {"Fleet": {"Type": "AWS::GameLift::Fleet", "Properties": {}}}})


def test_a_parameter_without_a_value_is_an_error(tmp_path: Path) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Owner"}}}
    with pytest.raises(DeploymentError, match="Owner"):
        bring_up(tmp_path, {"Parameters": {"Owner": {"Type": "String"}}, "Resources": {"Q": queue}})


def test_resources_that_depend_on_each_other_are_an_error(tmp_path: Path) -> None:
    queues = {
        name: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": [other, "Arn"]}}}
        for name, other in (("A", "B"), ("B", "A"))
    }
    with pytest.raises(DeploymentError, match="depends on itself"):
        bring_up(tmp_path, {"Resources": queues})


def test_a_state_machine_that_is_no_state_machine_is_an_error(tmp_path: Path) -> None:
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": "{}", "RoleArn": "r"}}
    with pytest.raises(DeploymentError, match="AWS::StepFunctions::StateMachine"):
        bring_up(tmp_path, {"Resources": {"Machine": machine}})


def test_an_assembly_without_stacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LocalCloud(tmp_path)


def test_a_cloud_that_ended_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    template = {"Resources": {"Bell": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "bell"}}}}
    (tmp_path / "stack.template.json").write_text(json.dumps(template))
    with LocalCloud(tmp_path) as first:
        url = first.physical("Bell")
        first.client("sqs").send_message(QueueUrl=url, MessageBody="old")
    with LocalCloud(tmp_path) as second:
        assert "Messages" not in second.client("sqs").receive_message(QueueUrl=second.physical("Bell"))


def test_mock_aws_is_refused_while_a_cloud_runs_and_works_afterwards(tmp_path: Path) -> None:
    (tmp_path / "stack.template.json").write_text('{"Resources": {}}')
    from moto import mock_aws

    with LocalCloud(tmp_path), pytest.raises(RuntimeError, match="mock_aws"), mock_aws():
        pass
    with mock_aws():
        assert boto3.client("sqs", region_name="eu-central-1").list_queues().get("QueueUrls", []) == []
