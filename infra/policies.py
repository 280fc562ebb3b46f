"""cdk-nag's rules, and every finding that we accept with its reason. A finding that is not here fails the synthesis."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks


@dataclass(frozen=True, slots=True)
class Accepted:
    """One finding of cdk-nag, wherever it occurs."""

    rule: str
    reason: str


ACCEPTED: tuple[Accepted, ...] = ()


def enforce(app: cdk.App) -> None:
    """Make `synth` raise on any finding that is not accepted."""
    validations = cdk.Validations.of(app)
    validations.add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    for one in ACCEPTED:
        validations.acknowledge(cdk.Acknowledgment(id=one.rule, reason=one.reason))
