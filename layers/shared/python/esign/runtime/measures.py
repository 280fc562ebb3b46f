"""What the connector measures of itself: one row per metric of CloudWatch, beside those that AWS makes by itself.

A value rides in a log line (Embedded Metric Format), so measuring costs no call and no library. Dimensions are fields of
that line: operations, vendors, statuses, codes, never an account or a person. infra's alarms and dashboard name these rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

NAMESPACE = "CoupaOpenESign"  # with the stage's name behind it: two stages may live in one AWS account
SERVICE_NAME = "esign"  # POWERTOOLS_SERVICE_NAME of every function
SERVICE = ("service",)  # of every log line the same: for what has nothing to be told apart by


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    unit: str  # CloudWatch's
    dimensions: tuple[str, ...] = SERVICE


# Of each request, in its one line.
MILLISECONDS = Measure("Milliseconds", "Milliseconds", ("operation",))
FAULTS = Measure("Faults", "Count", ("operation",))  # answered 5xx, or a step of a workflow that failed
# For a person; the code says what (docs/runbook.md).
ALARMS = Measure("Alarms", "Count", ("code",))
# When a package's move was committed.
PACKAGES = Measure("Packages", "Count", ("provider", "status"))  # that came into this status
SECONDS_TO_SIGN = Measure("SecondsToSign", "Seconds", ("provider",))  # from Send to the last signature
ATTENTION = Measure("Attention", "Count", ("code",))  # packages that began to need a person
# With each try to tell Coupa.
DELIVERY_AGE = Measure("DeliveryAge", "Seconds")  # how long ago that happened which Coupa is told
ENDPOINT_FAILURES = Measure("EndpointFailures", "Count")  # in a row, of an endpoint that was called
# With each sweep.
SWEEP_LAG = Measure("SweepLag", "Seconds")  # for how long the oldest line had been due
# Every hour.
STUCK_PACKAGES = Measure("StuckPackages", "Count")
CREDENTIALS_DAYS = Measure("CredentialsDaysLeft", "None")  # of the account whose credentials end first
# Of the synthetic canary.
CANARY_SIGNED = Measure("CanarySigned", "Count")  # 1, or 0 for a run that failed
CANARY_SECONDS = Measure("CanarySeconds", "Seconds")

MEASURES: tuple[Measure, ...] = tuple(found for found in list(globals().values()) if isinstance(found, Measure))


def namespace(stage: str) -> str:
    return f"{NAMESPACE}/{stage}"


def embedded(measures: Iterable[Measure], *, stage: str) -> dict[str, Any]:
    """The `_aws` field of a line that has these measures' names, and their dimensions, as fields."""
    directives = [
        {
            "Namespace": namespace(stage),
            "Dimensions": [list(one.dimensions)],
            "Metrics": [{"Name": one.name, "Unit": one.unit}],
        }
        for one in measures
    ]
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": directives}
