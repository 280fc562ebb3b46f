"""REST APIs as the gateway needs them, read from the deployed Resources, Methods, Authorizers and GatewayResponses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.cloud.deploy import Deployment, DeploymentError, Resource
from sandbox.cloud.resources.site import word_of
from sandbox.cloud.runtime.function import Json

_FUNCTION_IN_URI = re.compile(r":function:([^:/]+)")
_METHODS = "AWS::ApiGateway::Method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizer:
    """`ttl` in seconds; `sources` as the template writes them, e.g. `method.request.header.Authorization`."""

    id: str
    type: str
    function: str
    sources: tuple[str, ...]
    ttl: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """`timeout` in seconds; `function` for AWS_PROXY and AWS; `templates` and `responses` for MOCK and AWS."""

    type: str
    function: str = ""
    timeout: float = 29.0
    templates: Mapping[str, str] = field(default_factory=dict)
    responses: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`path` as in the template, e.g. `/packages/{package}`; `method` may be ANY."""

    method: str
    path: str
    resource_id: str
    integration: Integration
    authorizer: Authorizer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayResponse:
    status: int | None
    headers: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi:
    id: str
    name: str
    logical_id: str
    stage: str
    variables: Mapping[str, str]
    binary_types: tuple[str, ...]
    routes: tuple[Route, ...]
    responses: Mapping[str, GatewayResponse]
    region: str = "eu-central-1"

    @property
    def word(self) -> str:
        """What the API is called in addresses: the last word of its name."""
        return word_of(self.name)

    def is_called(self, word: str) -> bool:
        return bool(word) and (word.lower() in self.name.lower() or word.lower() in self.logical_id.lower())


def read_rest_apis(deployment: Deployment, *, region: str) -> tuple[RestApi, ...]:
    """DeploymentError for an integration that the local gateway does not speak."""
    return tuple(_rest_api(deployment, one, region) for one in deployment.of("AWS::ApiGateway::RestApi"))


def _rest_api(deployment: Deployment, api: Resource, region: str) -> RestApi:
    def parts(type_: str) -> Iterator[Resource]:
        return (one for one in deployment.of(type_) if one.properties["RestApiId"] == api.ref)

    stage = next(parts("AWS::ApiGateway::Stage"), None)
    paths = {api.attributes["RootResourceId"]: ""}
    resources = {one.ref: one.properties for one in parts("AWS::ApiGateway::Resource")}
    for identity in resources:
        paths[identity] = _path(identity, resources)
    variables = stage.properties.get("Variables", {}) if stage else {}
    authorizers = {one.ref: _authorizer(one) for one in parts("AWS::ApiGateway::Authorizer")}
    return RestApi(
        id=api.ref,
        name=api.name,
        logical_id=api.id,
        region=region,
        stage=stage.ref if stage else "local",
        variables=variables,
        binary_types=tuple(api.properties.get("BinaryMediaTypes", ())),
        routes=tuple(_route(one, paths, authorizers, variables) for one in parts(_METHODS)),
        responses={one.properties["ResponseType"]: _response(one) for one in parts("AWS::ApiGateway::GatewayResponse")},
    )


def _path(identity: str, resources: Mapping[str, Mapping[str, Json]]) -> str:
    """Walk up by ParentId; the root is nobody's resource."""
    if identity not in resources:
        return ""
    properties = resources[identity]
    return f"{_path(properties['ParentId'], resources)}/{properties['PathPart']}"


def _authorizer(resource: Resource) -> Authorizer:
    properties = resource.properties
    if properties["Type"] not in ("REQUEST", "TOKEN"):
        raise DeploymentError(f"{resource.id}: {properties['Type']} authorizers are not spoken by the local gateway")
    return Authorizer(
        id=resource.ref,
        type=properties["Type"],
        function=_function(properties["AuthorizerUri"]),
        sources=tuple(source.strip() for source in properties.get("IdentitySource", "").split(",") if source.strip()),
        ttl=float(properties.get("AuthorizerResultTtlInSeconds", 300)),
    )


def _route(
    method: Resource, paths: Mapping[str, str], authorizers: Mapping[str, Authorizer], variables: Mapping[str, str]
) -> Route:
    properties = method.properties
    authorizer = authorizers[properties["AuthorizerId"]] if properties.get("AuthorizationType") == "CUSTOM" else None
    return Route(
        method=properties["HttpMethod"],
        path=paths[properties["ResourceId"]] or "/",
        resource_id=properties["ResourceId"],
        integration=_integration(method.id, properties["Integration"], variables),
        authorizer=authorizer,
    )


def _integration(method: str, properties: Mapping[str, Json], variables: Mapping[str, str]) -> Integration:
    if properties["Type"] == "MOCK":
        return Integration(
            type="MOCK",
            templates=properties.get("RequestTemplates", {}),
            responses=tuple(properties.get("IntegrationResponses", ())),
        )
    if properties["Type"] not in ("AWS_PROXY", "AWS"):
        raise DeploymentError(f"{method}: {properties['Type']} integrations are not spoken by the local gateway yet")
    mapped = properties["Type"] == "AWS"
    if mapped and properties.get("PassthroughBehavior") != "NEVER":
        raise DeploymentError(f"{method}: the local gateway passes nothing through without a mapping template")
    uri = re.sub(r"\$\{stageVariables\.(\w+)\}", lambda match: str(variables[match[1]]), properties["Uri"])
    timeout = float(properties.get("TimeoutInMillis", 29_000)) / 1000
    return Integration(
        type=properties["Type"],
        function=_function(uri),
        timeout=timeout,
        templates=properties.get("RequestTemplates", {}) if mapped else {},
        responses=tuple(properties.get("IntegrationResponses", ())) if mapped else (),
    )


def _function(uri: str) -> str:
    match = _FUNCTION_IN_URI.search(uri)
    if match is None:
        raise DeploymentError(f"no Lambda function in {uri}")
    return match[1]


def _response(resource: Resource) -> GatewayResponse:
    properties = resource.properties
    headers = {
        name.removeprefix("gatewayresponse.header."): value
        for name, value in properties.get("ResponseParameters", {}).items()
        if name.startswith("gatewayresponse.header.")
    }
    status = properties.get("StatusCode")
    templates = properties.get("ResponseTemplates", {})
    return GatewayResponse(status=int(status) if status else None, headers=headers, templates=templates)
