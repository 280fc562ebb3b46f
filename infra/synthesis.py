"""Writes the CDK assembly of one stage. Needs no AWS account, no credentials, no Docker, no Node of the machine's own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra import preproduction
from infra.functions import ALL, FUNCTIONS, check_handlers
from infra.interpreters import find_cpython, warn_missing
from infra.layer_build import ROOT, build_layer
from infra.node import choose_node
from infra.stages import Canary, Network, Stage

if TYPE_CHECKING:
    import aws_cdk as cdk

    from infra.constructs.network import Egress


def build_app(stage: Stage, *, outdir: Path | None = None, functions_root: Path = FUNCTIONS) -> cdk.App:
    """The app of one stage, not yet synthesized.

    Raises HandlerMissing, LayerBuildFailed.
    """
    check_handlers(functions_root)
    if not find_cpython(stage.target.python):
        warn_missing(stage.target.python)
    layers = [build_layer(name, stage.target) for name in layer_names()]
    choose_node()
    import aws_cdk as cdk

    from infra.stacks.connector import ConnectorStack
    from infra.stacks.data import DataStack

    app = cdk.App(
        outdir=str(outdir) if outdir else None,
        context=_context(),
        analytics_reporting=False,
        tree_metadata=False,
        # The command line checks the bootstrap version itself; the rule would only add a parameter to each template.
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    data = DataStack(app, stage=stage)
    egress = _add_network(app, stage, stage.network) if stage.network else None
    connector = ConnectorStack(app, stage=stage, data=data, egress=egress, layers=layers, functions_root=functions_root)
    if stage.monitoring:
        from infra.stacks.monitoring import MonitoringStack

        MonitoringStack(app, stage=stage, monitoring=stage.monitoring, data=data, connector=connector)
    if stage.canary:
        _add_canary(app, stage, stage.canary, coupa=connector.apis["coupa"].address)
    if stage.policies:
        from infra.policies import enforce

        enforce(app, stage)
    return app


def _add_network(app: cdk.App, stage: Stage, network: Network) -> Egress:
    from infra.stacks.network import NetworkStack

    return NetworkStack(app, stage=stage, network=network).egress


def _add_canary(app: cdk.App, stage: Stage, canary: Canary, *, coupa: str) -> None:
    from infra.stacks.preproduction import PreproductionStack

    layers = [build_layer(name, stage.target) for name in preproduction.LAYERS]
    code = preproduction.staged()
    PreproductionStack(app, stage=stage, canary=canary, coupa=coupa, layers=layers, code=code)


def layer_names() -> list[str]:
    """The layers that some function asks for."""
    return sorted({name for row in ALL for name in row.layers})


def _context() -> dict[str, Any]:
    """cdk.json's, since only the command line reads it by itself; it also hands over its own `-c` options."""
    found: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    found.update(json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}")))
    return found
