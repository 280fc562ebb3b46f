"""`make demo FAULTS=1`: callbacks that never come, a provider and a Coupa that are down for a while. Nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sandbox.demo.scenarios import EVA, callback_lost, ready
from sandbox.demo.stage import Stage

SWEEPS = 3.0  # seconds: the local cloud sweeps once a second


def provider_outage(stage: Stage) -> None:
    """She signs while the provider's API is down: nobody calls back, and the connector comes to look in vain."""
    report, side = stage.report, stage.world.side
    report.begin("provider outage")
    package = ready(stage, "Signed in an outage")
    stage.send(package)
    reference = stage.reference(package)
    side.lose_callbacks(lose=True)
    side.go_down()
    side.sign(reference, EVA)
    report.event("the provider's API goes down, Eva signs all the same, and no callback comes")
    time.sleep(SWEEPS)
    meanwhile = stage.coupa.get_package(package)
    report.check("Coupa still gets its answer, from what is known", meanwhile.ok, str(meanwhile.status))
    report.check("and no status that nobody has seen", meanwhile.json.get("status") == "IN_PROCESS")
    side.come_back()
    side.lose_callbacks(lose=False)
    report.event("the provider is back")
    stage.told(package, "package.completed")


def coupa_outage(stage: Stage) -> None:
    """Coupa refuses every notification while three contracts are signed; then it is back."""
    report, receiver = stage.report, stage.world.receiver
    report.begin("Coupa outage")
    receiver.fail(503, times=100_000)
    report.event("Coupa goes down")
    packages = [ready(stage, f"Signed in the outage {number}") for number in (1, 2, 3)]
    for package in packages:
        stage.send(package)
        stage.world.side.sign(stage.reference(package), EVA)
    report.event("Eva signs three contracts")
    for package in packages:
        stage.until("COMPLETE here", lambda package=package: stage.status(package) == "COMPLETE")  # type: ignore[misc]
    heard = sum(len(receiver.of(package)) for package in packages)
    report.check("Coupa has heard nothing of it", heard == 0, f"{heard} notifications")
    receiver.behave()
    report.event("Coupa is back")
    for package in packages:
        stage.told(package, "package.completed")
    for package in packages:
        got = [one.sequence for one in receiver.of(package)]
        report.check("every event arrived, in order", _whole(got), str(got))


def _whole(sequences: Sequence[int]) -> bool:
    """1, 2, 3 … without a gap and never backwards; one may come twice."""
    return sorted(set(sequences)) == list(range(1, max(sequences, default=0) + 1)) and list(sequences) == sorted(
        sequences
    )


FAULTS = (callback_lost, provider_outage, coupa_outage)
