"""What an administrator reads about an account's settings and credentials. For `esign accounts template`; no function
loads it. It knows no vendor: each one's folder says what there is to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esign.providers.typed import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """Names are as they are written in files: camelCase, and `outer.inner` for what stands inside another setting."""

    model: type[Typed]  # the settings' types, limits and defaults
    settings: Mapping[str, str]  # a line for each setting, in the order in which people want to read them
    credentials: Mapping[str, str]  # a line for each secret that any door needs
    examples: Mapping[str, Mapping[str, Any]]  # by door (runtime/providers.py): the least that it needs
