"""The authorizer of Coupa's API: which account calls (HTTP Basic)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.runtime.authorizer import authorize
from esign.runtime.composition import app


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    return authorize(event, app().accounts, now=app().clock.now())
