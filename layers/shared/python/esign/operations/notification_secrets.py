"""What signs a notification and what it carries, as of the account's callback that was read with it.

Secrets are cached for minutes and the callback is read anew for each turn: those that do not have what it names are older.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.domain.account import Account
from esign.domain.callback_credentials import credentials
from esign.domain.webhook_secret import STORED_AS
from esign.ports import AccountStore


def notification_secrets(account: Account, accounts: AccountStore) -> Mapping[str, Any]:
    """As `CoupaNotifier.notify` takes them. Credentials that are nowhere are none: the endpoint says what it thinks of
    that, and no others are tried."""
    name = account.callback.credentials if account.callback else None
    stored = accounts.notification_secrets(account.id)
    found = credentials(stored, name)
    if found is None:
        stored = accounts.notification_secrets(account.id, fresh=True)
        found = credentials(stored, name)
    return {STORED_AS: stored.get(STORED_AS, ()), **(found or {})}
