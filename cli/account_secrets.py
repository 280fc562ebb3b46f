"""What an account proves itself with, and how it is named. Generated here, shown once, kept as a hash."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.account import AccountSecret
from esign.domain.ids import AccountId


@dataclass(frozen=True, slots=True)
class BasicSecret:
    """The password of HTTP Basic: 256 random bits."""

    text: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def stored(self, now: datetime) -> AccountSecret:
        return AccountSecret(hashlib.sha256(self.text.encode()).hexdigest(), now)


@dataclass(frozen=True, slots=True)
class NewSecrets:
    """What an account is born with; `webhook` is 256 random bits too, for the signatures of notifications."""

    basic: BasicSecret = field(default_factory=BasicSecret)
    webhook: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), repr=False
    )


def new_account_id() -> AccountId:
    """acc_ + 80 random bits in lower-case base32."""
    return AccountId("acc_" + base64.b32encode(secrets.token_bytes(10)).decode().lower())
