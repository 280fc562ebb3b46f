"""Esign-<stage>-Preproduction: a simulator of Connective behind an address of its own, and the canary that signs with it.

Only where the stage has a canary, so nothing of it is ever where contracts are real. It holds simulated contracts of two
weeks and two secrets; the connector knows nothing of it, and calls it like any provider.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from esign.runtime.measures import SERVICE_NAME
from infra.constructs.handlers import architecture, layer, runtime
from infra.constructs.storage import secrets_prefix
from infra.constructs.workflows import regularly
from infra.layer_build import BuiltLayer
from infra.stages import Canary, Stage

_KEPT = cdk.Duration.days(14)  # documents; sandbox.preproduction.state keeps the rest for as long


class PreproductionStack(cdk.Stack):
    """`code` holds the sandbox's sources, `coupa` is the address of the stage's API as Coupa knows it."""

    def __init__(
        self, scope: Construct, *, stage: Stage, canary: Canary, coupa: str, layers: Iterable[BuiltLayer], code: Path
    ) -> None:
        super().__init__(scope, f"Esign-{stage.name}-Preproduction", tags=stage.stack_tags)
        self._stage = stage
        self._code = lambda_.Code.from_asset(str(code))
        self._layers = [layer(self, one, stage) for one in layers]
        simulator = self._simulator()
        self._canary(canary, coupa)
        cdk.CfnOutput(self, "SimulatorUrl", value=simulator.url)

    def _simulator(self) -> lambda_.FunctionUrl:
        table, bucket = self._table(), self._bucket()
        login = self._secret("SimulatorLogin", "simulator", {"username": "api"}, "password")
        function = self._function(
            "Simulator",
            "sandbox.preproduction.simulator.handler",
            timeout=60,
            memory=1024,
            variables={
                "SIMULATOR_TABLE": table.table_name,
                "SIMULATOR_BUCKET": bucket.bucket_name,
                "SIMULATOR_SECRET": login.secret_arn,
            },
            allowed=[
                _may(table.table_arn, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"),
                _may(f"{bucket.bucket_arn}/document/*", "s3:GetObject", "s3:PutObject"),
                _may(f"{bucket.bucket_arn}/representation/*", "s3:GetObject", "s3:PutObject"),
                _may(bucket.bucket_arn, "s3:ListBucket"),  # without it a missing document is 403, not 404
                _may(login.secret_arn, "secretsmanager:GetSecretValue"),
            ],
        )
        # Like any provider's API: it asks for its own user and password.
        return function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)

    def _canary(self, canary: Canary, coupa: str) -> scheduler.CfnSchedule:
        login = self._secret("CanaryLogin", "canary", {}, "empty")
        function = self._function(
            "Canary",
            "sandbox.preproduction.canary.handler",
            timeout=240,
            memory=512,
            variables={
                "CANARY_COUPA_URL": coupa,
                "CANARY_SECRET": login.secret_arn,
                "ESIGN_STAGE": self._stage.name,
                "POWERTOOLS_SERVICE_NAME": SERVICE_NAME,
            },
            allowed=[_may(login.secret_arn, "secretsmanager:GetSecretValue")],
            retry_attempts=0,  # the next run tells the same
        )
        return regularly(self, "EveryRun", f"rate({canary.minutes} minutes)", function)

    def _function(
        self,
        construct_id: str,
        handler: str,
        *,
        timeout: int,
        memory: int,
        variables: Mapping[str, str],
        allowed: list[iam.PolicyStatement],
        **more: Any,  # noqa: ANN401 - properties of Function
    ) -> lambda_.Function:
        log = logs.LogGroup(
            self,
            f"{construct_id}Log",
            retention=logs.RetentionDays[self._stage.log_retention],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        write = _may(log.log_group_arn, "logs:CreateLogStream", "logs:PutLogEvents")
        role = iam.Role(
            self,
            f"{construct_id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"needs": iam.PolicyDocument(statements=[write, *allowed])},
        )
        return lambda_.Function(
            self,
            construct_id,
            description=f"preproduction/{construct_id.lower()}",
            code=self._code,
            handler=handler,
            runtime=runtime(self._stage),
            architecture=architecture(self._stage),
            timeout=cdk.Duration.seconds(timeout),
            memory_size=memory,
            layers=self._layers,
            environment=dict(variables),
            role=role,
            log_group=log,
            **more,
        )

    def _table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "State",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires",
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Documents",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(id="simulated-documents", expiration=_KEPT)],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _secret(self, construct_id: str, name: str, told: Mapping[str, str], made: str) -> secrets.Secret:
        """Of the canary: what it is made with is no account yet, and the canary says so."""
        return secrets.Secret(
            self,
            construct_id,
            secret_name=f"{secrets_prefix(self._stage)}/{name}",
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template=json.dumps(dict(told)),
                generate_string_key=made,
                password_length=32,
                exclude_punctuation=True,
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


def _may(resource: str, *actions: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=[resource])
