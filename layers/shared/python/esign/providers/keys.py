"""What every vendor asks of an account's stored credentials: that none it needs is missing. Never shown, never logged."""

from __future__ import annotations

from collections.abc import Mapping

from esign.domain.errors import CredentialsRefused


def needed(stored: Mapping[str, str], *names: str, whose: str) -> list[str]:
    """Raises CredentialsRefused when one is missing: an administrator must add it. `whose`: as its customers write it."""
    missing = [name for name in names if not stored.get(name)]
    if missing:
        raise CredentialsRefused(f"The account's {whose} credentials lack {' and '.join(missing)}.")
    return [stored[name] for name in names]
