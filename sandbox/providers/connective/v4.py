"""API v4."""

from __future__ import annotations

from sandbox.providers.connective.web import Route

ROUTES: tuple[Route, ...] = ()
