"""A limit of calls per minute and customer. Whether the vendor has one is [U] (§A1): off unless the switch sets it."""

from __future__ import annotations

import math

from starlette.responses import Response

from sandbox.providers.connective.settings import Environment
from sandbox.providers.connective.simulator import Simulator

WINDOW_SECONDS = 60.0


def refusal(simulator: Simulator, environment: Environment) -> Response | None:
    """Counts the call; a 429 with Retry-After when the last 60 s of the simulator's clock are full."""
    limit, key = environment.switches.calls_per_minute, f"calls/{environment.name}"
    if not limit:
        return None
    with simulator.state.lock():
        now = simulator.now().timestamp()
        recent = [at for at in simulator.state.get_value(key) or [] if at > now - WINDOW_SECONDS]
        if len(recent) >= limit:
            wait = math.ceil(recent[0] + WINDOW_SECONDS - now)
            return Response(status_code=429, headers={"Retry-After": str(wait)})
        simulator.state.put_value(key, [*recent, now])
    return None
