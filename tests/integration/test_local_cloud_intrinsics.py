"""CloudFormation's intrinsic functions, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.intrinsics import NO_VALUE, Resolver, UnknownIntrinsicError

VALUES = {"AWS::Region": "eu-central-1", "Stage": "local", "Zones": ["a", "b"]}


@pytest.fixture
def resolve() -> Resolver:
    return Resolver(
        ref=lambda name: VALUES[name],
        attribute=lambda name, attribute: f"{name}.{attribute}",
        export=lambda name: f"export {name}",
        output=lambda stack, name: f"{stack}/{name}",
        localise=lambda text: text.replace("aws.example", "localhost"),
        conditions={
            "IsLocal": {"Fn::Equals": [{"Ref": "Stage"}, "local"]},
            "IsNot": {"Fn::Not": [{"Condition": "IsLocal"}]},
            "Both": {"Fn::And": [{"Condition": "IsLocal"}, {"Condition": "IsNot"}]},
            "Either": {"Fn::Or": [{"Condition": "IsLocal"}, {"Condition": "IsNot"}]},
        },
        mappings={"Sizes": {"local": {"memory": 256}}},
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "Stage"}, "local"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "Table.Arn"),
        ({"Fn::GetAtt": "Table.Stream.Arn"}, "Table.Stream.Arn"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 3]]}, "a-local-3"),
        ({"Fn::Join": ["", ["https://", "aws.example"]]}, "https://localhost"),
        ({"Fn::Sub": "${Stage}/${Table.Arn}/${!kept}"}, "local/Table.Arn/${kept}"),
        ({"Fn::Sub": ["${word} ${Stage}", {"word": {"Ref": "AWS::Region"}}]}, "eu-central-1 local"),
        ({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]}, "b"),
        ({"Fn::If": ["IsLocal", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsNot", "yes", {"Ref": "Stage"}]}, "local"),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 256),
        ({"Fn::Base64": {"Ref": "Stage"}}, "bG9jYWw="),
        ({"Fn::ImportValue": "data:Table"}, "export data:Table"),
        ({"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Table"}}, "data/Table"),
        ({"A": {"Ref": "AWS::NoValue"}, "B": [{"Ref": "AWS::NoValue"}, 1]}, {"B": [1]}),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
        ({"Fn": 1, "Other": True}, {"Fn": 1, "Other": True}),
    ],
)
def test_an_intrinsic_function_resolves(resolve: Resolver, expression: Any, value: Any) -> None:
    assert resolve(expression) == value


def test_no_value_is_no_value(resolve: Resolver) -> None:
    assert resolve({"Ref": "AWS::NoValue"}) is NO_VALUE


def test_an_unknown_function_is_an_error(resolve: Resolver) -> None:
    with pytest.raises(UnknownIntrinsicError, match="Fn::Transform"):
        resolve({"Fn::Transform": {}})
