"""The API user of a customer's Connective environment. Never shown, never logged."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from esign.providers.keys import needed

FIELDS = ("username", "password")


@dataclass(frozen=True, slots=True)
class ConnectiveCredentials:
    """HTTP Basic (contracts/connective.md §A1; seeds/001, Creating a connection)."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def headers(self) -> dict[str, str]:
        token = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}


def parse_credentials(stored: Mapping[str, str]) -> ConnectiveCredentials:
    """Raises CredentialsRefused when one is missing."""
    return ConnectiveCredentials(*needed(stored, *FIELDS, whose="Connective"))
