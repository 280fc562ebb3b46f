"""What moto 5.2.5 does otherwise than AWS, mended: one module and one contract test for each correction.

They touch private functions, so moto is pinned. Installed while a local cloud lives, and taken out again.
"""

from __future__ import annotations

from sandbox.cloud.corrections import (
    atomic_stores,
    definitions,
    event_rules,
    executions,
    lambda_invocations,
    mock_guard,
    queries,
    task_clients,
    task_heartbeats,
    task_parameters,
    task_tokens,
    time_scale,
    transactions,
)
from sandbox.cloud.corrections.lambda_invocations import Invoker
from sandbox.cloud.corrections.patches import Patches


def install(*, invoke: Invoker, scale: float, tell: executions.Teller) -> Patches:
    """Correct moto. `invoke` runs every Lambda function; durations of state machines are divided by `scale`;
    `tell(state machine, line)` hears of failed executions.
    """
    patches = Patches()
    mock_guard.correct(patches)
    lambda_invocations.correct(patches, invoke=invoke, scale=scale)
    task_parameters.correct(patches)
    task_tokens.correct(patches)
    task_heartbeats.correct(patches)
    task_clients.correct(patches)
    executions.correct(patches, tell=tell)
    time_scale.correct(patches, scale=scale)
    event_rules.correct(patches, invoke=invoke)
    atomic_stores.correct(patches)
    transactions.correct(patches)
    queries.correct(patches)
    definitions.correct(patches)
    executions.end_first(patches)
    return patches
