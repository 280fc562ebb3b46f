"""Response times: every operation called again and again at one door, as one client that waits for each answer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from sandbox.coupa.client import Answer, CoupaClient, inline
from sandbox.coupa.sample import sample_contract
from sandbox.demo import scenarios
from sandbox.demo.stage import Stage
from tools.evidence.contract import Checked, Contract
from tools.evidence.doors import STORAGE, optional_operations


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds; `first` is the first call, which waits for the function to start."""

    operation: str
    calls: int
    first: float
    p50: float
    p95: float
    p99: float
    worst: float


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that is not exceeded by `share` of them."""
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def times(calls: Sequence[Checked]) -> list[Times]:
    """By operation, of the calls that succeeded, in the order in which they were made; the first of each stands alone."""
    by_operation: dict[str, list[float]] = defaultdict(list)
    for call in calls:
        if call.ok:
            by_operation[call.operation].append(call.milliseconds)
    return [_times(operation, taken) for operation, taken in sorted(by_operation.items())]


def _times(operation: str, taken: Sequence[float]) -> Times:
    rest = sorted(taken[1:] or taken)
    p50, p95, p99 = (percentile(rest, share) for share in (0.50, 0.95, 0.99))
    return Times(operation, len(rest), taken[0], p50, p95, p99, rest[-1])


def repeat(stage: Stage, contract: Contract, *, rounds: int) -> tuple[list[Checked], list[str]]:
    """`rounds` contracts, each with every operation, and why some of them broke off."""
    answers, broken = list[Answer](), list[str]()
    world = stage.world
    login = world.add_account("Evidence, timed", calls_per_minute=1_000_000)
    with world.coupa(login, watch=answers.append, timeout=120) as coupa:
        complete = _complete(stage, coupa)
        for number in range(1, rounds + 1):
            try:
                _one_contract(stage, coupa)
                _reads(coupa, complete, world.receiver.url)
            except (httpx.HTTPError, LookupError) as error:
                broken.append(f"round {number} broke off: {type(error).__name__}")
        return [contract.check(answer) for answer in answers if answer.operation not in STORAGE], broken


def _complete(stage: Stage, coupa: CoupaClient) -> str:
    """A contract whose signed files can be asked for."""
    again = Stage(stage.world, coupa, coupa, stage.report, stage.out, stage.patience)
    package = scenarios.ready(again, "To be read again and again")
    again.send(package)
    stage.world.side.sign(again.reference(package), scenarios.EVA)
    again.until("complete", lambda: again.status(package) == "COMPLETE")
    return package


def _one_contract(stage: Stage, coupa: CoupaClient) -> None:
    package = str(coupa.create_package({"name": "Timed"}).json["id"])
    template = stage.world.side.template
    document = {"name": "t", "template": {"id": template}} if template else inline("contract.pdf", sample_contract())
    coupa.add_documents(package, [document])
    coupa.add_recipients(package, [scenarios.person(stage, "Eva Timed", scenarios.EVA, 1)])
    coupa.configure_callback({"url": stage.world.receiver.url, "events": ["package.completed"]}, package_id=package)
    coupa.get_callback(package_id=package)
    coupa.send_package(package)
    coupa.get_package(package)
    coupa.get_package(package, refresh=True)
    coupa.get_package_summary(package)
    coupa.list_events(package)
    optional_operations(coupa, package)
    coupa.delete_callback(package_id=package)
    coupa.delete_package(package)


def _reads(coupa: CoupaClient, complete: str, hook: str) -> None:
    coupa.verify_account()
    coupa.list_packages(limit="20")
    files = coupa.get_signed_documents(complete).json.get("documents", [])
    if files:
        coupa.get_signed_document(complete, files[0]["id"])
    coupa.configure_callback({"url": hook, "events": ["package.completed"]})
    coupa.get_callback()
    coupa.delete_callback()
