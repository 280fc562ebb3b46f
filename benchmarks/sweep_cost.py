"""`python -m benchmarks.sweep_cost`: dollars for following a million contracts over seven days, from the code itself.

The poll plan is the product's, the requests of one poll and one callback are metered on moto's DynamoDB, the steps of an
execution are states of its file. Not counted: logs, KMS, the free tier, and what a contract costs anyway (Send, evidence,
delivery).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import boto3

from esign.aws.packages import DynamoPackages
from esign.domain.ids import PackageId
from esign.domain.poll_plan import next_poll
from esign.domain.timing import Timing
from esign.ports import SHARDS
from infra.functions import ALL
from tests.contract.store_fixtures import TABLE, atomic_dynamodb, make_table
from tests.fakes.clock import START
from tests.reliability.world import World

CONTRACTS, DAYS, CALLBACKS = 1_000_000, 7, 3  # callbacks: two on the way, and the one that finds everybody signed
SWEEP_TARGET, CALLBACK_TARGET = 25.0, 600.0

# us-east-1, dollars each; public price lists as read in November 2026. DynamoDB on demand: since 2024-11-01.
PRICES = {
    "state transition": 0.025 / 1000,
    "Lambda request": 0.20 / 1e6,
    "Lambda GB-second": 0.0000133334,  # arm64
    "DynamoDB write unit": 0.625 / 1e6,
    "DynamoDB read unit": 0.125 / 1e6,
    "REST API request": 3.50 / 1e6,
    "S3 PUT": 0.005 / 1000,
}
# The states that an execution enters: a read that shows nothing new, one that goes to the end, one round of the sweep.
QUIET = ("Begin", "IsSubmission", "SyncPackage", "AfterSync", "Finished")
EVIDENCE = ("CollectEvidence", "AfterCollection", "InspectSignatures", "AfterInspection", "CompletePackage")
TO_THE_END = (*QUIET[:-1], *EVIDENCE, QUIET[-1])
SWEEP = ("Begin", "FindDue", "IsMore", "Finished")
# Seconds of Lambda; assumed, since only an AWS account could tell: a status call with its store, a callback, a sweep.
STATUS_CALL = 0.4
SECONDS = {"workflow/sync_package": STATUS_CALL, "callbacks/connective": 0.05, "workflow/find_due": 1.0}
ACCOUNTS = 100  # that share the contracts: a sweep takes the budget of calls once for all lines of an account
READERS = 16  # provider reads side by side in one sweep (functions/workflow/find_due; a test compares)
SWEEPER = "SWEEP#"  # the partition of a shard's lease: counted with the round

Bill = dict[str, float]  # how much of each price


@dataclass
class Meter:
    """The DynamoDB requests of a stretch of work, as units."""

    client: Any
    requests: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client.meta.events.register("provide-client-params.dynamodb.*", self._heard)

    def _heard(self, params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        self.requests.append((model.name, params))

    def of(self, work: Callable[[], object], *, without: str | None = None) -> Bill:
        """`without`: requests that name it are left out."""
        self.requests.clear()
        work()
        heard = [(name, params) for name, params in self.requests if without is None or without not in str(params)]
        sizes = {(i["PK"]["S"], i["SK"]["S"]): _size(i) for i in self.client.scan(TableName=TABLE)["Items"]}
        writes = sum(_written(name, params, sizes) for name, params in heard)
        reads = sum(_read(name, params, sizes) for name, params in heard)
        return {"DynamoDB write unit": writes, "DynamoDB read unit": reads}


def _size(item: Mapping[str, Any]) -> int:
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())


def _written(name: str, params: Mapping[str, Any], sizes: Mapping[tuple[str, str], int]) -> float:
    if name == "TransactWriteItems":
        return sum(_write(r, sizes, times=2) for action in params["TransactItems"] for r in action.values())
    return _write(params, sizes, times=1) if name in {"UpdateItem", "PutItem"} else 0


def _write(request: Mapping[str, Any], sizes: Mapping[tuple[str, str], int], *, times: int) -> float:
    """Units of 1 KB, twice in a transaction; an index costs its own: a moved date is taken out and put in."""
    place = request.get("Key") or request["Item"]
    sort = place["SK"]["S"]
    units = math.ceil(sizes.get((place["PK"]["S"], sort), 1) / 1024)
    moved = 2 if "#nextDueAt" in request.get("ExpressionAttributeNames", {}) else 0
    return units * times + (units if sort == "P#META" else moved)


def _read(name: str, params: Mapping[str, Any], sizes: Mapping[tuple[str, str], int]) -> float:
    if name == "Query" and "IndexName" in params:
        return 0  # one for all lines of a shard: counted with the sweep
    if name == "Query":
        partition = next(iter(v["S"] for v in params["ExpressionAttributeValues"].values() if "A#" in v.get("S", "")))
        return math.ceil(sum(size for (pk, sk), size in sizes.items() if pk == partition and sk[:2] == "P#") / 4096)
    return 1 if name == "GetItem" else 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Dollars for `CONTRACTS` over `DAYS`, by what they are for."""

    what: str
    lines: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.lines.values())


def polls_of_a_contract() -> int:
    """By the default plan, with nobody signing for all those days."""
    world = World()
    package, found, now = world.sent(), 0, START
    while (due := next_poll(package, now=now, timing=Timing())) and due <= START + timedelta(days=DAYS):
        found, now = found + 1, due
    return found


def metered() -> tuple[Bill, Bill]:
    """(one poll by the sweep, one callback with the read that it starts); accounts and their budgets by hand."""
    with atomic_dynamodb():
        client = boto3.client("dynamodb")
        make_table(client)
        world = World(store=lambda timing: DynamoPackages(client, TABLE, timing=timing, sleep=lambda _: None))
        meter, package = Meter(client), world.sent()
        world.settle(days=2 / 24)
        world.clock.set(START + timedelta(hours=6, minutes=1))
        poll = meter.of(world.sweep_once, without=SWEEPER)
        if world.jobs.queue:
            raise RuntimeError("a poll that finds nothing new started an execution")
        world.clock.advance(60)
        callback = meter.of(partial(_called, world, package.id))
    # Contracts are spread evenly: the lines of one account that are due in one round share one write of its budget.
    shared = CONTRACTS * polls_of_a_contract() / (DAYS * 24 * 60) / ACCOUNTS
    poll["DynamoDB write unit"] += 1 / max(1.0, shared)
    callback["DynamoDB read unit"] += 1
    callback["DynamoDB write unit"] += 1
    return poll, callback


def _called(world: World, package: PackageId) -> None:
    world.callback(package)
    world.work()


def compute(folder: str, seconds: float | None = None) -> Bill:
    (function,) = (one for one in ALL if one.folder == folder)
    return {"Lambda request": 1, "Lambda GB-second": (seconds or SECONDS[folder]) * function.memory / 1024}


def dollars(bills: Iterable[tuple[float, Bill]]) -> dict[str, float]:
    """Of (how often, what each time), by price."""
    told: dict[str, float] = {}
    for times, bill in bills:
        for name, amount in bill.items():
            told[name] = told.get(name, 0) + times * amount * PRICES[name]
    return told


def costs() -> Sequence[Cost]:
    poll, callback = metered()
    polls, minutes = CONTRACTS * polls_of_a_contract(), DAYS * 24 * 60
    calls = CONTRACTS * CALLBACKS
    # One round: of each shard an index query and a lease, taken and given back; of each account its record.
    rounds: Bill = {
        "state transition": len(SWEEP),
        "DynamoDB read unit": SHARDS / 2 + ACCOUNTS,
        "DynamoDB write unit": SHARDS * 2,
    }
    side_by_side = {"Lambda GB-second": compute("workflow/find_due", STATUS_CALL / READERS)["Lambda GB-second"]}
    sweep = [(minutes, rounds), (minutes, compute("workflow/find_due")), (polls, poll), (polls, side_by_side)]
    door: Bill = {"REST API request": 1, "S3 PUT": 1, **callback}
    called = [(calls, door), (calls, compute("callbacks/connective")), (calls, compute("workflow/sync_package"))]
    quiet: Bill = {"state transition": len(QUIET)}
    ended = (CONTRACTS, Bill({"state transition": len(TO_THE_END)}))
    return (
        Cost("sweep", dollars(sweep)),
        Cost("callbacks", dollars([*called, (calls - CONTRACTS, quiet), ended])),
    )


def main() -> None:
    print(f"{CONTRACTS:,} contracts, {DAYS} days, {polls_of_a_contract()} polls and {CALLBACKS} callbacks each")
    for cost in costs():
        print(f"\n{cost.what}: ${cost.total:,.0f}")
        for name, amount in sorted(cost.lines.items(), key=lambda line: -line[1]):
            print(f"  {name:<22} ${amount:>10,.2f}")


if __name__ == "__main__":
    main()
