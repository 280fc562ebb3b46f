"""The Web API key of a customer, and who fetches the PDFs from their Atlassian site. Never shown, never logged."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from esign.domain.errors import CredentialsRefused

KEY = ("apiKey",)
ATLASSIAN = ("atlassianEmail", "atlassianToken")
FIELDS = KEY + ATLASSIAN


def key_headers(stored: Mapping[str, str]) -> dict[str, str]:
    """A Web API key as a bearer token (seeds/002, Keys). Raises CredentialsRefused when it is missing."""
    (key,) = _present(stored, KEY, "Contract Signatures")
    return {"Authorization": f"Bearer {key}"}


def atlassian_headers(stored: Mapping[str, str]) -> dict[str, str]:
    """An Atlassian account's address and API token as HTTP Basic (contracts/contract-signatures.md §2.4)."""
    email, token = _present(stored, ATLASSIAN, "Atlassian")
    basic = base64.b64encode(f"{email}:{token}".encode()).decode()
    return {"Authorization": f"Basic {basic}"}


def _present(stored: Mapping[str, str], names: tuple[str, ...], whose: str) -> tuple[str, ...]:
    missing = [name for name in names if not stored.get(name)]
    if missing:
        raise CredentialsRefused(f"The account's {whose} credentials lack {' and '.join(missing)}.")
    return tuple(stored[name] for name in names)
