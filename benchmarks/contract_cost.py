"""What one contract costs in AWS, from first call to archived evidence, and what a stage costs before the first one.

The calls of each function are the counted ones (benchmarks/calls.py, which a test compares with what really happens), the
memory is that of the function table, the states are those of the workflow. Assumed is only what ASSUMPTIONS says. Prices:
us-east-1, public lists as read in November 2026, without free tiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from benchmarks.calls import EXPECTED, Calls
from benchmarks.sweep_cost import PRICES, QUIET, SWEEP, TO_THE_END
from esign.domain.status import Attention, PackageStatus
from esign.runtime.measures import MEASURES
from infra.functions import ALL
from infra.monitoring import ALARMS, metrics_read

PRICE: Mapping[str, float] = PRICES | {
    "S3 GET": 0.0004 / 1000,
    "S3 GB-month": 0.023,
    "SQS request": 0.40 / 1e6,
    "log GB": 0.50,
    "GB to the internet": 0.09,
    "secret-month": 0.40,
    "key-month": 1.00,
    "alarm-month": 0.10,  # for each metric that it reads
    "metric-month": 0.30,
    "dashboard-month": 3.00,
}

# What each counted call takes, at the usual sizes of a package (items of 1 KB at most, a partition of 8 KB at most).
UNITS: Mapping[str, Mapping[str, float]] = {
    "dynamodb:GetItem": {"DynamoDB read unit": 1},
    "dynamodb:Query": {"DynamoDB read unit": 2},
    "dynamodb:UpdateItem": {"DynamoDB write unit": 3},  # and both entries of a moved line in an index
    "dynamodb:PutItem": {"DynamoDB write unit": 1},
    "dynamodb:TransactWriteItems": {"DynamoDB write unit": 9},  # four items, twice each, and an index
    "s3:PutObject": {"S3 PUT": 1},
    "s3:PutObjectRetention": {"S3 PUT": 1},
    "s3:GetObject": {"S3 GET": 1},
    "sqs:SendMessage": {"SQS request": 3},  # sent, received, deleted
    "stepfunctions:StartExecution": {},  # its states are counted
}
MEGABYTE = 1e-3  # in GB
DOCUMENT, YEARS = 1.0, 10  # megabytes; years that evidence is kept
LOG = 1.5  # KB of each invocation: our line, and Lambda's own three
OWN, CALLING = 0.06, 0.5  # seconds of a function that speaks to AWS alone, and of one that waits for a provider
POLLS = 12  # by the sweep, of a contract that is signed within two days

# How many values a dimension of our own metrics takes, at one provider.
VALUES = {"service": 1, "operation": len(ALL), "provider": 1, "status": len(PackageStatus), "code": len(Attention)}
MEASURED = sum(prod(VALUES[name] for name in one.dimensions) for one in MEASURES)

ASSUMPTIONS = (
    f"One document of {DOCUMENT:g} MB, two signers, signed within two days; a provider that calls back (three callbacks).",
    "Coupa reads the package twice, its summary five times, and fetches the signed documents once; four notifications.",
    f"A function takes {OWN} s where it speaks to AWS alone, {CALLING} s where it waits for others; {LOG} KB of logs each.",
    f"The evidence (signed document, audit trail, manifest) stays {YEARS} years in S3 Standard, staged documents a month.",
    f"{MEASURED} metrics of our own come with traffic at one provider, at most ${PRICE['metric-month']:.2f} a month each.",
    "Not counted: these, free tiers, traffic inside AWS, KMS requests (keys of buckets and table are cached), domain.",
)


@dataclass(frozen=True, slots=True)
class Step:
    """A function that runs `times` for one contract. `case` is its row in the table of calls."""

    what: str
    case: str
    folder: str
    times: float
    by_api: bool = False  # through API Gateway, and its authorizer where Coupa calls
    calls_provider: bool = False


STEPS: tuple[Step, ...] = (
    Step("Coupa's calls", "create_package", "coupa/create_package", 1, by_api=True),
    Step("Coupa's calls", "add_documents", "coupa/add_documents", 1, by_api=True),
    Step("Coupa's calls", "add_recipients", "coupa/add_recipients", 1, by_api=True),
    Step("Coupa's calls", "send_package", "coupa/send_package", 1, by_api=True, calls_provider=True),
    Step("Coupa's calls", "get_package", "coupa/get_package", 2, by_api=True),
    Step("Coupa's calls", "get_package_summary", "coupa/get_package_summary", 5, by_api=True),
    Step("Coupa's calls", "get_signed_documents", "coupa/get_signed_documents", 1, by_api=True),
    Step("Coupa's calls", "authorizer", "authorizer", 12),
    Step("callbacks and refreshes", "connective callback", "callbacks/connective", 3, by_api=True),
    Step("callbacks and refreshes", "sync_package", "workflow/sync_package", 3, calls_provider=True),
    Step("evidence", "collect_evidence", "workflow/collect_evidence", 1, calls_provider=True),
    Step("evidence", "inspect_signatures", "workflow/inspect_signatures", 1),
    Step("evidence", "complete_package", "workflow/complete_package", 1),
    Step("notifications to Coupa", "deliver_notifications", "workflow/deliver_notifications", 4, calls_provider=True),
)
POLL = {
    "DynamoDB write unit": 3.0,
    "DynamoDB read unit": 4.0,
}  # a line read and its date moved; the sweep reads by itself
READERS = 16  # polls side by side in one sweep

# What stands there without any contract, a month: by what, how many, and the price that it has.
FIXED: tuple[tuple[str, float, str], ...] = (
    ("the key of the stage", 1, "key-month"),
    ("secrets: callback keys, and two of each of five accounts", 11, "secret-month"),
    ("alarms, by the metrics that they read", metrics_read(row for row in ALARMS if not row.canary), "alarm-month"),
    (
        "metrics of our own that come without any contract",
        6,
        "metric-month",
    ),  # of two functions, the lag, what is stuck
    ("the dashboard", 1, "dashboard-month"),
    ("rounds of the sweep: states", 43_200 * len(SWEEP), "state transition"),
    ("rounds of the sweep: reads of ten shards", 43_200 * 10, "DynamoDB read unit"),
    ("rounds of the sweep: the shards' leases", 43_200 * 20, "DynamoDB write unit"),
    ("rounds of the sweep: Lambda, half a second each", 43_200 * 0.25, "Lambda GB-second"),
)

Bill = dict[str, float]  # dollars by what they are for


def per_contract() -> Bill:
    """Dollars for one contract, over all years that its evidence is kept."""
    bill: Bill = {}
    for step in STEPS:
        bill[step.what] = bill.get(step.what, 0.0) + step.times * _dollars(_step(step))
    states = 2 * len(QUIET) + len(TO_THE_END)
    bill["callbacks and refreshes"] += states * PRICE["state transition"]
    bill["polls by the sweep"] = POLLS * (_dollars(POLL) + _compute("workflow/find_due", CALLING / READERS))
    bill["storage and traffic"] = _dollars(
        {
            "S3 GB-month": MEGABYTE * DOCUMENT * (1 + 1.2 * 12 * YEARS),
            "GB to the internet": MEGABYTE * DOCUMENT * 2,  # to the provider, and to Coupa
        }
    )
    return bill


def per_month() -> Bill:
    """Dollars for a stage without contracts."""
    return {what: count * PRICE[price] for what, count, price in FIXED}


def _step(step: Step) -> Mapping[str, float]:
    amounts = _of_calls(EXPECTED[step.case].as_counted.aws)
    amounts["Lambda request"] = 1
    amounts["Lambda GB-second"] = _gigabytes(step.folder) * (CALLING if step.calls_provider else OWN)
    amounts["log GB"] = LOG * 1e-6
    if step.by_api:
        amounts["REST API request"] = 1
    return amounts


def _of_calls(calls: Calls) -> dict[str, float]:
    found: dict[str, float] = {}
    for call, times in calls.items():
        for unit, amount in UNITS[call].items():
            found[unit] = found.get(unit, 0.0) + times * amount
    return found


def _compute(folder: str, seconds: float) -> float:
    return _gigabytes(folder) * seconds * PRICE["Lambda GB-second"]


def _gigabytes(folder: str) -> float:
    return next(one.memory for one in ALL if one.folder == folder) / 1024


def _dollars(amounts: Mapping[str, float]) -> float:
    return sum(amount * PRICE[name] for name, amount in amounts.items())


VOLUMES = (10_000, 100_000, 1_000_000)  # contracts a month


def page() -> str:
    """docs/cost.md."""
    contract, stage = per_contract(), per_month()
    lines = [
        *_volumes(sum(contract.values()), sum(stage.values())),
        *_section("One contract", "| what | dollars |", (f"| {what} | {x:.6f} |" for what, x in contract.items())),
        *_section("A stage, a month", "| what | dollars |", (f"| {what} | {x:.2f} |" for what, x in stage.items())),
        "A VPC with fixed addresses adds its NAT gateways (about $33 a month each, and $0.045 for each GB); a firewall $5",
        "and $1 for each rule a month, and $0.60 for each million requests.",
        "",
        "## What is assumed",
        "",
        *(f"- {sentence}" for sentence in ASSUMPTIONS),
        "",
        *_section("Prices", "| unit | dollars |", (f"| {name} | {_exact(x)} |" for name, x in PRICE.items())),
    ]
    return "\n".join(lines)


def _volumes(one: float, fixed: float) -> list[str]:
    rows = (f"| {n:,} | ${n * one + fixed:,.2f} | ${(n * one + fixed) / n:.5f} |" for n in VOLUMES)
    return [
        "# What it costs",
        "",
        "Generated by `make generate` from the counted calls, the function table and AWS's public prices (us-east-1,",
        "November 2026, no free tier). Never measured on a bill: no AWS account was at hand.",
        "",
        *_table("| contracts a month | a month | each contract |", rows),
        "",
        f"That is {one * 100:.3f} cents for each contract, all years of its storage included, and ${fixed:.2f} a month for",
        "a stage that does nothing. What polling costs while nobody signs, `python -m benchmarks sweep` tells more exactly.",
        "",
    ]


def _section(title: str, head: str, rows: Iterable[str]) -> list[str]:
    return [f"## {title}", "", *_table(head, rows), ""]


def _exact(amount: float) -> str:
    return f"{amount:.10f}".rstrip("0").rstrip(".")


def _table(head: str, rows: Iterable[str]) -> list[str]:
    columns = head.count("|") - 1
    return [head, "|---|" + "--:|" * (columns - 1), *rows]
