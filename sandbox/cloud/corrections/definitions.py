"""A state machine's definition is read once. moto reads it for each execution, 60 ms of one core for ours.

What comes of reading it is not changed by running it: whatever an execution learns is kept in its environment.
"""

from __future__ import annotations

from functools import lru_cache

from moto.stepfunctions.parser.backend import execution_worker

from sandbox.cloud.corrections.patches import Patches
from sandbox.cloud.runtime.function import Json


def correct(patches: Patches) -> None:
    def wrap(original: Json) -> Json:
        @lru_cache(maxsize=32)
        def program(definition: str) -> Json:
            return original.parse(definition)[0]

        class ReadOnce:
            @staticmethod
            def parse(definition: str) -> Json:
                return (program(definition),)

        return ReadOnce

    patches.replace(execution_worker, "AmazonStateLanguageParser", wrap)
