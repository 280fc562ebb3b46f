"""New versions come into use step by step where the stage says so, and what calls a function then calls its alias."""

from __future__ import annotations

import json
from typing import Any

from infra.functions import ALL, BEHIND_APIS, ROOT
from infra.stages import STAGES
from tests.infra.templates import Templates

ROLLED_BACK = {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"}


def _all(templates: Templates, kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in templates.connector["Resources"].items() if one["Type"] == kind}


def test_every_function_behind_an_api_has_the_alias_live(acme: Templates) -> None:
    aliases = _all(acme, "AWS::Lambda::Alias")
    assert {one["Properties"]["Name"] for one in aliases.values()} == {"live"}
    functions = acme.connector["Resources"]
    behind = {
        functions[one["Properties"]["FunctionName"]["Ref"]]["Properties"]["Description"] for one in aliases.values()
    }
    assert behind == {row.folder for row in BEHIND_APIS}


def test_each_alias_is_moved_by_a_deployment_group_that_alarms_roll_back(acme: Templates) -> None:
    groups, alarms = _all(acme, "AWS::CodeDeploy::DeploymentGroup"), set(_all(acme, "AWS::CloudWatch::Alarm"))
    assert len(alarms) == 3
    for alias in _all(acme, "AWS::Lambda::Alias").values():
        group = groups[alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]]["Properties"]
        assert {one["Name"]["Ref"] for one in group["AlarmConfiguration"]["Alarms"]} == alarms
        assert group["AlarmConfiguration"]["Enabled"]
        assert group["AutoRollbackConfiguration"]["Enabled"]
        assert set(group["AutoRollbackConfiguration"]["Events"]) == ROLLED_BACK
        assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent10Minutes"


def test_both_apis_and_the_authorizer_call_aliases_and_nothing_else(acme: Templates) -> None:
    aliases = set(_all(acme, "AWS::Lambda::Alias"))
    integrations = [one["Properties"]["Integration"]["Uri"] for one in _all(acme, "AWS::ApiGateway::Method").values()]
    authorizers = [one["Properties"]["AuthorizerUri"] for one in _all(acme, "AWS::ApiGateway::Authorizer").values()]
    for uri in (*integrations, *authorizers):
        assert any(f'"Ref": "{name}"' in json.dumps(uri) for name in aliases), uri


def test_each_permission_of_an_api_is_on_the_alias(acme: Templates) -> None:
    aliases = set(_all(acme, "AWS::Lambda::Alias"))
    for one in _all(acme, "AWS::Lambda::Permission").values():
        assert one["Properties"]["FunctionName"].get("Ref") in aliases


def test_a_version_is_new_when_only_the_layers_are() -> None:
    """Our own package lies in a layer: without the feature flag a change of it would publish nothing."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert context["@aws-cdk/aws-lambda:recognizeLayerVersion"] is True


def test_what_stays_behind_changes_at_once_and_its_errors_stop_a_rollout(acme: Templates) -> None:
    (errors,) = (one for name, one in _all(acme, "AWS::CloudWatch::Alarm").items() if "workflowerrors" in name)
    watched = [one for one in errors["Properties"]["Metrics"] if "MetricStat" in one]
    assert len(watched) == len(ALL) - len(BEHIND_APIS)


def test_a_stage_without_a_rollout_has_no_alias_at_all(dev: Templates) -> None:
    assert not list(dev.of("AWS::Lambda::Alias"))
    assert not list(dev.of("AWS::CodeDeploy::DeploymentGroup"))


def test_stages_with_real_contracts_roll_out_step_by_step() -> None:
    assert {name for name, stage in STAGES.items() if stage.rollout} == {"preprod", "prod"}
