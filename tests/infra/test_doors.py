"""Who may call what from outside: the methods of both APIs, their authorizer, and what API Gateway answers by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from esign.coupa.routes import ROUTES
from infra import mapping
from infra.constructs.rest_api import ACCESS_LOG
from infra.functions import MAPPED, PUBLIC
from infra.gateway_answers import GATEWAY_ANSWERS
from tests.infra.templates import Templates

Endpoint = tuple[str, str]


def _path(template: dict[str, Any], reference: Any) -> str:
    if "Fn::GetAtt" in reference:
        return ""
    properties = template["Resources"][reference["Ref"]]["Properties"]
    return f"{_path(template, properties['ParentId'])}/{properties['PathPart']}"


def _methods(dev: Templates, api: str) -> dict[Endpoint, dict[str, Any]]:
    return {
        (found["HttpMethod"], _path(dev.connector, found["ResourceId"])): found
        for _, found in dev.of("AWS::ApiGateway::Method")
        if found["RestApiId"]["Ref"].startswith(api)
    }


def _function_behind(dev: Templates, method: dict[str, Any]) -> str:
    parts = method["Integration"]["Uri"]["Fn::Join"][1]
    name = next(part["Fn::GetAtt"][0] for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part)
    return str(dev.connector["Resources"][name]["Properties"]["Description"])


def test_what_coupa_can_call_is_the_route_table(dev: Templates) -> None:
    expected = {endpoint: f"coupa/{route.operation}" for route in ROUTES for endpoint in route.endpoints}
    found = {endpoint: _function_behind(dev, method) for endpoint, method in _methods(dev, "CoupaApi").items()}
    assert found == expected


def test_every_method_of_coupa_is_behind_the_authorizer(dev: Templates) -> None:
    (authorizer,) = (name for name, _ in dev.of("AWS::ApiGateway::Authorizer"))
    for endpoint, method in _methods(dev, "CoupaApi").items():
        assert method["AuthorizationType"] == "CUSTOM", endpoint
        assert method["AuthorizerId"] == {"Ref": authorizer}, endpoint


def test_only_the_listed_methods_are_public(dev: Templates) -> None:
    listed = {endpoint: folder for folder, endpoints in PUBLIC.items() for endpoint in endpoints}
    public = {
        endpoint: _function_behind(dev, method)
        for api in ("CoupaApi", "CallbacksApi")
        for endpoint, method in _methods(dev, api).items()
        if method["AuthorizationType"] == "NONE"
    }
    assert public == listed


def test_large_notifications_come_as_their_head_through_a_template_and_all_else_as_it_is(dev: Templates) -> None:
    for endpoint, method in {**_methods(dev, "CoupaApi"), **_methods(dev, "CallbacksApi")}.items():
        integration = method["Integration"]
        if endpoint not in MAPPED:
            assert integration["Type"] == "AWS_PROXY", endpoint
            continue
        assert (integration["Type"], integration["PassthroughBehavior"]) == ("AWS", "NEVER"), endpoint
        assert integration["RequestTemplates"] == dict.fromkeys(mapping.TYPES, mapping.REQUEST)
        usual, failed = integration["IntegrationResponses"]
        assert usual == {"StatusCode": "200", "ResponseTemplates": {MAPPED[endpoint]: mapping.RESPONSE}}
        assert (failed["StatusCode"], failed["SelectionPattern"]) == ("500", mapping.ANY_ERROR)


def test_what_is_mapped_is_public() -> None:
    assert set(MAPPED) <= {endpoint for endpoints in PUBLIC.values() for endpoint in endpoints}


def test_the_authorizer_remembers_a_header_for_a_minute(dev: Templates) -> None:
    ((_, authorizer),) = dev.of("AWS::ApiGateway::Authorizer")
    assert authorizer["Type"] == "REQUEST"
    assert authorizer["IdentitySource"] == "method.request.header.Authorization"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 60


def test_no_method_can_be_tried_from_the_console(dev: Templates) -> None:
    permissions = [found for _, found in dev.of("AWS::Lambda::Permission")]
    assert permissions
    assert "test-invoke-stage" not in json.dumps(permissions)


def test_api_gateway_answers_with_problems(dev: Templates) -> None:
    answers = [found for _, found in dev.of("AWS::ApiGateway::GatewayResponse")]
    assert len(answers) == 2 * len(GATEWAY_ANSWERS)
    for answer in answers:
        assert answer["ResponseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        body = json.loads(answer["ResponseTemplates"]["application/json"])
        assert str(body["status"]) == answer["StatusCode"]
        assert body["type"] == f"urn:problem-type:esign:{body['code']}", "as the functions' own problems"
        assert body["instance"] == "urn:request:$context.requestId"
        assert "$context.error" not in json.dumps(answer), (
            "one of the gateway's messages repeats the Authorization header"
        )


def test_a_caller_without_credentials_is_asked_for_basic(dev: Templates) -> None:
    for _, answer in dev.of("AWS::ApiGateway::GatewayResponse"):
        if answer["ResponseType"] == "UNAUTHORIZED":
            header = answer["ResponseParameters"]["gatewayresponse.header.WWW-Authenticate"]
            assert header == "'Basic realm=\"Coupa Open eSign\"'"


def test_no_log_records_a_path_with_a_token(dev: Templates) -> None:
    assert "$context.path" not in ACCESS_LOG.values()
    for _, found in dev.of("AWS::ApiGateway::Stage"):
        assert json.loads(found["AccessLogSetting"]["Format"]) == ACCESS_LOG
        assert not found.get("TracingEnabled", False)
        assert all(
            setting["LoggingLevel"] == "OFF" and not setting["DataTraceEnabled"] for setting in found["MethodSettings"]
        )


def test_each_stage_limits_its_rate(dev: Templates) -> None:
    for _, found in dev.of("AWS::ApiGateway::Stage"):
        (every_method,) = found["MethodSettings"]
        assert every_method["ThrottlingRateLimit"] > 0
        assert every_method["ThrottlingBurstLimit"] > 0


def test_no_media_type_is_binary(dev: Templates) -> None:
    """A binary type would make API Gateway encode the documents a second time."""
    for _, found in dev.of("AWS::ApiGateway::RestApi"):
        assert "BinaryMediaTypes" not in found


@pytest.mark.parametrize("name", ["CoupaUrl", "CallbacksUrl"])
def test_the_addresses_are_put_out(dev: Templates, name: str) -> None:
    assert "execute-api" in json.dumps(dev.connector["Outputs"][name])
