"""The API user of an eSignTools customer. Never shown, never logged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from esign.providers.keys import needed

FIELDS = ("username", "password")


@dataclass(frozen=True, slots=True)
class EsignToolsCredentials:
    """What `POST /v1/authenticate` takes (seeds/003, Credentials)."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def body(self) -> dict[str, str]:
        """Without `rememberMe`: a token that lives for weeks would be one more secret."""
        return {"username": self.username, "password": self.password}

    @property
    def mark(self) -> str:
        """Tells two users, or two passwords of one, apart and gives neither away."""
        return hashlib.sha256(f"{self.username}\0{self.password}".encode()).hexdigest()


def parse_credentials(stored: Mapping[str, str]) -> EsignToolsCredentials:
    """Raises CredentialsRefused when one is missing."""
    return EsignToolsCredentials(*needed(stored, *FIELDS, whose="eSignTools"))
