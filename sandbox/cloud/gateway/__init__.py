"""API Gateway's REST APIs on this machine, read from what was deployed. Knows functions by name, and nothing of moto."""

from __future__ import annotations

from sandbox.cloud.gateway.app import Gateway
from sandbox.cloud.gateway.model import RestApi, read_rest_apis
from sandbox.cloud.gateway.server import GatewayServer

__all__ = ["Gateway", "GatewayServer", "RestApi", "read_rest_apis"]
