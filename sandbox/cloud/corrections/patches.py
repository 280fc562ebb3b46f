"""Replaces attributes of moto for as long as a local cloud lives, and fails at once when moto has moved them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from sandbox.cloud.runtime.function import Json


class Patches(ExitStack):
    """Close it to give moto back as it was, in reverse order."""

    def replace(self, owner: Json, name: str, replacement: Callable[[Json], Json]) -> None:
        """Set `owner.name` to `replacement(original)`. AttributeError: this moto has no such attribute."""
        original = vars(owner).get(name)
        setattr(owner, name, replacement(getattr(owner, name)))
        if original is None:
            self.callback(delattr, owner, name)
        else:
            self.callback(setattr, owner, name, original)
