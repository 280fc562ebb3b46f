"""The account's own callback address: who may call it, for how long, and what is read before the token is known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from esign.domain.errors import StoreUnavailable, WrongState
from esign.domain.ids import AccountId, PackageId
from esign.operations.configure_callback import CallbackConfiguration
from esign.runtime.addresses import Keys, SignedAddresses
from esign.runtime.callbacks import NOT_FOUND, Answered, account_callback
from tests.fakes.connector import Connector
from tests.fakes.operator import Operator

KEYS = Keys("k2", {"k1": b"an older key", "k2": b"the newest key"})
ADDRESSES = SignedAddresses("https://c.example", lambda: KEYS)
PROVIDER = "connective"  # of the connector in memory
OURS, THEIRS = AccountId("ours"), AccountId("theirs")
TROUBLE = {"statusCode": 200, "headers": {}, "body": "later"}
WELL = {"statusCode": 200, "headers": {}, "body": "done"}


def token_of(url):
    return url.rpartition("/")[2]


def test_an_address_says_its_generation_and_nobody_elses():
    token = token_of(ADDRESSES.account_url("fake", OURS, generation=3))
    assert ADDRESSES.generation("fake", OURS, token) == 3
    assert ADDRESSES.generation("fake", THEIRS, token) is None
    assert ADDRESSES.generation("other", OURS, token) is None


def test_an_address_signed_by_an_older_key_stays_valid():
    older = SignedAddresses("https://c.example", lambda: Keys("k1", {"k1": KEYS.keys["k1"]}))
    token = token_of(older.account_url("fake", OURS, generation=1))
    assert ADDRESSES.generation("fake", OURS, token) == 1


@pytest.mark.parametrize(
    "token", ["", "k2", "k2.1", "k2.1.", "k9.1.x", "k2.-1.x", "k2.1e9.x", "k2.99999999999.x", "k2.²." + "A" * 32]
)
def test_a_made_up_token_is_none_of_ours(token):
    assert ADDRESSES.generation("fake", OURS, token) is None


def test_a_generation_that_was_written_otherwise_is_refused():
    token = token_of(ADDRESSES.account_url("fake", OURS, generation=1))
    kid, generation, mac = token.split(".")
    assert ADDRESSES.generation("fake", OURS, f"{kid}.2.{mac}") is None
    assert ADDRESSES.generation("fake", OURS, f"{kid}.{generation}.{mac[:-1]}") is None


def test_a_packages_token_opens_no_account():
    package = PackageId("1")  # what an account's token says in that place
    url, _ = ADDRESSES.package_url("fake", OURS, package)
    kid, mac = token_of(url).split(".")
    assert ADDRESSES.generation("fake", OURS, f"{kid}.1.{mac}") is None


class Door:
    """`account_callback` over the connector in memory; `asked` are the accounts that its answer was asked for."""

    def __init__(self):
        self.connector: Any = Connector()  # it has the ports of an App that a callback asks for
        self.asked = []
        self.fails = None
        self.handler = account_callback(PROVIDER, self._answer, trouble=TROUBLE, composition=lambda: self.connector)

    def _answer(self, _app, account, _call):
        self.asked.append(account.id)
        if self.fails:
            raise self.fails
        return Answered(WELL)

    def calls(self, token, account=None):
        account = account or self.connector.account
        parameters = {"account": account, "token": token}
        event = {"httpMethod": "POST", "path": "/", "pathParameters": parameters, "headers": {}, "body": "{}"}
        return self.handler(event, None)

    def renew(self):
        record = self.connector.access.account(self.connector.account)
        renewed = replace(record, callback_generation=record.callback_generation + 1)
        self.connector.accounts.save(record, renewed)


@pytest.fixture
def door():
    return Door()


def test_a_right_token_is_answered_by_the_vendor(door):
    assert door.calls("k1.1.token") == WELL
    assert door.asked == [door.connector.account]


def test_a_wrong_token_is_not_found_and_nothing_is_read(door):
    door.connector.accounts.get = None  # whoever reads fails
    assert door.calls("k1.1.wrong") is NOT_FOUND


def test_two_generations_are_valid_and_no_third(door):
    door.renew()
    assert [door.calls(f"k1.{generation}.token") for generation in (1, 2)] == [WELL, WELL]
    assert door.calls("k1.3.token") is NOT_FOUND
    door.renew()
    assert door.calls("k1.1.token") is NOT_FOUND


def test_an_account_of_another_provider_is_not_found(door):
    door.connector.add_account(id="elsewhere", provider="other")
    assert door.calls("k1.1.token", "elsewhere") is NOT_FOUND
    assert door.asked == []


@pytest.mark.parametrize("failure", [StoreUnavailable("DynamoDB did not answer."), RuntimeError("k1.1.token")])
def test_our_own_trouble_is_told_in_the_vendors_words(door, failure, capsys):
    door.fails = failure
    assert door.calls("k1.1.token") is TROUBLE
    line = json.loads(capsys.readouterr().out)
    assert line["Faults"] == 1
    assert "token" not in json.dumps({**line, "stack": None})


def test_when_the_provider_last_called_is_noted_to_the_hour(door):
    def last():
        return door.connector.accounts.get(door.connector.account).last_callback_at

    door.calls("k1.1.token")
    first = last()
    door.connector.clock.advance(60)
    door.calls("k1.1.token")
    assert last() == first
    door.connector.clock.advance(3600)
    door.calls("k1.1.token")
    assert last() > first


def manual(connector):
    declared = replace(connector.provider.capabilities, callback_registration="manual")
    connector.provider.capabilities = declared


def test_configure_callback_tells_the_address_that_must_be_registered():
    connector = Connector()
    manual(connector)
    callbacks = CallbackConfiguration(connector.packages, connector.access, connector.addresses, connector.clock)
    for package in (None, connector.ready().id):
        there = callbacks.get(connector.account, package).provider_callback
        assert there.url == f"https://connector.example/callbacks/{PROVIDER}/{connector.account}/k1.1.token"
        assert there.registration == "manual"
    assert callbacks.renew_address(connector.account).url.endswith("/k1.2.token")


def test_there_is_no_address_to_renew_where_it_travels_with_the_package():
    connector = Connector()
    callbacks = CallbackConfiguration(connector.packages, connector.access, connector.addresses, connector.clock)
    assert callbacks.get(connector.account, None).provider_callback.url is None
    with pytest.raises(WrongState):
        callbacks.renew_address(connector.account)


def test_the_command_shows_the_address_and_makes_a_new_one():
    operator = Operator()
    account = operator.connector.account
    manual(operator.connector)
    shown = operator.says("accounts", "show", account, "--json").json["providerCallback"]
    renewed = operator.says("accounts", "new-callback", account, "--json").json["providerCallback"]
    assert [one["url"].rpartition("/")[2] for one in (shown, renewed)] == ["k1.1.token", "k1.2.token"]
    assert "k1.3.token" in operator.says("accounts", "new-callback", account).out
    assert "k1.3.token" in operator.says("accounts", "show", account).out
