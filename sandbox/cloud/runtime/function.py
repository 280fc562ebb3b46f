"""What a Lambda function is, and what one invocation of it gave. Must not know how either came about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any  # what json.loads gives

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way for a synchronous invocation.
LARGEST_EVENT = 6_291_456
LARGEST_ANSWER = 6_291_556


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """`code` and `layers` are directories (a layer's holds `python/`); `timeout` is in seconds, `memory` in MB.

    `concurrency` is the reserved one; None: as much as the pool gives.
    """

    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3
    memory: int = 128
    runtime: str = "python3.13"
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """The answer of a function. `error` is None, or the value of AWS's X-Amz-Function-Error header.

    With an error the body is `{"errorType", "errorMessage", …}`, as AWS shapes it.
    """

    body: bytes
    error: str | None
    logs: tuple[str, ...]
    milliseconds: float

    @property
    def payload(self) -> Json:
        return json.loads(self.body or b"null")


def failure(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
