"""Esign-<stage>-Connector: layers, functions, the two REST APIs, the state machines, the bell. Holds no data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from esign.coupa.routes import ROUTES
from infra import access
from infra import functions as rows
from infra.access import World
from infra.constructs.bell import Bell
from infra.constructs.gateway_logs import GatewayLogs
from infra.constructs.handlers import Handler, layer
from infra.constructs.network import Egress
from infra.constructs.rest_api import RestApi
from infra.constructs.rollout import Rollout
from infra.constructs.storage import secrets_prefix
from infra.constructs.workflows import every_minute, regularly, state_machine
from infra.functions import Function
from infra.layer_build import BuiltLayer
from infra.stacks.data import DataStack
from infra.stages import Stage
from infra.throttles import throttles


class ConnectorStack(cdk.Stack):
    """All that can be thrown away and deployed again."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        data: DataStack,
        egress: Egress | None,
        layers: Iterable[BuiltLayer],
        functions_root: Path,
    ) -> None:
        super().__init__(scope, f"Esign-{stage.name}-Connector", tags=stage.stack_tags)
        self._stage = stage
        self._root = functions_root
        self._layers: Mapping[str, lambda_.ILayerVersion] = {one.name: layer(self, one, stage) for one in layers}
        self.functions: dict[str, lambda_.Function] = {}
        self._rollout = Rollout(self, pace=stage.rollout) if stage.rollout else None
        self._called_as: dict[str, lambda_.IFunction] = {}  # the functions, or what calls them in their place
        self._egress = egress

        self.bell = self._bell()
        self.callbacks = RestApi(
            self,
            "CallbacksApi",
            name="callbacks",
            stage=stage,
            door=stage.callbacks,
            throttles=throttles(stage.callbacks, {name.split("/")[1]: ways for name, ways in rows.PUBLIC.items()}),
            address=self._address("CallbacksBaseUrl"),
        )
        world = self._world(data)
        self._add_functions(rows.IN_REFRESH, world)
        refresh = state_machine(
            self, "RefreshPackage", file="refresh-package.asl.json", functions=self._called(rows.IN_REFRESH)
        )
        self._add_functions(rows.OUTSIDE, replace(world, refresh_machine_arn=refresh.state_machine_arn))
        sweep = state_machine(
            self, "SweepPackages", file="sweep-packages.asl.json", functions=self._called([rows.FIND_DUE])
        )
        every_minute(self, "EveryMinute", sweep)
        regularly(self, "EveryHour", "rate(1 hour)", self._called_as[rows.TAKE_STOCK.folder])
        self.machines = (refresh, sweep)
        self._ring()
        self._open_doors()
        self._watch_rollouts()
        told = replace(world, refresh_machine_arn=refresh.state_machine_arn)
        # What every function together is told: the operator's command works with it (cli/target.py).
        cdk.CfnOutput(self, "EsignSettings", value=self.to_json_string(access.all_variables(told, stage)))

    def _add_functions(self, wanted: Iterable[Function], world: World) -> None:
        for row in wanted:
            handler = Handler(
                self,
                row,
                stage=self._stage,
                world=world,
                layers=self._layers,
                root=self._root,
                egress=self._egress,
            )
            self.functions[row.folder] = handler.function
            step_by_step = self._rollout if row in rows.BEHIND_APIS else None
            self._called_as[row.folder] = (
                step_by_step.alias(handler, handler.function) if step_by_step else handler.function
            )

    def _called(self, wanted: Iterable[Function]) -> dict[str, lambda_.IFunction]:
        return {row.construct_id.removeprefix("Workflow"): self._called_as[row.folder] for row in wanted}

    def _bell(self) -> Bell:
        """Visible again after six time-outs of its function, as Lambda's guide advises."""
        return Bell(self, visibility=cdk.Duration.seconds(6 * rows.DELIVER.timeout))

    def _ring(self) -> None:
        self.bell.rings(
            self.functions[rows.DELIVER.folder],
            batch=rows.DELIVER.bell_batch,
            at_once=self._stage.concurrency.deliveries,
        )

    def _open_doors(self) -> None:
        coupa = RestApi(
            self,
            "CoupaApi",
            name="coupa",
            stage=self._stage,
            door=self._stage.coupa,
            throttles=throttles(self._stage.coupa, {route.operation: route.endpoints for route in ROUTES}),
            address=self._address("CoupaBaseUrl"),
            authorizer=self._called_as[rows.AUTHORIZER.folder],
        )
        for route in ROUTES:
            for method, path in route.endpoints:
                coupa.add(method, path, self._called_as[f"coupa/{route.operation}"])
        for folder, endpoints in rows.PUBLIC.items():
            for method, path in endpoints:
                answers = rows.MAPPED.get((method, path))
                self.callbacks.add(method, path, self._called_as[folder], answers=answers)
        self.apis = {"coupa": coupa, "callbacks": self.callbacks}
        permission = GatewayLogs(self)
        for api in self.apis.values():
            api.api.deployment_stage.node.add_dependency(permission)
        self._tell(coupa)

    def _watch_rollouts(self) -> None:
        if self._rollout is not None:
            apis = {word: api.api.rest_api_name for word, api in self.apis.items()}
            inside = [self.functions[row.folder] for row in rows.ALL if row not in rows.BEHIND_APIS]
            self._rollout.watch(apis=apis, workflow=inside)

    def _tell(self, coupa: RestApi) -> None:
        """The addresses that people need: whom to call, and where DNS must point."""
        for name, api in (("Coupa", coupa), ("Callbacks", self.callbacks)):
            cdk.CfnOutput(self, f"{name}Url", value=api.address)
            if api.domain:
                cdk.CfnOutput(self, f"{name}DomainTarget", value=api.domain.target)

    def _address(self, parameter: str) -> str | None:
        if not self._stage.addresses_from_parameters:
            return None
        return cdk.CfnParameter(
            self, parameter, description="Where the world reaches this API, without a slash at the end"
        ).value_as_string

    def _world(self, data: DataStack) -> World:
        prefix = secrets_prefix(self._stage)
        return World(
            table_name=data.table.table_name,
            table_arn=data.table.table_arn,
            documents_name=data.documents.bucket_name,
            documents_arn=data.documents.bucket_arn,
            evidence_name=data.evidence.bucket_name,
            evidence_arn=data.evidence.bucket_arn,
            key_arn=data.key.key_arn,
            callback_keys_arn=data.callback_keys.secret_arn,
            account_secrets_arn=self.format_arn(
                service="secretsmanager",
                resource="secret",
                resource_name=f"{prefix}/*",
                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
            ),
            secrets_prefix=prefix,
            bell_url=self.bell.queue.queue_url,
            bell_arn=self.bell.queue.queue_arn,
            refresh_machine_arn="",
            callbacks_base_url=self.callbacks.address,
        )
