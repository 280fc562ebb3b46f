"""A regional REST API: its methods, its answers when no function is reached, and its access log. Knows no operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from esign.coupa.errors import MEDIA_TYPE
from infra import mapping
from infra.constructs.domain import OwnDomain, allow_only
from infra.constructs.firewall import Firewall
from infra.gateway_answers import GATEWAY_ANSWERS, GatewayAnswer
from infra.stages import Door, Stage, Throttle
from infra.throttles import Endpoint

# Of what API Gateway offers to regional APIs, 1.3 and 1.2 and nothing older; without it an API's own address takes 1.0.
TLS = "SecurityPolicy_TLS13_1_2_PQ_2025_09"

# Never $context.path: on the callbacks it holds a token that opens a package's door.
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "errorType": "$context.error.responseType",
    "responseBytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "integrationMilliseconds": "$context.integrationLatency",
    "account": "$context.authorizer.principalId",
    "sourceIp": "$context.identity.sourceIp",
}


class RestApi(Construct):
    """`address` is where the world reaches it; `add` gives it a method. `throttles`: what differs from the door's own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        stage: Stage,
        door: Door,
        throttles: Mapping[Endpoint, Throttle],
        address: str | None,
        authorizer: lambda_.IFunction | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"esign-{stage.name}-{name}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,  # one per account and region, of infra.constructs.gateway_logs
            deploy_options=self._options(stage, door.throttle, throttles),
            policy=allow_only(door.allowed_addresses),
            # Who need not show a certificate at the other address would have a way around.
            disable_execute_api_endpoint=bool(door.domain and door.domain.truststore),
        )
        self._speak_only_modern_tls()
        self.api.node.try_remove_child("Endpoint")  # an output that would name another address than `address`
        self._authorizer = _basic(self, authorizer, stage) if authorizer else None
        for answer in GATEWAY_ANSWERS:
            self._answer(answer)
        # Not api.url: inside its own stack that is a circle through the deployment to the functions.
        own = f"https://{self.api.rest_api_id}.execute-api.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}/{stage.name}"
        self.domain = OwnDomain(self, door.domain, self.api) if door.domain else None
        self.address = address or door.base_url or (self.domain.address if self.domain else own)
        if stage.web_acl:
            Firewall(self, name=name, stage=stage, acl=stage.web_acl, stage_arn=self.api.deployment_stage.stage_arn)

    def add(
        self, method: str, path: str, function: lambda_.IFunction, *, answers: str | None = None
    ) -> apigateway.Method:
        """A method behind the authorizer where the API has one. It hands the whole request to `function`; with `answers`,
        the media type of its answers, only the head of a body that may have 10 MB (infra.mapping)."""
        authorizer = self._authorizer
        kind = apigateway.AuthorizationType
        return self.api.root.resource_for_path(path).add_method(
            method,
            _mapped(function, answers) if answers else _whole(function),
            authorizer=authorizer,
            authorization_type=kind.CUSTOM if authorizer else kind.NONE,
            method_responses=[apigateway.MethodResponse(status_code=one) for one in ("200", "500")]
            if answers
            else None,
        )

    def _speak_only_modern_tls(self) -> None:
        api = self.api.node.default_child
        assert isinstance(api, apigateway.CfnRestApi)  # noqa: S101 - what the construct is made of
        api.security_policy = TLS
        api.endpoint_access_mode = "STRICT"  # the name in TLS must be the name in the request

    def _options(
        self, stage: Stage, throttle: Throttle, throttles: Mapping[Endpoint, Throttle]
    ) -> apigateway.StageOptions:
        log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays[stage.log_retention],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.access_log: logs.ILogGroup = log
        return apigateway.StageOptions(
            stage_name=stage.name,
            **_limits(throttle),
            access_log_destination=apigateway.LogGroupLogDestination(log),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
            tracing_enabled=False,
            method_options={
                f"{path}/{method}": apigateway.MethodDeploymentOptions(**_limits(own))
                for (method, path), own in throttles.items()
            },
        )

    def _answer(self, answer: GatewayAnswer) -> None:
        headers = {"Content-Type": MEDIA_TYPE, **answer.headers}
        self.api.add_gateway_response(
            answer.kind.title().replace("_", ""),
            type=getattr(apigateway.ResponseType, answer.kind),
            status_code=str(answer.status),
            response_headers={name: f"'{value}'" for name, value in headers.items()},
            templates={"application/json": json.dumps(answer.body)},
        )


def _limits(throttle: Throttle) -> dict[str, Any]:
    """What holds for each method. No execution logs: they hold paths and bodies."""
    return {
        "throttling_rate_limit": throttle.rate,
        "throttling_burst_limit": throttle.burst,
        "logging_level": apigateway.MethodLoggingLevel.OFF,
        "data_trace_enabled": False,
        "metrics_enabled": True,
    }


def _whole(function: lambda_.IFunction) -> apigateway.LambdaIntegration:
    return apigateway.LambdaIntegration(function, allow_test_invoke=False, timeout=cdk.Duration.seconds(29))


def _mapped(function: lambda_.IFunction, answers: str) -> apigateway.LambdaIntegration:
    """A function that fails is a 500: to a vendor that repeats whatever is not 2xx, a reason to repeat."""
    failed = json.dumps({"message": "The connector failed."})
    return apigateway.LambdaIntegration(
        function,
        proxy=False,
        allow_test_invoke=False,
        timeout=cdk.Duration.seconds(29),
        passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
        request_templates=dict.fromkeys(mapping.TYPES, mapping.REQUEST),
        integration_responses=[
            apigateway.IntegrationResponse(status_code="200", response_templates={answers: mapping.RESPONSE}),
            apigateway.IntegrationResponse(
                status_code="500",
                selection_pattern=mapping.ANY_ERROR,
                response_templates={"application/json": failed},
            ),
        ],
    )


def _basic(scope: Construct, function: lambda_.IFunction, stage: Stage) -> apigateway.RequestAuthorizer:
    return apigateway.RequestAuthorizer(
        scope,
        "Basic",
        handler=function,
        identity_sources=[apigateway.IdentitySource.header("Authorization")],
        results_cache_ttl=cdk.Duration.seconds(stage.authorizer_cache),
    )
