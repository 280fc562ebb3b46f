"""Lambda functions and their layers. Knows rows of infra.functions, not what any of them does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import access
from infra.constructs.network import Egress, attach
from infra.functions import Function
from infra.layer_build import BuiltLayer
from infra.stages import Stage


def layer(scope: Construct, built: BuiltLayer, stage: Stage) -> lambda_.LayerVersion:
    """A layer whose version changes when its ingredients do, not when a build writes other bytes."""
    return lambda_.LayerVersion(
        scope,
        f"{built.name.capitalize()}Layer",
        description=built.name,
        code=lambda_.Code.from_asset(str(built.path), asset_hash=built.hash, asset_hash_type=cdk.AssetHashType.CUSTOM),
        compatible_architectures=[architecture(stage)],
        compatible_runtimes=[runtime(stage)],
    )


class Handler(Construct):
    """One Lambda function with its own role, holding just the verbs of its needs, and its own log group."""

    def __init__(
        self,
        scope: Construct,
        row: Function,
        *,
        stage: Stage,
        world: access.World,
        layers: Mapping[str, lambda_.ILayerVersion],
        root: Path,
        egress: Egress | None,
    ) -> None:
        super().__init__(scope, row.construct_id)
        placed = egress if row.calls_out else None
        grants = access.grants_of(row.needs) + ([access.HEAR_THE_BELL] if row.bell_batch else [])
        log = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays[stage.log_retention], removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self.function = lambda_.Function(
            self,
            "Function",
            description=row.folder,
            code=lambda_.Code.from_asset(str(root / row.folder), exclude=["__pycache__"]),
            handler="handler.handler",
            runtime=runtime(stage),
            architecture=architecture(stage),
            timeout=cdk.Duration.seconds(row.timeout),
            memory_size=row.memory,
            layers=[layers[name] for name in row.layers],
            environment=access.variables(grants, world, stage),
            role=self._role([*access.statements(grants, world), *(attach(cdk.Stack.of(self)) if placed else [])], log),
            log_group=log,
            reserved_concurrent_executions=_reserved(row, stage),
        )
        if placed:
            placed.place(self.function)

    def _role(self, statements: list[iam.PolicyStatement], log: logs.LogGroup) -> iam.Role:
        write = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log.log_group_arn]
        )
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"needs": iam.PolicyDocument(statements=[write, *statements])},
        )


def _reserved(row: Function, stage: Stage) -> int | None:
    kept = {"authorizer": stage.concurrency.authorizer, "callbacks": stage.concurrency.callbacks}
    return kept.get(row.folder.split("/")[0])


def runtime(stage: Stage) -> lambda_.Runtime:
    return lambda_.Runtime(f"python{stage.target.python}", lambda_.RuntimeFamily.PYTHON)


def architecture(stage: Stage) -> lambda_.Architecture:
    return lambda_.Architecture.ARM_64 if stage.target.architecture == "arm64" else lambda_.Architecture.X86_64
