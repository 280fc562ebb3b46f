"""What an account and its notifications prove themselves with, and how it is named. Generated here, shown once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from esign.domain.account import AccountSecret
from esign.domain.ids import AccountId
from esign.domain.webhook_secret import WebhookSecret


@dataclass(frozen=True, slots=True)
class BasicSecret:
    """The password of HTTP Basic: 256 random bits, kept as a hash."""

    text: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def stored(self, now: datetime) -> AccountSecret:
        return AccountSecret(hashlib.sha256(self.text.encode()).hexdigest(), now)


def new_webhook_secret(now: datetime) -> WebhookSecret:
    """256 random bits too, for the signatures of notifications; kept as it is, since we sign with it."""
    return WebhookSecret("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), now)


def new_account_id() -> AccountId:
    """acc_ + 80 random bits in lower-case base32."""
    return AccountId("acc_" + base64.b32encode(secrets.token_bytes(10)).decode().lower())
