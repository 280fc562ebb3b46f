"""Finds the route of a request with API Gateway's precedence: a word before `{x}`, `{x}` before `{x+}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from sandbox.cloud.gateway.model import Route


def find_route(routes: Iterable[Route], method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The route and its decoded path parameters. `path` is as sent, still encoded."""
    segments = path.strip("/").split("/") if path != "/" else []
    found = [
        (_specificity(route), route, parameters)
        for route in routes
        if route.method in (method, "ANY")
        if (parameters := _match(_segments(route), segments)) is not None
    ]
    if not found:
        return None
    _, route, parameters = max(found, key=lambda one: (one[0], one[1].method == method))
    return route, parameters


def _segments(route: Route) -> list[str]:
    return route.path.strip("/").split("/") if route.path != "/" else []


def _specificity(route: Route) -> list[int]:
    return [0 if part.endswith("+}") else 1 if part.startswith("{") else 2 for part in _segments(route)]


def _match(template: list[str], segments: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for position, part in enumerate(template):
        if position >= len(segments) or not segments[position]:
            return None
        if part.endswith("+}"):
            return {**parameters, part[1:-2]: "/".join(unquote(segment) for segment in segments[position:])}
        if part.startswith("{"):
            parameters[part[1:-1]] = unquote(segments[position])
        elif part != unquote(segments[position]):
            return None
    return parameters if len(template) == len(segments) else None
