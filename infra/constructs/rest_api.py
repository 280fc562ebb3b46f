"""A regional REST API: its methods, its answers when no function is reached, and its access log. Knows no operation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from esign.coupa import errors as problems
from esign.domain import errors
from esign.domain.errors import ConnectorError
from infra import mapping
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


INSTANCE = "urn:request:$context.requestId"


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """What callers get when API Gateway answers by itself: a problem, as from the functions (RFC 9457)."""

    kind: str  # API Gateway's name of the case
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


def _told(kind: str, error: ConnectorError) -> GatewayAnswer:
    wait = problems.retry_after(error)
    headers = {"Retry-After": str(wait)} if wait else {}
    return GatewayAnswer(kind, problems.told(error).status, problems.problem(error, instance=INSTANCE), headers)


def _unauthorized() -> GatewayAnswer:
    body = {
        "type": problems.TYPE_PREFIX + "unauthorized",
        "title": "The caller is not known",
        "status": 401,
        "detail": "The request needs the account's user name and password (HTTP Basic).",
        "instance": INSTANCE,
        "code": "unauthorized",
    }
    return GatewayAnswer("UNAUTHORIZED", 401, body, {"WWW-Authenticate": 'Basic realm="Coupa Open eSign"'})


# The gateway's own messages are left out: one of them repeats the Authorization header.
GATEWAY_ANSWERS: tuple[GatewayAnswer, ...] = (
    _unauthorized(),
    _told("BAD_REQUEST_BODY", errors.MalformedRequest("The body cannot be read.")),
    _told("BAD_REQUEST_PARAMETERS", errors.MalformedRequest("A parameter cannot be read.")),
    _told("ACCESS_DENIED", errors.Forbidden("The account may not call this.")),
    _told("WAF_FILTERED", errors.Forbidden("The request was refused.")),
    # A route that does not exist: API Gateway takes the request for an unsigned, or badly signed, one to AWS itself.
    _told("MISSING_AUTHENTICATION_TOKEN", errors.NotFound("There is no such route.")),
    _told("INVALID_SIGNATURE", errors.NotFound("There is no such route.")),
    _told("RESOURCE_NOT_FOUND", errors.NotFound("There is no such route.")),
    _told("REQUEST_TOO_LARGE", errors.TooLarge("The request is larger than API Gateway takes (10 MB).")),
    _told("UNSUPPORTED_MEDIA_TYPE", errors.UnsupportedMedia("The content type is not supported.")),
    _told("THROTTLED", errors.RateLimited("Too many calls at once.", retry_after=5)),
    _told("QUOTA_EXCEEDED", errors.RateLimited("Too many calls.")),
    _told("AUTHORIZER_FAILURE", errors.StoreUnavailable("The caller could not be checked.")),
    _told("INTEGRATION_TIMEOUT", errors.OutcomeUnknown("No answer in time. Get Package tells what became of it.")),
    _told("DEFAULT_4_XX", errors.MalformedRequest("The request was refused.")),
    _told("DEFAULT_5_XX", ConnectorError("The connector failed.")),
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
        headers = {"Content-Type": problems.MEDIA_TYPE, **answer.headers}
        self.api.add_gateway_response(
            answer.kind.title().replace("_", ""),
            type=getattr(apigateway.ResponseType, answer.kind),
            status_code=str(answer.status),
            response_headers={name: f"'{value}'" for name, value in headers.items()},
            templates={"application/json": json.dumps(answer.body)},
        )


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
