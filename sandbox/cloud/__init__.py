"""The local cloud: a synthesized CDK assembly, brought up in one process without Docker and without an AWS account."""

from __future__ import annotations

from sandbox.cloud import lighter_moto as _first  # noqa: F401 (before any other module imports moto)
from sandbox.cloud.cloud import LocalCloud
from sandbox.cloud.deploy import DeploymentError
from sandbox.cloud.runtime import Invocation

__all__ = ["DeploymentError", "Invocation", "LocalCloud"]
