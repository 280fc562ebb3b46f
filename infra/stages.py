"""Every difference between stages, as a field of one record. Nothing outside this file asks which stage it is."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, field
from typing import Literal

from esign.domain.timing import Timing

Architecture = Literal["arm64", "x86_64"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the layers are built for: a CPython minor version on a machine.

    `platform` is uv's name of a foreign machine; None: the machine that builds, with wheels of its own.
    """

    python: str
    architecture: Architecture
    platform: str | None


LAMBDA = Target(python="3.13", architecture="arm64", platform="aarch64-manylinux_2_28")
HOST = Target(
    python=f"{sys.version_info.major}.{sys.version_info.minor}",
    architecture="arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64",
    platform=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long signed files are locked when the account says nothing else."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE"
    days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Requests per second and burst of each method of one API, before API Gateway answers 429."""

    rate: int = 50
    burst: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One installation of the connector."""

    name: str
    target: Target = LAMBDA
    timing: Timing = field(default_factory=Timing)
    log_level: str = "INFO"
    log_retention: Literal["ONE_DAY", "TWO_WEEKS", "ONE_MONTH", "ONE_YEAR"] = "ONE_MONTH"
    tags: tuple[tuple[str, str], ...] = ()  # beside the stage's name, for the bill

    # Where the world reaches the two APIs. None: API Gateway's own address. `addresses_from_parameters`: whoever deploys
    # says it, in the CloudFormation parameters CoupaBaseUrl and CallbacksBaseUrl.
    coupa_base_url: str | None = None
    callbacks_base_url: str | None = None
    addresses_from_parameters: bool = False
    coupa_throttle: Throttle = field(default_factory=Throttle)
    callbacks_throttle: Throttle = field(default_factory=Throttle)
    authorizer_cache: int = 60  # seconds; also how long a removed account may still call

    # Providers and Coupa on http://127.0.0.1: for stages whose neighbours are simulators.
    allow_loopback_http: bool = False

    retention: Retention = field(default_factory=Retention)
    keep_data: bool = True  # table, buckets and key outlive their stack
    staged_document_days: int = 430  # longer than the longest open package (Timing.stuck_after)
    raw_callback_days: int = 30

    policies: bool = True  # synthesis fails on a finding of cdk-nag that infra/policies.py does not accept

    @property
    def stack_tags(self) -> dict[str, str]:
        return {"esign:stage": self.name, **dict(self.tags)}


STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(
            name="local",
            target=HOST,
            timing=Timing().scaled(by=60),
            log_level="DEBUG",
            log_retention="ONE_DAY",
            addresses_from_parameters=True,
            coupa_throttle=Throttle(rate=10_000, burst=5_000),
            callbacks_throttle=Throttle(rate=10_000, burst=5_000),
            allow_loopback_http=True,
            keep_data=False,
            policies=False,
        ),
        Stage(name="dev", log_level="DEBUG", keep_data=False),
    )
}


class UnknownStage(LookupError):
    """No record of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no stage {name!r}; infra/stages.py knows {', '.join(sorted(STAGES))}.")


def stage(name: str) -> Stage:
    """The record of that name. Raises UnknownStage."""
    if name not in STAGES:
        raise UnknownStage(name)
    return STAGES[name]
