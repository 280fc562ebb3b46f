"""The Web API key of a customer, and who fetches the PDFs from their Atlassian site. Never shown, never logged."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from esign.providers.keys import needed

KEY = ("apiKey",)
ATLASSIAN = ("atlassianEmail", "atlassianToken")
FIELDS = KEY + ATLASSIAN


def key_headers(stored: Mapping[str, str]) -> dict[str, str]:
    """A Web API key as a bearer token (seeds/002, Keys). Raises CredentialsRefused when it is missing."""
    (key,) = needed(stored, *KEY, whose="Contract Signatures")
    return {"Authorization": f"Bearer {key}"}


def atlassian_headers(stored: Mapping[str, str]) -> dict[str, str]:
    """An Atlassian account's address and API token as HTTP Basic (contracts/contract-signatures.md §2.4)."""
    email, token = needed(stored, *ATLASSIAN, whose="Atlassian")
    basic = base64.b64encode(f"{email}:{token}".encode()).decode()
    return {"Authorization": f"Basic {basic}"}
