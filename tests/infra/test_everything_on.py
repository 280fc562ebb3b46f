"""A stage with everything on (infra/example.toml): domains, allow-lists, VPC, concurrency, throttles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.functions import ALL, CALLBACKS
from sandbox.cloud.cloud import LocalCloud
from sandbox.cloud.resources import CREATORS, inert
from tests.infra.templates import Templates


def _api(acme: Templates, name: str) -> dict[str, Any]:
    return next(found for _, found in acme.of("AWS::ApiGateway::RestApi") if found["Name"] == f"esign-acme-{name}")


def test_no_api_speaks_anything_older_than_tls_1_2(acme: Templates, dev: Templates) -> None:
    for stage in (acme, dev):
        for _, api in stage.of("AWS::ApiGateway::RestApi"):
            assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_")
            assert api["EndpointAccessMode"] == "STRICT"
            assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    domains = list(acme.of("AWS::ApiGateway::DomainName"))
    assert [found["SecurityPolicy"] for _, found in domains] == ["TLS_1_2", "TLS_1_2"]


def test_an_api_with_a_truststore_wants_a_certificate_and_has_no_other_address(acme: Templates) -> None:
    domains = {found["DomainName"]: found for _, found in acme.of("AWS::ApiGateway::DomainName")}
    assert domains["esign.acme.example"]["MutualTlsAuthentication"] == {
        "TruststoreUri": "s3://acme-esign-trust/coupa.pem"
    }
    assert "MutualTlsAuthentication" not in domains["esign-callbacks.acme.example"]
    assert _api(acme, "coupa")["DisableExecuteApiEndpoint"] is True
    assert _api(acme, "callbacks")["DisableExecuteApiEndpoint"] is False


def test_the_addresses_that_are_told_are_the_domains(acme: Templates) -> None:
    outputs = acme.connector["Outputs"]
    assert outputs["CoupaUrl"]["Value"] == "https://esign.acme.example"
    assert outputs["CallbacksUrl"]["Value"] == "https://esign-callbacks.acme.example"
    assert {"CoupaDomainTarget", "CallbacksDomainTarget"} <= set(outputs)
    told = acme.functions()["coupa/send_package"]["Environment"]["Variables"]
    assert told["ESIGN_CALLBACKS_BASE_URL"] == "https://esign-callbacks.acme.example"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("coupa", ["198.51.100.0/24"]), ("callbacks", ["203.0.113.0/24", "2001:db8::/32"])],
)
def test_who_is_not_on_the_list_is_denied(acme: Templates, name: str, allowed: list[str]) -> None:
    allow, deny = _api(acme, name)["Policy"]["Statement"]
    assert (allow["Effect"], allow["Principal"]) == ("Allow", {"AWS": "*"})
    assert (deny["Effect"], deny["Action"]) == ("Deny", "execute-api:Invoke")
    (addresses,) = deny["Condition"]["NotIpAddress"].values()
    assert ([addresses] if isinstance(addresses, str) else addresses) == allowed


def test_without_a_list_everybody_may_call(dev: Templates) -> None:
    assert not [found for _, found in dev.of("AWS::ApiGateway::RestApi") if "Policy" in found]


def test_a_single_operation_may_have_a_limit_of_its_own_and_stays_unlogged(acme: Templates) -> None:
    limits = {}
    for _, found in acme.of("AWS::ApiGateway::Stage"):
        for one in found["MethodSettings"]:
            assert (one["LoggingLevel"], one["DataTraceEnabled"]) == ("OFF", False)
            limits[one["HttpMethod"], one["ResourcePath"]] = one["ThrottlingRateLimit"]
    assert limits["POST", "/~1v1~1packages"] == 20
    assert limits["POST", "/~1v1~1packages~1{packageId}~1send"] == 10
    assert limits["GET", "/~1callbacks~1gosign~1{account}~1{token}~1status"] == 100
    assert limits["*", "/*"] == 50


def test_who_calls_out_leaves_by_the_vpc_and_nobody_else_waits_for_it(acme: Templates) -> None:
    placed = {folder for folder, found in acme.functions().items() if "VpcConfig" in found}
    assert placed == {row.folder for row in ALL if row.calls_out}
    assert {"workflow/sync_package", "workflow/deliver_notifications", "coupa/add_documents"} <= placed
    assert not {"authorizer", "coupa/create_package", "callbacks/connective"} & placed


def test_nothing_comes_in_and_only_tls_goes_out(acme: Templates) -> None:
    ((_, group),) = acme.anywhere("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]] == [
        ("tcp", 443, 443)
    ]
    assert not list(acme.anywhere("AWS::EC2::SecurityGroupIngress"))


def test_the_functions_sit_in_private_subnets(acme: Templates) -> None:
    public = {name: found["MapPublicIpOnLaunch"] for name, found in acme.anywhere("AWS::EC2::Subnet")}
    assert len(public) == 4
    assert all(public[name] is ("PublicSubnet" in name) for name in public)
    for found in acme.functions().values():
        for reference in found.get("VpcConfig", {}).get("SubnetIds", ()):
            assert "PrivateSubnet" in reference["Fn::ImportValue"]


def test_the_network_outlives_the_connector(acme: Templates) -> None:
    assert not [one for one in acme.connector["Resources"].values() if one["Type"].startswith("AWS::EC2::")]


def test_our_calls_come_from_two_addresses_that_are_told(acme: Templates) -> None:
    assert len(list(acme.anywhere("AWS::EC2::EIP"))) == len(list(acme.anywhere("AWS::EC2::NatGateway"))) == 2
    assert {"EgressAddress1", "EgressAddress2"} <= set(acme.stacks["Esign-acme-Network"]["Outputs"])


def test_s3_and_dynamodb_are_reached_without_nat(acme: Templates) -> None:
    ends = [found for _, found in acme.anywhere("AWS::EC2::VPCEndpoint")]
    assert all(found["VpcEndpointType"] == "Gateway" for found in ends)
    assert sorted(found["ServiceName"]["Fn::Join"][1][-1] for found in ends) == [".dynamodb", ".s3"]


def test_rejected_packets_are_logged(acme: Templates) -> None:
    ((_, log),) = acme.anywhere("AWS::EC2::FlowLog")
    assert log["TrafficType"] == "REJECT"


def test_the_code_of_a_function_may_not_touch_network_interfaces(acme: Templates) -> None:
    for row in ALL:
        statements = acme.role(row.folder)["Policies"][0]["PolicyDocument"]["Statement"]
        network = [one for one in statements if "ec2:CreateNetworkInterface" in one["Action"]]
        assert [one["Effect"] for one in network] == (["Allow", "Deny"] if row.calls_out else []), row.folder
        if network:
            assert network[0]["Action"] == network[1]["Action"]
            assert "lambda:SourceFunctionArn" in network[1]["Condition"]["ArnLike"]


def test_everything_else_in_a_role_names_what_it_is_for(acme: Templates) -> None:
    for row in ALL:
        for one in acme.role(row.folder)["Policies"][0]["PolicyDocument"]["Statement"]:
            verbs = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
            assert not [verb for verb in verbs if "*" in verb], row.folder
            assert one["Resource"] != "*" or all(verb.startswith("ec2:") for verb in verbs), row.folder


def test_concurrency_is_reserved_for_who_must_always_answer(acme: Templates, dev: Templates) -> None:
    kept = {
        folder: found["ReservedConcurrentExecutions"]
        for folder, found in acme.functions().items()
        if "ReservedConcurrentExecutions" in found
    }
    assert kept == {"authorizer": 100} | {row.folder: 20 for row in CALLBACKS}
    assert "ReservedConcurrentExecutions" not in json.dumps(dev.connector), "a new account has ten in all"


def test_the_bell_starts_no_more_deliverers_than_the_stage_says(acme: Templates, dev: Templates) -> None:
    ((_, mapping),) = acme.of("AWS::Lambda::EventSourceMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 20}
    ((_, mapping),) = dev.of("AWS::Lambda::EventSourceMapping")
    assert "ScalingConfig" not in mapping


def test_every_stack_stays_far_from_cloudformations_limit(acme: Templates, dev: Templates) -> None:
    sizes = {name: len(one["Resources"]) for stage in (acme, dev) for name, one in stage.stacks.items()}
    assert {name: size for name, size in sizes.items() if size >= 400} == {}


def test_every_log_is_forgotten_some_day(acme: Templates) -> None:
    logs = list(acme.anywhere("AWS::Logs::LogGroup"))
    assert len(logs) >= len(ALL)
    assert {found["RetentionInDays"] for _, found in logs} == {180}


def test_no_variable_of_a_function_holds_a_secret(acme: Templates) -> None:
    for folder, found in acme.functions().items():
        text = json.dumps(found["Environment"])
        assert "{{resolve:" not in text, folder
        assert "SecretString" not in text, folder
        assert len(text) < 4096, folder


def test_the_local_cloud_knows_every_resource_type(acme: Templates, dev: Templates) -> None:
    types = {
        one["Type"]
        for stage in (acme, dev)
        for template in stage.stacks.values()
        for one in template["Resources"].values()
    }
    assert len(types) > 30
    assert sorted(one for one in types if one not in CREATORS and not inert(one)) == []


def test_the_local_cloud_brings_all_of_it_up(acme: Templates) -> None:
    with LocalCloud(acme.folder) as cloud:
        told = cloud.outputs
        assert told["CoupaUrl"] == "https://esign.acme.example"
        made = {cloud.physical(row.construct_id) for row in ALL}
        assert len(made) == len(ALL)
        assert json.loads(told["EsignSettings"])["ESIGN_TABLE"] == cloud.physical("Table")
