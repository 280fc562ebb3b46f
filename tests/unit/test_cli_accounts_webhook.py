"""`esign accounts rotate-webhook`: the secret that signs notifications changes, and Coupa believes every one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.coupa.notifier import signed_headers
from esign.coupa.views import instant
from esign.domain.webhook_secret import signing
from sandbox.coupa.webhooks import problem_with
from tests.fakes.clock import START
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator

FIRST = "whsec_Zmlyc3Q="
BASIC = {"basic": {"username": "coupa", "password": "hunter2"}}


@pytest.fixture
def operator():
    made = Operator()
    made.connector.settings(secrets=(), settings={"host": "sign.example.com"}, provider="fake")
    made.connector.accounts.replace_notification_secrets(ACME, {"webhookSecrets": [FIRST], **BASIC})
    return made


def rotated(operator, *flags):
    return operator.says("accounts", "rotate-webhook", ACME, "--json", *flags)


def believes(operator, secret):
    """Whether a Coupa that knows this secret alone believes a notification that is sent now."""
    now = operator.connector.clock.now()
    by = signing(operator.connector.accounts.notification_secrets(ACME), now)
    headers = signed_headers("evt_1", int(now.timestamp()), b"{}", by)
    return problem_with(headers, b"{}", secrets=(secret,), now=now.timestamp()) is None


def test_while_two_are_live_coupa_believes_by_either_and_then_by_the_new_one_alone(operator):
    second = rotated(operator, "--overlap", "2d").json["webhookSecret"]
    assert second != FIRST
    assert believes(operator, second)
    assert believes(operator, FIRST)
    operator.connector.clock.advance(2 * 86400 - 1)
    assert believes(operator, FIRST)
    operator.connector.clock.advance(1)
    assert not believes(operator, FIRST)
    assert believes(operator, second)


def test_the_end_of_a_rotation_leaves_the_newest_alone(operator):
    second = rotated(operator).json["webhookSecret"]
    answer = rotated(operator, "--end")
    assert answer.code == 0
    assert "webhookSecret" not in answer.json
    assert [believes(operator, one) for one in (second, FIRST)] == [True, False]


def test_the_end_of_a_rotation_makes_no_secret(operator, monkeypatch):
    rotated(operator)
    monkeypatch.delattr("cli.accounts_keeping.new_webhook_secret")
    assert rotated(operator, "--end").code == 0


def test_a_third_secret_is_refused_while_two_are_live(operator):
    rotated(operator)
    before = operator.connector.accounts.notification_secrets(ACME)
    answer = operator.says("accounts", "rotate-webhook", ACME)
    assert answer.code == 1
    assert "`rotate-webhook`" in answer.err
    assert operator.connector.accounts.notification_secrets(ACME) == before


def test_how_we_prove_ourselves_to_coupas_endpoint_stays_as_it_is(operator):
    rotated(operator)
    assert operator.connector.accounts.notification_secrets(ACME)["basic"] == BASIC["basic"]


def test_an_account_that_signs_nothing_yet_begins_to(operator):
    operator.connector.accounts.replace_notification_secrets(ACME, BASIC)
    answer = rotated(operator)
    assert believes(operator, answer.json["webhookSecret"])
    assert len(answer.json["webhookSecrets"]) == 1


@pytest.mark.parametrize("flags", [("--end",), ("--overlap", "91d")])
def test_what_cannot_be_done_changes_nothing(operator, flags):
    before = operator.connector.accounts.notification_secrets(ACME)
    assert rotated(operator, *flags).code in {1, 2}
    assert operator.connector.accounts.notification_secrets(ACME) == before


def test_show_tells_how_many_are_live_and_since_when_but_never_what_they_are(operator):
    second = rotated(operator, "--overlap", "12h").json["webhookSecret"]
    operator.connector.clock.advance(3600)
    shown = operator.says("accounts", "show", ACME, "--json")
    new, before = shown.json["webhookSecrets"]
    assert new == {"createdAt": instant(START), "ageDays": 0}
    assert before == {"endsAt": instant(START + timedelta(hours=12))}
    people = operator.says("accounts", "show", ACME)
    assert f"of unknown age, ends {START + timedelta(hours=12):%Y-%m-%d %H:%M:%S}" in people.out
    for secret in (second, FIRST):
        assert secret not in shown.out + people.out
    operator.connector.clock.advance(12 * 3600)
    assert len(operator.says("accounts", "show", ACME, "--json").json["webhookSecrets"]) == 1


def test_people_are_told_what_to_do_with_it(operator):
    answer = operator.says("accounts", "rotate-webhook", ACME)
    assert "shown this once" in answer.out
    assert "webhook secret before" in answer.out
    ended = operator.says("accounts", "rotate-webhook", ACME, "--end")
    assert "only the newest secret" in ended.out


def test_an_account_without_one_says_that_nothing_is_signed(operator):
    operator.connector.accounts.replace_notification_secrets(ACME, {})
    assert "notifications are not signed" in operator.says("accounts", "show", ACME).out


def test_an_account_that_is_none_gets_no_secret(operator):
    answer = operator.says("accounts", "rotate-webhook", "acc_nobody", "--json")
    assert (answer.code, answer.error["code"]) == (1, "account_not_found")
