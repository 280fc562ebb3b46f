"""A regional REST API: its methods, its answers when no function is reached, and its access log. Knows no operation."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stages import Stage, Throttle

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


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """What callers get when API Gateway answers by itself: a problem, as from the functions (RFC 9457)."""

    kind: str  # API Gateway's name of the case
    status: int
    code: str
    title: str
    headers: dict[str, str] = field(default_factory=dict)


_RETRY = {"Retry-After": "5"}

GATEWAY_ANSWERS: tuple[GatewayAnswer, ...] = (
    GatewayAnswer("BAD_REQUEST_BODY", 400, "malformed_request", "Malformed request"),
    GatewayAnswer("BAD_REQUEST_PARAMETERS", 400, "malformed_request", "Malformed request"),
    GatewayAnswer(
        "UNAUTHORIZED",
        401,
        "unauthorized",
        "Unauthorized",
        {"WWW-Authenticate": 'Basic realm="Coupa Open eSign"'},
    ),
    GatewayAnswer("ACCESS_DENIED", 403, "forbidden", "Forbidden"),
    GatewayAnswer("WAF_FILTERED", 403, "forbidden", "Forbidden"),
    # A route that does not exist; API Gateway takes it for an unsigned request.
    GatewayAnswer("MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "Not found"),
    GatewayAnswer("INVALID_SIGNATURE", 404, "not_found", "Not found"),
    GatewayAnswer("RESOURCE_NOT_FOUND", 404, "not_found", "Not found"),
    GatewayAnswer("REQUEST_TOO_LARGE", 413, "too_large", "Too large"),
    GatewayAnswer("UNSUPPORTED_MEDIA_TYPE", 415, "unsupported_media_type", "Unsupported media type"),
    GatewayAnswer("THROTTLED", 429, "rate_limited", "Too many requests", _RETRY),
    GatewayAnswer("QUOTA_EXCEEDED", 429, "rate_limited", "Too many requests", _RETRY),
    GatewayAnswer("AUTHORIZER_FAILURE", 503, "unavailable", "Unavailable", _RETRY),
    GatewayAnswer("INTEGRATION_FAILURE", 503, "unavailable", "Unavailable", _RETRY),
    GatewayAnswer("INTEGRATION_TIMEOUT", 504, "outcome_unknown", "Outcome unknown"),
    GatewayAnswer("DEFAULT_4_XX", 400, "malformed_request", "Malformed request"),
    GatewayAnswer("DEFAULT_5_XX", 500, "internal_error", "Internal error"),
)


class RestApi(Construct):
    """`address` is where the world reaches it; `add` gives it a method."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        stage: Stage,
        throttle: Throttle,
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
            deploy_options=self._options(stage, throttle),
        )
        self.api.node.try_remove_child("Endpoint")  # an output that would name another address than `address`
        self._authorizer = _basic(self, authorizer, stage) if authorizer else None
        for answer in GATEWAY_ANSWERS:
            self._answer(answer)
        # Not api.url: inside its own stack that is a circle through the deployment to the functions.
        own = f"https://{self.api.rest_api_id}.execute-api.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}/{stage.name}"
        self.address = address or own

    def add(self, method: str, path: str, function: lambda_.IFunction) -> apigateway.Method:
        """A method that hands the whole request to `function`, behind the authorizer where the API has one."""
        authorizer = self._authorizer
        kind = apigateway.AuthorizationType
        return self.api.root.resource_for_path(path).add_method(
            method,
            apigateway.LambdaIntegration(function, allow_test_invoke=False, timeout=cdk.Duration.seconds(29)),
            authorizer=authorizer,
            authorization_type=kind.CUSTOM if authorizer else kind.NONE,
        )

    def _options(self, stage: Stage, throttle: Throttle) -> apigateway.StageOptions:
        log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays[stage.log_retention],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        return apigateway.StageOptions(
            stage_name=stage.name,
            throttling_rate_limit=throttle.rate,
            throttling_burst_limit=throttle.burst,
            access_log_destination=apigateway.LogGroupLogDestination(log),
            access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
            logging_level=apigateway.MethodLoggingLevel.OFF,  # execution logs hold paths and bodies
            data_trace_enabled=False,
            tracing_enabled=False,
            metrics_enabled=True,
        )

    def _answer(self, answer: GatewayAnswer) -> None:
        headers = {"Content-Type": "application/problem+json", **answer.headers}
        self.api.add_gateway_response(
            answer.kind.title().replace("_", ""),
            type=getattr(apigateway.ResponseType, answer.kind),
            status_code=str(answer.status),
            response_headers={name: f"'{value}'" for name, value in headers.items()},
            templates={"application/json": problem_template(answer)},
        )


def problem_template(answer: GatewayAnswer) -> str:
    """The body; API Gateway puts the request id in."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": answer.title,
            "status": answer.status,
            "code": answer.code,
            "detail": f"{answer.title}.",
            "instance": "urn:request:$context.requestId",
        }
    )


def _basic(scope: Construct, function: lambda_.IFunction, stage: Stage) -> apigateway.RequestAuthorizer:
    return apigateway.RequestAuthorizer(
        scope,
        "Basic",
        handler=function,
        identity_sources=[apigateway.IdentitySource.header("Authorization")],
        results_cache_ttl=cdk.Duration.seconds(stage.authorizer_cache),
    )
