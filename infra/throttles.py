"""A door's limits of single operations, as the limits of their methods. Knows nothing of CDK."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.stages import Door, Throttle

Endpoint = tuple[str, str]  # method, path


class UnknownThrottle(LookupError):
    """A stage limits something that its API does not have."""


def throttles(door: Door, ways: Mapping[str, Iterable[Endpoint]]) -> dict[Endpoint, Throttle]:
    """The door's own limits, for each method of what they name. Raises UnknownThrottle."""
    unknown = sorted(set(door.throttles) - set(ways))
    if unknown:
        raise UnknownThrottle(
            f"The stage limits {', '.join(unknown)}, which the API does not have; it has {', '.join(sorted(ways))}."
        )
    return {endpoint: throttle for name, throttle in door.throttles.items() for endpoint in ways[name]}
