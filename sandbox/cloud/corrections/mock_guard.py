"""`mock_aws` empties every service of the process when it starts, a running local cloud's too: refuse it meanwhile."""

from __future__ import annotations

from moto.core.models import MockAWS

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    def refuse(*_: Json, **__: Json) -> None:
        raise RuntimeError(
            "a local cloud runs in this process, and mock_aws would empty it: use the cloud's own clients"
        )

    patches.replace(MockAWS, "start", lambda _original: refuse)
