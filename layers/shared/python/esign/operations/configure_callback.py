"""configureCallback: where Coupa wants to hear of events, for the account or for one package.

The answer also tells what stands on the provider's platform: our own callback address, set by us where the provider
takes one with each package, else to be registered by an administrator.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from esign.domain.account import Account
from esign.domain.callback_credentials import with_credentials, without_credentials
from esign.domain.errors import NotFound, WrongState
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId
from esign.domain.package import Callback, Package
from esign.operations.claim import Claim
from esign.operations.packages import Change, change, load
from esign.operations.provider_access import ProviderAccess
from esign.ports import CallbackAddresses, Clock, PackageStore


@dataclass(frozen=True, slots=True)
class ProviderCallback:
    """`url` None: it travels with each package and differs for each. With manual registration it is the account's own,
    for an administrator to register at the provider."""

    url: str | None
    registration: str  # automatic | manual
    last_call_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallbackView:
    callback: Callback | None
    provider_callback: ProviderCallback


@dataclass(frozen=True, slots=True)
class CallbackConfiguration:
    """The ports that all three verbs need."""

    packages: PackageStore
    access: ProviderAccess
    addresses: CallbackAddresses
    clock: Clock

    def get(self, account: AccountId, package_id: str | None) -> CallbackView:
        record = self.access.account(account)
        if package_id is None:
            return CallbackView(record.callback, self._at_provider(record, None))
        package = load(self.packages, account, package_id)
        return CallbackView(package.callback, self._at_provider(record, package))

    def put(
        self,
        account: AccountId,
        package_id: str | None,
        callback: Callback,
        *,
        authentication: Mapping[str, Any] | None = None,
    ) -> CallbackView:
        """`authentication` (account only) is kept with the account's secrets and never shown again; None: the callback's
        stays as it is."""
        if package_id is None:
            return self._put_account(account, callback, authentication)
        package = load(self.packages, account, package_id)
        return self._put_package(package, callback, "Coupa set the package's callback.")

    def delete(self, account: AccountId, package_id: str | None, *, claim: Claim | None = None) -> None:
        if package_id is None:
            self._delete_account(account)
            return
        package = load(self.packages, account, package_id)
        if package.callback is None:
            raise NotFound("The package has no callback of its own.", code="callback_not_found")
        self._put_package(package, None, "Coupa removed the package's callback.", claim=claim)

    def renew_address(self, account: AccountId) -> ProviderCallback:
        """A new address for the provider's administrator; the former stays valid until the next one is made. Raises
        WrongState where the provider is told an address with each package."""
        record = self.access.account(account)
        if self._at_provider(record, None).registration != "manual":
            raise WrongState("The provider is told a callback address with each package; there is none to renew.")
        renewed = replace(record, callback_generation=record.callback_generation + 1)
        return self._at_provider(self.access.accounts.save(record, renewed), None)

    def _put_account(
        self, account: AccountId, callback: Callback, authentication: Mapping[str, Any] | None
    ) -> CallbackView:
        """The credentials, then the callback that names them: address and credentials change in one write, or neither."""
        record = self.access.account(account)
        name = record.callback.credentials if record.callback else None
        if authentication is not None:
            former, name = name, uuid.uuid4().hex
            known = self.access.accounts.notification_secrets(account, fresh=True)
            secrets = with_credentials(known, name, authentication, former=former)
            self.access.accounts.replace_notification_secrets(account, secrets)
        saved = self.access.accounts.save(record, replace(record, callback=replace(callback, credentials=name)))
        return CallbackView(saved.callback, self._at_provider(saved, None))

    def _delete_account(self, account: AccountId) -> None:
        """The callback, then its credentials: a crash in between leaves some that nothing names."""
        record, accounts = self.access.account(account), self.access.accounts
        accounts.save(record, replace(record, callback=None))
        if record.callback and record.callback.credentials:
            known = accounts.notification_secrets(account, fresh=True)
            accounts.replace_notification_secrets(account, without_credentials(known))

    def _put_package(
        self, package: Package, callback: Callback | None, text: str, *, claim: Claim | None = None
    ) -> CallbackView:
        def decide(current: Package) -> Change:
            now = self.clock.now()
            told = entry(now, EntryKind.COUPA_CALL, text)
            return Change(replace(current, callback=callback, updated_at=now), timeline=(told,))

        changed = change(self.packages, package, decide, claim=claim)
        record = self.access.account(package.account)
        return CallbackView(changed.callback, self._at_provider(record, changed))

    def _at_provider(self, record: Account, package: Package | None) -> ProviderCallback:
        registration = self.access.providers.capabilities(record).callback_registration
        url = None
        if registration == "manual":
            url = self.addresses.account_url(record.provider, record.id, generation=record.callback_generation)
        elif package is not None:
            url, _ = self.addresses.package_url(record.provider, record.id, package.id, key=package.callback_key)
        last = package.last_callback_at if package is not None else record.last_callback_at
        return ProviderCallback(url, registration, last)
