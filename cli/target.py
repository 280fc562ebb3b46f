"""Where the command works: the sandbox of this machine, or a deployed stage by its CloudFormation outputs.

The only module that knows how a stage is found. It sets variables of this very process, since the AWS library reads
them there; nothing else in the command touches the environment.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer

from cli.errors import Failure

if TYPE_CHECKING:
    from esign.runtime.composition import App

LOCAL = "local"
SANDBOX = Path(__file__).resolve().parents[1] / ".build" / "sandbox.json"
SETTINGS_OUTPUT = "EsignSettings"

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,30}")
_PATIENCE = 120.0  # seconds for all calls to a provider in one run, from when it is asked
_REGION = "eu-central-1"  # of a sandbox that names none
_START_IT = "Start it with `make sandbox`, or name a deployed stage with --stage."

# What botocore believes before the profile that AWS_PROFILE names (`create_credential_resolver`): keys, and a role that is
# taken by web identity. Only a session that is made with a profile passes over them, and the ports' sessions know none.
_BEFORE_PROFILE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
)

Environment = MutableMapping[str, str]
Outputs = Callable[[str], Mapping[str, str]]  # a stack's outputs by its name


def open_app(stage: str, profile: str | None) -> App:
    """The stage's ports. Raises Failure with what to do when the stage is not there."""
    from esign.http.deadline import Deadline
    from esign.runtime.composition import App
    from esign.runtime.settings import Settings

    return App(Settings(find_stage(stage, profile))).until(Deadline(_PATIENCE))


def find_stage(
    stage: str,
    profile: str | None,
    *,
    environment: Environment = os.environ,
    sandbox: Path = SANDBOX,
    outputs: Outputs | None = None,
) -> dict[str, str]:
    """The ESIGN_* variables of the stage's functions; `environment` then says where AWS is."""
    if not _STAGE.fullmatch(stage):
        raise typer.BadParameter("A stage's name is lower-case letters, digits and hyphens.", param_hint="--stage")
    environment["ESIGN_LOG_LEVEL"] = "ERROR"  # log lines go to standard output, where our answer goes
    if stage != LOCAL:
        return _deployed(stage, profile, environment, outputs or stack_outputs)
    if profile:
        raise typer.BadParameter("The local stage has no AWS profile.", param_hint="--profile")
    return _sandbox(sandbox, environment)


def _sandbox(file: Path, environment: Environment) -> dict[str, str]:
    if not file.is_file():
        raise Failure(f"The sandbox is not running. {_START_IT}", code="sandbox_missing")
    told = _object(file.read_text("utf-8"), f"The sandbox's file {file.name} is damaged. {_START_IT}")
    endpoint = str(told.get("endpoint", ""))
    if not _listening(endpoint):
        raise Failure(f"The sandbox that {file.name} tells of has ended. {_START_IT}", code="sandbox_ended")
    region = str(told.get("region", _REGION))
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        environment.pop(name, None)
    environment.update(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
    return _texts(told.get("settings"))


def _listening(endpoint: str) -> bool:
    where = urlsplit(endpoint)
    try:
        socket.create_connection((where.hostname or "", where.port or 80), timeout=2).close()
    except (OSError, ValueError):
        return False
    return True


def _deployed(stage: str, profile: str | None, environment: Environment, outputs: Outputs) -> dict[str, str]:
    if profile:
        for name in _BEFORE_PROFILE:
            environment.pop(name, None)
        environment["AWS_PROFILE"] = profile
    stack = f"Esign-{stage}-Connector"
    found = outputs(stack)
    old = (
        f"The stack {stack} has no readable output {SETTINGS_OUTPUT}: deploy it anew with `make deploy STAGE={stage}`."
    )
    return _texts(_object(found.get(SETTINGS_OUTPUT, ""), old))


def aws_client(service: str, profile: str | None) -> Any:  # noqa: ANN401 - boto3's
    """Of the account and region that the profile, or the environment, names."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
    session: Any = boto3.session.Session(profile_name=profile)  # whose stubs want each service by its literal name
    return session.client(service, config=config)


def cloudformation() -> Any:  # noqa: ANN401 - boto3's client, of which one call is used
    import boto3

    return boto3.client("cloudformation")


def stack_outputs(stack: str, *, client: Callable[[], Any] = cloudformation) -> dict[str, str]:
    """Of a CloudFormation stack, in the account and region that the environment names. Raises Failure."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        described = client().describe_stacks(StackName=stack)
    except ClientError as error:
        raise _refused(stack, error.response["Error"]["Code"]) from None
    except BotoCoreError as error:
        raise Failure(
            f"AWS could not be asked ({type(error).__name__}): give credentials and a region, by --profile, AWS_REGION or "
            "`aws configure`.",
            code="aws_unreachable",
        ) from None
    return {one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0].get("Outputs", [])}


def _refused(stack: str, code: str) -> Failure:
    if code == "ValidationError":  # CloudFormation's word for "does not exist"
        return Failure(
            f"There is no stack {stack} in this AWS account and region: deploy it with `make deploy`, or choose another "
            "account or region with --profile and AWS_REGION.",
            code="stack_missing",
        )
    return Failure(
        f"AWS does not show the stack {stack} ({code}): renew or change your credentials.", code="aws_refused"
    )


def _object(text: str, otherwise: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failure(otherwise, code="stage_unreadable")
    return found


def _texts(told: object) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise Failure(
            "The stage's settings are not a table of texts: bring the stage up anew.", code="stage_unreadable"
        )
    return dict(told)
