"""One JSON line per request, which is at the same time its CloudWatch metric (Embedded Metric Format).

Own code, and short, because importing Powertools' Logger and Metrics costs a fifth of a function's cold start (they load
the tracer with them); what is kept of them is the format: `level`, `message`, `timestamp`, and EMF's `_aws` block.
Callers pass ids, codes and figures only: never a body, a name, an address, a header or a token.
"""

from __future__ import annotations

import json
import os
import sys
import time
from enum import IntEnum
from types import TracebackType
from typing import Any

NAMESPACE = "CoupaOpenESign"


class Level(IntEnum):
    """As in `logging`. ERROR means that a person should look."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


def log(level: Level, message: str, **fields: object) -> None:
    """Write one line, unless ESIGN_LOG_LEVEL (default INFO) is above `level`; fields that are None are left out."""
    if level < Level[os.environ.get("ESIGN_LOG_LEVEL", "INFO")]:
        return
    told = {key: value for key, value in fields.items() if value is not None}
    line = {"level": level.name, "message": message, "timestamp": _timestamp(), **told}
    sys.stdout.write(json.dumps(line, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()


def log_request(level: Level, *, operation: str, milliseconds: float, fault: bool, **fields: object) -> None:
    """The one line of a request, from which CloudWatch makes `Milliseconds` and `Faults` (5xx) per operation."""
    log(
        level,
        "request",
        operation=operation,
        Milliseconds=round(milliseconds, 1),
        Faults=int(fault),
        **fields,
        _aws=_metrics(),
    )


def stack(trace: TracebackType | None) -> list[str]:
    """Where an exception arose, innermost last: file, line and function, never a value or a line of source."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.split('/')[-3:])}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places


def _timestamp() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"


def _metrics() -> dict[str, Any]:
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["operation"]],
        "Metrics": [{"Name": "Milliseconds", "Unit": "Milliseconds"}, {"Name": "Faults", "Unit": "Count"}],
    }
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
