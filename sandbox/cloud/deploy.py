"""Brings the stacks of an assembly up: every resource once, those it refers to first. Must not know any resource type.

What CloudFormation does with a graph is done here by recursion: resolving a reference creates its target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.cloud.assembly import Assembly, Stack
from sandbox.cloud.intrinsics import NO_VALUE, Resolver
from sandbox.cloud.resources import CREATORS, Created, Site, inert
from sandbox.cloud.resources.site import ACCOUNT, made_up_id
from sandbox.cloud.runtime.function import Json

# The property that names a resource, where it is not one of the usual ones.
_NAMES = (
    "Name",
    "TableName",
    "BucketName",
    "QueueName",
    "FunctionName",
    "StateMachineName",
    "RoleName",
    "LogGroupName",
)
_NOT_ITS_OWN_NAME = (
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::Lambda::EventSourceMapping",
    "AWS::ApiGateway::Authorizer",
)


class DeploymentError(RuntimeError):
    """The assembly cannot be brought up; says which resource, of which type, and why."""


@dataclass(frozen=True, slots=True)
class Resource:
    """`id` is the logical id, `name` the physical name, `ref` what `Ref` gives."""

    stack: str
    id: str
    type: str
    name: str
    ref: str
    attributes: Mapping[str, Json]
    properties: Mapping[str, Json] = field(repr=False)


@dataclass(slots=True)
class Deployment:
    """What stands. `outputs` are by key, and by `Stack.Key` where two stacks use one key."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    inert: dict[str, str] = field(default_factory=dict)

    def of(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)


def deploy(site: Site, *, parameters: Mapping[str, str], localise: Callable[[str], str]) -> Deployment:
    """Create everything in `site.assembly`. `localise` rewrites addresses of AWS in resolved strings."""
    deployer = _Deployer(site, parameters, localise)
    for stack in site.assembly.stacks:
        for logical_id in stack.template.get("Resources", {}):
            deployer.ensure(stack, logical_id)
    deployer.collect_outputs()
    deployer.deployment.inert.update(site.inert)
    return deployer.deployment


class _Deployer:
    def __init__(self, site: Site, parameters: Mapping[str, str], localise: Callable[[str], str]) -> None:
        self._site = site
        self._parameters = parameters
        self._assembly: Assembly = site.assembly
        self._created: dict[tuple[str, str], Created] = {}
        self._creating: list[tuple[str, str]] = []
        self._resolvers = {stack.name: self._resolver(stack, localise) for stack in self._assembly.stacks}
        self.deployment = Deployment()

    def ensure(self, stack: Stack, logical_id: str) -> Created | None:
        """Create the resource unless it stands already; None when its Condition is false."""
        key = (stack.name, logical_id)
        if key in self._created:
            return self._created[key]
        if key in self._creating:
            raise DeploymentError(f"{key} depends on itself: {self._creating}")
        resource = stack.template["Resources"][logical_id]
        if "Condition" in resource and not self._resolvers[stack.name].condition(resource["Condition"]):
            return None
        self._creating.append(key)
        self._created[key] = self._create(stack, logical_id, resource)
        self._creating.pop()
        return self._created[key]

    def collect_outputs(self) -> None:
        outputs = self.deployment.outputs
        for stack in self._assembly.stacks:
            for key, output in stack.template.get("Outputs", {}).items():
                if "Condition" in output and not self._resolvers[stack.name].condition(output["Condition"]):
                    continue
                value = str(self._resolvers[stack.name](output["Value"]))
                outputs[f"{stack.name}.{key}" if key in outputs else key] = value

    def _create(self, stack: Stack, logical_id: str, resource: Mapping[str, Json]) -> Created:
        depends = resource.get("DependsOn", [])
        for other in [depends] if isinstance(depends, str) else depends:
            self.ensure(stack, other)
        type_ = resource["Type"]
        reason = inert(type_)
        if reason:
            self.deployment.inert[f"{type_} {logical_id}"] = reason
            return Created(f"{stack.name}-{logical_id}")
        creator = CREATORS.get(type_)
        if creator is None:
            raise DeploymentError(f"{type_} ({stack.name}/{logical_id}) is neither created nor listed as inert locally")
        properties = self._resolvers[stack.name](resource.get("Properties", {}))
        name = _physical_name(stack.name, logical_id, type_, properties)
        try:
            created = creator(self._site, name, properties)
        except Exception as error:
            raise DeploymentError(f"{type_} ({stack.name}/{logical_id}): {error}") from error
        self.deployment.resources.append(
            Resource(stack.name, logical_id, type_, name, created.ref, created.attributes, properties)
        )
        return created

    def _resolver(self, stack: Stack, localise: Callable[[str], str]) -> Resolver:
        return Resolver(
            ref=lambda name: self._ref(stack, name),
            attribute=lambda name, attribute: self._attribute(stack, name, attribute),
            export=self._export,
            output=self._output,
            localise=localise,
            conditions=stack.template.get("Conditions", {}),
            mappings=stack.template.get("Mappings", {}),
        )

    def _ref(self, stack: Stack, name: str) -> Json:
        if name.startswith("AWS::"):
            return self._pseudo_parameter(stack, name)
        if name in stack.template.get("Parameters", {}):
            return self._parameter(stack, name)
        created = self.ensure(stack, name)
        return created.ref if created else NO_VALUE

    def _pseudo_parameter(self, stack: Stack, name: str) -> Json:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": self._site.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": self._site.arn("cloudformation", f"stack/{stack.name}/local"),
            "AWS::NotificationARNs": [],
            "AWS::NoValue": NO_VALUE,
        }[name]

    def _parameter(self, stack: Stack, name: str) -> Json:
        declared = stack.template["Parameters"][name]
        if name not in self._parameters and "Default" not in declared:
            raise DeploymentError(f"parameter {name} of {stack.name} has no value and no default")
        value = self._parameters.get(name, declared.get("Default"))
        is_list = declared["Type"] == "CommaDelimitedList" or declared["Type"].startswith("List<")
        return str(value).split(",") if is_list else value

    def _attribute(self, stack: Stack, name: str, attribute: str) -> Json:
        created = self.ensure(stack, name)
        if created is None:
            return NO_VALUE
        if attribute in created.attributes:
            return created.attributes[attribute]
        type_ = stack.template["Resources"][name]["Type"]
        if inert(type_):
            return f"arn:aws:inert:{self._site.region}:{ACCOUNT}:{name}/{attribute}"
        raise DeploymentError(f"{type_} ({stack.name}/{name}) has no attribute {attribute} in the local cloud")

    def _export(self, name: str) -> Json:
        for stack in self._assembly.stacks:
            resolve = self._resolvers[stack.name]
            for output in stack.template.get("Outputs", {}).values():
                if "Export" in output and resolve(output["Export"]["Name"]) == name:
                    return resolve(output["Value"])
        raise DeploymentError(f"no stack exports {name}")

    def _output(self, stack_name: str, key: str) -> Json:
        stack = next((one for one in self._assembly.stacks if one.name == stack_name), None)
        if stack is None or key not in stack.template.get("Outputs", {}):
            raise DeploymentError(f"no stack {stack_name} with an output {key}")
        return self._resolvers[stack_name](stack.template["Outputs"][key]["Value"])


def _physical_name(stack: str, logical_id: str, type_: str, properties: Mapping[str, Json]) -> str:
    """The name that the template gives, else one of CloudFormation's kind, short enough for a function or a bucket."""
    if type_ not in _NOT_ITS_OWN_NAME:
        for key in _NAMES:
            if key in properties:
                return str(properties[key])
    name = f"{stack}-{logical_id}"
    return name if len(name) <= 63 else f"{stack[:20]}-{logical_id[:32]}-{made_up_id(name, length=8)}"
