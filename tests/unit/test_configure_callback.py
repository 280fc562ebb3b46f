"""configureCallback: credentials are kept with the account's secrets, one way of authentication at a time, and go to the
address that they were given with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from esign.domain.callback_credentials import SETS
from esign.domain.errors import StaleVersion
from esign.domain.events import Event
from esign.domain.package import Callback
from esign.operations.configure_callback import CallbackConfiguration
from esign.operations.notification_secrets import notification_secrets
from esign.ports import DeliveryAnswer
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.connector import Connector
from tests.fakes.world import RecordingNotifier

HOOK = Callback("https://coupa.example/hook")
OTHER = Callback("https://other.example/hook")
BASIC = {"basic": {"username": "u", "password": "p"}}
NEW = {"basic": {"username": "u", "password": "new"}}
OAUTH2 = {"oauth2": {"tokenUrl": "https://login.example/token", "clientId": "us", "clientSecret": "s"}}
SIGNING = {"webhookSecrets": ["whsec_a"]}


class CachedAccounts(MemoryAccounts):
    """The store of a warm process: who does not ask for fresh secrets gets those that it saw last."""

    def __init__(self, store: MemoryAccounts) -> None:
        super().__init__()
        self.__dict__.update(store.__dict__)
        self.cache: dict[str, object] = {}

    def notification_secrets(self, account, *, fresh=False):
        if fresh or account not in self.cache:
            self.cache[account] = super().notification_secrets(account)
        return self.cache[account]


class Listening(RecordingNotifier):
    """Hears where a notification goes and what it carries."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, Any]] = []

    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer:
        self.heard.append((callback.url, secrets))
        return super().notify(event, callback, secrets)


def a_connector() -> Connector:
    connector = Connector()
    connector.accounts.replace_notification_secrets(connector.account, SIGNING)
    return connector


def callbacks_of(connector):
    return CallbackConfiguration(connector.packages, connector.access, connector.addresses, connector.clock)


def carried(connector, accounts=None):
    """What a notification carries now."""
    record = connector.access.account(connector.account)
    return notification_secrets(record, accounts or connector.accounts)


def configured(*authentications):
    connector = a_connector()
    for authentication in authentications:
        callbacks_of(connector).put(connector.account, None, HOOK, authentication=authentication)
    return carried(connector)


def test_a_new_way_of_authentication_replaces_the_former_and_keeps_the_webhook_secrets():
    assert configured(BASIC, OAUTH2) == SIGNING | OAUTH2
    assert configured(OAUTH2, BASIC) == SIGNING | BASIC


def test_a_callback_without_authentication_leaves_it_as_it_was():
    assert configured(OAUTH2, None) == SIGNING | OAUTH2


def test_an_account_without_authentication_is_told_signed_only():
    assert configured(None) == SIGNING


def test_credentials_that_no_callback_names_are_never_carried():
    connector = a_connector()
    connector.accounts.replace_notification_secrets(connector.account, {**SIGNING, **BASIC, SETS: {"one": OAUTH2}})
    assert carried(connector) == SIGNING


def test_a_warm_process_calls_a_new_address_with_its_own_credentials_at_once():
    connector = a_connector()
    warm, callbacks = CachedAccounts(connector.accounts), callbacks_of(connector)
    callbacks.put(connector.account, None, HOOK, authentication=BASIC)
    assert carried(connector, warm) == SIGNING | BASIC
    callbacks.put(connector.account, None, OTHER, authentication=NEW)
    assert carried(connector, warm) == SIGNING | NEW


def test_a_turn_that_began_with_the_former_address_never_sees_the_new_credentials():
    connector = a_connector()
    callbacks = callbacks_of(connector)
    callbacks.put(connector.account, None, HOOK, authentication=BASIC)
    began = connector.access.account(connector.account)
    callbacks.put(connector.account, None, OTHER, authentication=NEW)
    assert notification_secrets(began, connector.accounts) == SIGNING | BASIC


def test_credentials_that_are_gone_are_replaced_by_none():
    connector = a_connector()
    callbacks_of(connector).put(connector.account, None, HOOK, authentication=BASIC)
    connector.accounts.replace_notification_secrets(connector.account, SIGNING)
    assert carried(connector) == SIGNING


def test_who_loses_a_race_changes_neither_address_nor_credentials(monkeypatch):
    connector = a_connector()
    accounts, callbacks = connector.accounts, callbacks_of(connector)
    callbacks.put(connector.account, None, HOOK, authentication=BASIC)
    keep = accounts.replace_notification_secrets

    def overtaken(account, secrets):
        keep(account, secrets)
        connector.settings(name="renamed meanwhile")

    monkeypatch.setattr(accounts, "replace_notification_secrets", overtaken)
    for _ in range(5):
        with pytest.raises(StaleVersion):
            callbacks.put(connector.account, None, OTHER, authentication=NEW)
    assert accounts.get(connector.account).callback.url == HOOK.url
    assert carried(connector) == SIGNING | BASIC


def test_a_request_keeps_what_another_one_wrote_and_has_still_to_name(monkeypatch):
    """The first has written its credentials when the second comes, writes its own, and is overtaken by the first."""
    connector = a_connector()
    accounts, callbacks = connector.accounts, callbacks_of(connector)
    save, saved = accounts.save, []

    def first(*ours):
        def second(*theirs):
            saved.append(save(*ours))
            return save(*theirs)

        monkeypatch.setattr(accounts, "save", second)
        with pytest.raises(StaleVersion):
            callbacks.put(connector.account, None, OTHER, authentication=NEW)
        return saved[0]

    monkeypatch.setattr(accounts, "save", first)
    callbacks.put(connector.account, None, HOOK, authentication=BASIC)
    assert carried(connector) == SIGNING | BASIC


def test_credentials_do_not_heap_up():
    connector = a_connector()
    for number in range(9):
        wish = {"basic": {"username": "u", "password": str(number)}}
        callbacks_of(connector).put(connector.account, None, HOOK, authentication=wish)
    assert len(connector.accounts.notification_secrets(connector.account)[SETS]) <= 3


def test_a_removed_callback_takes_its_credentials_along():
    connector = a_connector()
    callbacks = callbacks_of(connector)
    callbacks.put(connector.account, None, HOOK, authentication=BASIC)
    callbacks.delete(connector.account, None)
    assert connector.accounts.notification_secrets(connector.account) == SIGNING
    callbacks.put(connector.account, None, OTHER)
    assert carried(connector) == SIGNING


def test_a_packages_own_callback_is_called_with_the_accounts_credentials():
    connector = a_connector()
    callbacks_of(connector).put(connector.account, None, HOOK, authentication=BASIC)
    package = connector.sent()
    callbacks_of(connector).put(connector.account, package.id, OTHER)
    connector.notifier = listening = Listening()
    connector.deliver(package.id)
    assert listening.heard == [(OTHER.url, SIGNING | BASIC)]


def test_a_changed_callback_keeps_its_credentials_when_the_endpoint_is_gone_for_good():
    connector = a_connector()
    callbacks_of(connector).put(connector.account, None, HOOK, authentication=BASIC)
    named = connector.access.account(connector.account).callback
    assert named is not None
    connector.settings(callback=replace(named, disabled_at=connector.clock.now(), reason="410"))
    callbacks_of(connector).put(connector.account, None, HOOK)
    assert carried(connector) == SIGNING | BASIC
