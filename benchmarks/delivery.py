"""From an event at the provider to Coupa's endpoint, on the local cloud: one at a time, and many at once.

Everything is real but AWS. Signers decline: a signature would measure the simulator's own cryptography. A first round warms
the environments up, as callbacks all day would.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.assembly import local_assembly
from sandbox.coupa.client import CoupaClient, inline
from sandbox.coupa.sample import sample_contract
from sandbox.world import World, running_world

PACKAGES = 20
LIMIT = 1000.0  # milliseconds, of 95 in a hundred
SIGNER = "eva@example.com"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Milliseconds from the signer's act to the notification's arrival, of `packages`, so many `at_once`."""

    packages: int
    at_once: int
    p50: float
    p95: float

    @property
    def ok(self) -> bool:
        return self.p95 <= LIMIT


def measure_delivery(packages: int = PACKAGES) -> tuple[Delivery, Delivery]:
    """One after the other, and all at once."""
    with running_world(local_assembly(), "connective") as world, ExitStack() as stack:
        unhurried = world.add_account("Bench", calls_per_minute=1_000_000)  # sending so many takes an account's minute
        coupa = stack.enter_context(world.coupa(unhurried))
        coupa.configure_callback({"url": world.receiver.url})
        _declined(world, coupa, _sent(world, coupa, packages))
        alone = [took for one in _sent(world, coupa, packages) for took in _declined(world, coupa, [one])]
        together = _declined(world, coupa, _sent(world, coupa, packages))
    return _figures(alone, 1), _figures(together, packages)


def _figures(took: Sequence[float], at_once: int) -> Delivery:
    ordered = sorted(took)
    return Delivery(len(took), at_once, statistics.median(ordered), ordered[int(len(took) * 0.95) - 1])


def _declined(world: World, coupa: CoupaClient, packages: Sequence[str]) -> Sequence[float]:
    with ThreadPoolExecutor(len(packages)) as signers:
        acted = dict(signers.map(lambda one: (one, _decline(world, coupa, one)), packages))
    heard = {one: world.receiver.wait_for(one, "package.declined", timeout=60).received_at for one in packages}
    return [(heard[one] - acted[one]).total_seconds() * 1000 for one in packages]


def _sent(world: World, coupa: CoupaClient, packages: int) -> Sequence[str]:
    """Out for signature, known to Coupa, and last read longer ago than two reads must lie apart."""
    sent = [_one_sent(world, coupa) for _ in range(packages)]
    time.sleep(0.2)
    return sent


def _one_sent(world: World, coupa: CoupaClient) -> str:
    package = str(coupa.create_package({"name": "Measured"}).json["id"])
    coupa.add_documents(package, [inline("contract.pdf", sample_contract())])
    coupa.add_recipients(package, [{"fullName": "Eva", "email": SIGNER}])
    sent = coupa.send_package(package)
    if not sent.ok:
        raise RuntimeError(f"Send was answered {sent.status}")
    world.receiver.wait_for(package, "package.sent", timeout=60)
    return package


def _decline(world: World, coupa: CoupaClient, package: str) -> datetime:
    reference = coupa.get_package(package).json["provider"]["reference"]
    moment = datetime.now(UTC)
    world.side.decline(reference, SIGNER, "No.")
    return moment
