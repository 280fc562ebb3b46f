"""Runs Lambda functions as AWS does, each in processes of its own. Knows nothing of moto, templates or HTTP routes."""

from __future__ import annotations

from sandbox.cloud.runtime.function import Function, Invocation
from sandbox.cloud.runtime.pool import Runtime

__all__ = ["Function", "Invocation", "Runtime"]
