"""Every difference between stages, as a field of one record. Nothing outside this file asks which stage it is."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from esign.domain.timing import Timing
from infra.stage_fields import (
    Addresses,
    CertificateArn,
    Days,
    DomainName,
    Email,
    HostPattern,
    Positive,
    PrivateNetwork,
    S3Uri,
    StageName,
    Url,
)

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
    days: Days = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Requests per second and burst of each method, before API Gateway answers 429."""

    rate: Positive = 50
    burst: Positive = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A name of one's own for an API. With `truststore`, clients must show a certificate of one of its authorities."""

    name: DomainName
    certificate: CertificateArn
    truststore: S3Uri | None = None
    truststore_version: str | None = None  # of that object; a new version is taken at the next deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One of the two REST APIs, as the world sees it."""

    # Where the world reaches it. None: its domain, or else API Gateway's own address.
    base_url: Url | None = None
    domain: Domain | None = None
    allowed_addresses: tuple[Addresses, ...] = ()  # who may call; none: everybody
    throttle: Throttle = field(default_factory=Throttle)
    throttles: Mapping[str, Throttle] = field(default_factory=dict)  # by operation, or by provider for callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAcl:
    """The firewall before both APIs (infra/constructs/firewall.py)."""

    requests: Annotated[int, Field(ge=100)] = 6000  # of one client address within five minutes, then 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Functions that call out do it from a VPC, over NAT gateways with addresses that stay."""

    cidr: PrivateNetwork = "10.42.0.0/20"
    nat_gateways: Literal[1, 2] = 2  # one for each zone; 1 saves money and falls with its zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """How many of each may run at once. None: whatever the account has free."""

    authorizer: Positive | None = None
    callbacks: Positive | None = None  # of each provider's function
    deliveries: Annotated[int, Field(ge=2, le=1000)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Alarms and a dashboard, in a stack of their own (infra/monitoring.py)."""

    emails: tuple[Email, ...] = ()  # who is told; each has to confirm the mail that comes with the first deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A simulator of Connective in the stage, and contracts signed with it for ever. Never where contracts are real."""

    minutes: Annotated[int, Field(ge=5, le=60)] = 10  # between two runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One installation of the connector; every field is told of in docs/deployment.md."""

    name: StageName
    target: Target = LAMBDA
    timing: Timing = field(default_factory=Timing)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_retention: Literal["ONE_DAY", "TWO_WEEKS", "ONE_MONTH", "SIX_MONTHS", "ONE_YEAR", "TEN_YEARS"] = "ONE_MONTH"
    tags: Mapping[str, str] = field(default_factory=dict)  # beside the stage's name, for the bill

    # Who may come in, by which way.
    coupa: Door = field(default_factory=Door)
    callbacks: Door = field(default_factory=Door)
    # Whoever deploys says the addresses, in the CloudFormation parameters CoupaBaseUrl and CallbacksBaseUrl.
    addresses_from_parameters: bool = False
    authorizer_cache: Annotated[int, Field(ge=0, le=3600)] = 60  # seconds; a removed account may call that long
    web_acl: WebAcl | None = None
    concurrency: Concurrency = field(default_factory=Concurrency)

    # Where the connector may go.
    network: Network | None = None
    provider_hosts: tuple[HostPattern, ...] = ()  # providers' hosts; none: any public host
    allow_loopback_http: bool = False  # providers and Coupa on http://127.0.0.1: where the neighbours are simulators

    retention: Retention = field(default_factory=Retention)
    keep_data: bool = True  # table, buckets and key outlive their stack
    staged_document_days: Days = 430  # longer than the longest open package (Timing.stuck_after)
    raw_callback_days: Days = 30

    # None: a new version has all calls at once. Else CodeDeploy moves them by its plan, and back when something fails.
    rollout: (
        Literal["CANARY_10_PERCENT_5_MINUTES", "CANARY_10_PERCENT_10_MINUTES", "LINEAR_10_PERCENT_EVERY_1_MINUTE"]
        | None
    ) = None
    monitoring: Monitoring | None = field(default_factory=Monitoring)
    canary: Canary | None = None

    policies: bool = True  # synthesis fails on a finding of cdk-nag that infra/policies.py does not accept

    @property
    def runs_here(self) -> bool:
        """Built for the machine that builds it: the local cloud's, and nothing to deploy."""
        return self.target.platform is None

    @property
    def stack_tags(self) -> dict[str, str]:
        return {"esign:stage": self.name, **self.tags}


_FULL_SPEED = Door(throttle=Throttle(rate=10_000, burst=5_000))
# What makes a provider write to people, or costs its time, comes in more slowly than what reads our own store.
_COUPA = Door(throttles={name: Throttle(rate=10, burst=20) for name in ("send_package", "remind_recipients")})

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
            coupa=_FULL_SPEED,
            callbacks=_FULL_SPEED,
            allow_loopback_http=True,
            keep_data=False,
            monitoring=None,
            policies=False,
        ),
        Stage(name="dev", log_level="DEBUG", keep_data=False),
        Stage(
            name="preprod",
            coupa=_COUPA,
            web_acl=WebAcl(),
            concurrency=Concurrency(authorizer=20, callbacks=5, deliveries=5),
            keep_data=False,
            rollout="CANARY_10_PERCENT_5_MINUTES",
            canary=Canary(),
        ),
        Stage(
            name="prod",
            log_retention="ONE_YEAR",
            coupa=_COUPA,
            web_acl=WebAcl(),
            concurrency=Concurrency(authorizer=100, callbacks=20, deliveries=20),
            retention=Retention(days=365),
            rollout="CANARY_10_PERCENT_10_MINUTES",
        ),
    )
}


class UnknownStage(LookupError):
    """No record of that name, and no file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no stage {name!r}: infra/stages.py knows {', '.join(sorted(STAGES))}; a stage of your own is a "
            "file whose name ends in .toml (docs/deployment.md)."
        )


def stage(name: str) -> Stage:
    """The record of that name. Raises UnknownStage."""
    if name not in STAGES:
        raise UnknownStage(name)
    return STAGES[name]
