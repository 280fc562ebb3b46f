"""CloudFormation's intrinsic functions over one stack. Must not know what a resource is: `ref` and `attribute` tell."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.cloud.runtime.function import Json

NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


class UnknownIntrinsicError(ValueError):
    """A function of CloudFormation that the local cloud does not evaluate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """`ref(name)` gives a parameter's or resource's value, `attribute(name, attribute)` a GetAtt, `export(name)` another
    stack's export, `output(stack, name)` another stack's output; `localise` rewrites AWS addresses in finished strings."""

    ref: Callable[[str], Json]
    attribute: Callable[[str, str], Json]
    export: Callable[[str], Json]
    output: Callable[[str, str], Json]
    localise: Callable[[str], str] = field(default=str)
    conditions: Mapping[str, Json] = field(default_factory=dict)
    mappings: Mapping[str, Json] = field(default_factory=dict)

    def __call__(self, value: Json) -> Json:
        if isinstance(value, list):
            return [item for item in map(self, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return NO_VALUE if argument == "AWS::NoValue" else self.ref(argument)
            if name.startswith("Fn::") or (
                name == "Condition" and isinstance(argument, str) and argument in self.conditions
            ):
                return self._call(name, argument)
        pairs = ((key, self(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not NO_VALUE}

    def condition(self, name: str) -> bool:
        return bool(self(self.conditions[name]))

    def _call(self, name: str, argument: Json) -> Json:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise UnknownIntrinsicError(f"{name} is not evaluated by the local cloud")
        return function(self, argument)

    def _join(self, argument: Json) -> str:
        separator, items = argument
        return self.localise(separator.join(str(item) for item in self(items)))

    def _sub(self, argument: Json) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in variables:
                return str(self(variables[name]))
            return str(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

        return self.localise(_VARIABLE.sub(value, text).replace("${!", "${"))

    def _get_att(self, argument: Json) -> Json:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self.attribute(name, self(attribute))

    def _if(self, argument: Json) -> Json:
        name, yes, no = argument
        return self(yes) if self.condition(name) else self(no)

    def _find_in_map(self, argument: Json) -> Json:
        name, first, second = (self(item) for item in argument[:3])
        return self.mappings[name][first][second]

    def _select(self, argument: Json) -> Json:
        return self(argument[1])[int(self(argument[0]))]

    def _stack_output(self, argument: Json) -> Json:
        found = self(argument)
        return self.output(found["StackName"], found["OutputName"])

    def _equals(self, argument: Json) -> bool:
        return bool(self(argument[0]) == self(argument[1]))


_FUNCTIONS: Mapping[str, Callable[[Resolver, Json], Json]] = {
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Join": Resolver._join,
    "Fn::Sub": Resolver._sub,
    "Fn::Select": Resolver._select,
    "Fn::Split": lambda self, a: self(a[1]).split(a[0]),
    "Fn::If": Resolver._if,
    "Fn::Equals": Resolver._equals,
    "Fn::And": lambda self, a: all(self(item) for item in a),
    "Fn::Or": lambda self, a: any(self(item) for item in a),
    "Fn::Not": lambda self, a: not self(a[0]),
    "Condition": Resolver.condition,
    "Fn::FindInMap": Resolver._find_in_map,
    "Fn::Base64": lambda self, a: base64.b64encode(str(self(a)).encode()).decode(),
    "Fn::ImportValue": lambda self, a: self.export(self(a)),
    "Fn::GetStackOutput": Resolver._stack_output,
    "Fn::GetAZs": lambda self, _: [f"{self.ref('AWS::Region')}{zone}" for zone in "abc"],
}
