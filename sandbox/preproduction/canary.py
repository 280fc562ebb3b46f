"""The canary as a Lambda on a schedule: one run, two figures for CloudWatch, and a line at ERROR when it failed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from esign.runtime.measures import CANARY_SECONDS, CANARY_SIGNED
from esign.runtime.observability import Level, log, measure
from sandbox.canary.contract import Canary, CanaryFailed
from sandbox.coupa.client import CoupaClient

_HOW = "see docs/runbook.md, The canary's account"


def handler(_event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    return run(_stored_login, os.environ["CANARY_COUPA_URL"])


def run(login: Callable[[], str], url: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - of Canary
    """Measures one run and tells what came of it; it never raises, since a schedule's call would be made again."""
    package = None
    try:
        account, secret = _parsed(login())
        with CoupaClient(url, account, secret) as coupa:
            canary = Canary(coupa, **options)
            try:
                done = canary.run()
            finally:
                package = canary.package
    except CanaryFailed as failure:
        measure({CANARY_SIGNED: 0}, package=package)
        log(Level.ERROR, "canary failed", step=failure.step, why=failure.why, package=package)
        return {"signed": False, "step": failure.step, "why": failure.why}
    measure({CANARY_SIGNED: 1, CANARY_SECONDS: round(done.seconds, 1)}, package=done.package)
    return {"signed": True, "package": done.package}


def _stored_login() -> str:
    secrets = boto3.client("secretsmanager")
    return str(secrets.get_secret_value(SecretId=os.environ["CANARY_SECRET"])["SecretString"])


def _parsed(text: str) -> tuple[str, str]:
    """Raises CanaryFailed, without a word of what stands there."""
    try:
        found = json.loads(text)
        return str(found["account"]), str(found["secret"])
    except (ValueError, TypeError, KeyError):
        raise CanaryFailed("secret", f"the canary has no account yet, {_HOW}") from None
