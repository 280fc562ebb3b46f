"""Esign-<stage>-Network: the VPC, where a stage has one. Knows no function.

Its addresses stand on providers' lists and in their keys, so it outlives the connector.
"""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.constructs.network import Egress
from infra.stages import Network, Stage


class NetworkStack(cdk.Stack):
    """`egress` is what functions are placed in."""

    def __init__(self, scope: Construct, *, stage: Stage, network: Network) -> None:
        name = f"Esign-{stage.name}-Network"
        super().__init__(scope, name, termination_protection=stage.keep_data, tags=stage.stack_tags)
        self.egress = Egress(self, stage=stage, network=network)
        for at, address in enumerate(self.egress.addresses):
            cdk.CfnOutput(self, f"EgressAddress{at + 1}", value=address)
