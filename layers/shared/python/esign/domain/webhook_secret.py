"""The secrets by which our notifications to Coupa are signed, as they lie among an account's secrets.

There each is {secret, createdAt?, endsAt?}, or its text alone where nobody kept a date. Knows nothing of signing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from esign.domain.rotation import live

STORED_AS = "webhookSecrets"  # their name among the account's secrets for notifications


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """`text` is whsec_ + base64; dates in UTC, None: not known, or not said."""

    text: str = field(repr=False)
    created_at: datetime | None = None
    ends_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at

    def ending(self, at: datetime) -> WebhookSecret:
        return replace(self, ends_at=at)


def webhook_secrets(stored: Mapping[str, Any]) -> tuple[WebhookSecret, ...]:
    """The newest first, of what `AccountStore.notification_secrets` gives."""
    return tuple(_read(one) for one in stored.get(STORED_AS, ()))


def with_webhook_secrets(stored: Mapping[str, Any], secrets: Iterable[WebhookSecret]) -> dict[str, Any]:
    """What else is stored, with these."""
    return {**stored, STORED_AS: [_written(one) for one in secrets]}


def signing(stored: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """The texts by which a notification is signed now."""
    return tuple(one.text for one in live(webhook_secrets(stored), now))


def _read(one: str | Mapping[str, str]) -> WebhookSecret:
    if isinstance(one, str):
        return WebhookSecret(one)
    return WebhookSecret(one["secret"], _date(one.get("createdAt")), _date(one.get("endsAt")))


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _written(one: WebhookSecret) -> dict[str, str]:
    dates = {"createdAt": one.created_at, "endsAt": one.ends_at}
    return {"secret": one.text} | {name: date.isoformat() for name, date in dates.items() if date}
