"""`esign accounts`, over the connector in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from esign.domain.account import AccountSecret, EvidencePolicy
from esign.domain.capabilities import Capabilities, Feature, No
from esign.domain.errors import CredentialsRefused, ProviderFault, ProviderUnavailable
from esign.domain.ids import AccountId
from esign.domain.package import Callback
from esign.domain.webhook_secret import signing
from tests.fakes.clock import START
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator

CREDENTIALS = {"username": "api", "password": "hunter2"}


@pytest.fixture
def operator():
    return Operator()


@pytest.fixture
def files(tmp_path):
    """--settings and --credentials, both right."""
    settings, credentials = tmp_path / "settings.json", tmp_path / "credentials.json"
    settings.write_text(json.dumps({"host": "sign.example.com", "initiator": "portal@example.com"}))
    credentials.write_text(json.dumps(CREDENTIALS))
    return ["--settings", settings, "--credentials", credentials]


def add(operator, files, *more, **typed):
    return operator.says("accounts", "add", "--provider", "fake", "--name", "Globex", *files, *more, **typed)


def stored(operator, answer):
    return operator.connector.accounts.get(AccountId(answer.json["account"]["id"]))


def known(operator):
    return [account.id for account in operator.connector.accounts.list()]


def test_a_new_account_has_a_random_id_and_is_saved_with_what_was_said(operator, files):
    answer = add(
        operator, files, "--source-host", "files.coupa.example", "--evidence", "optional",
        "--calls-per-minute", "30", "--json",
    )  # fmt: skip
    account = stored(operator, answer)
    assert answer.code == 0
    assert re.fullmatch(r"acc_[a-z2-7]{16}", account.id)
    assert (account.name, account.provider) == ("Globex", "fake")
    assert account.settings == {"host": "sign.example.com", "initiator": "portal@example.com"}
    assert account.source_hosts == ("files.coupa.example",)
    assert account.evidence is EvidencePolicy.OPTIONAL
    assert account.calls_per_minute == 30
    assert operator.connector.accounts.credentials(account.id) == CREDENTIALS


def test_the_basic_secret_is_shown_and_only_its_hash_is_kept(operator, files):
    answer = add(operator, files, "--json")
    secret = answer.json["secret"]
    account = stored(operator, answer)
    assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    assert [one.sha256 for one in account.secrets] == [hashlib.sha256(secret.encode()).hexdigest()]
    assert secret not in repr(account)


def test_the_webhook_secret_is_shown_and_kept_for_signing_notifications(operator, files):
    answer = add(operator, files, "--json")
    webhook = answer.json["webhookSecret"]
    kept = operator.connector.accounts.notification_secrets(AccountId(answer.json["account"]["id"]))
    assert signing(kept, operator.connector.clock.now()) == (webhook,)
    assert len(base64.b64decode(webhook.removeprefix("whsec_"), validate=True)) == 32


def test_two_accounts_share_nothing_secret(operator, files):
    first, second = add(operator, files, "--json").json, add(operator, files, "--json").json
    assert first["account"]["id"] != second["account"]["id"]
    assert first["secret"] != second["secret"]
    assert first["webhookSecret"] != second["webhookSecret"]


def test_people_see_both_secrets_and_that_they_come_once(operator, files):
    answer = add(operator, files)
    (new,) = [identifier for identifier in known(operator) if identifier != ACME]
    (webhook,) = signing(operator.connector.accounts.notification_secrets(new), operator.connector.clock.now())
    assert new in answer.out
    assert webhook in answer.out
    assert "shown this once" in answer.out
    assert "hunter2" not in answer.out + answer.err


def test_the_provider_is_asked_with_the_new_credentials_before_anything_is_saved(operator, files):
    during = []
    operator.connector.provider.during["verify"] = lambda: during.append(known(operator))
    answer = add(operator, files, "--json")
    ((account, credentials),) = operator.vendor.opened
    assert during == [[ACME]]
    assert credentials == CREDENTIALS
    assert account.settings["host"] == "sign.example.com"
    assert answer.json["identity"] == "Fake service"


def test_refused_credentials_save_nothing(operator, files):
    fault = ProviderFault("fake", 401, "User.Unknown", "no such user")
    operator.connector.provider.fail["verify"] = [CredentialsRefused("fake answered 401", fault=fault)]
    answer = add(operator, files)
    assert answer.code == 1
    assert answer.out == ""
    assert "Fake answered 401. The provider said: User.Unknown - no such user." in answer.err
    assert "Nothing was saved." in answer.err
    assert known(operator) == [ACME]


def test_a_provider_that_is_down_can_be_left_out_on_demand(operator, files):
    operator.connector.provider.fail["verify"] = [ProviderUnavailable("fake could not be reached")]
    refused = add(operator, files)
    assert refused.code == 1
    assert "--no-verify" in refused.err
    saved = add(operator, files, "--no-verify", "--json")
    assert saved.code == 0
    assert "identity" not in saved.json
    assert operator.connector.provider.calls == ["verify"]


def test_wrong_settings_are_told_field_by_field(operator, files, tmp_path):
    (tmp_path / "settings.json").write_text('{"colour": "red"}')
    answer = add(operator, files)
    assert answer.code == 2
    assert "/settings/colour: Not known." in answer.err
    assert "/settings/host: Field required." in answer.err
    assert known(operator) == [ACME]


def test_wrong_settings_are_told_to_machines_by_pointer(operator, files, tmp_path):
    (tmp_path / "settings.json").write_text("{}")
    answer = add(operator, files, "--json")
    assert answer.code == 2
    assert answer.error["errors"] == [{"pointer": "/settings/host", "code": "missing", "detail": "Field required."}]


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"host": ', "settings.json is not JSON (line 1)"), ("[]", "settings.json must hold one JSON object")],
)
def test_a_settings_file_that_is_no_json_object_is_a_usage_error(operator, files, tmp_path, text, told):
    (tmp_path / "settings.json").write_text(text)
    answer = add(operator, files)
    assert answer.code == 2
    assert told in answer.err


def test_credentials_that_are_missing_or_unknown_are_named_without_their_values(operator, files, tmp_path):
    (tmp_path / "credentials.json").write_text('{"username": "api", "pasword": "hunter2"}')
    answer = add(operator, files)
    assert answer.code == 2
    assert "/password: A text is needed here." in answer.err
    assert "/pasword: The account needs no such credential." in answer.err
    assert "hunter2" not in answer.err


def test_without_a_file_the_credentials_are_asked_for_and_the_password_is_not_echoed(operator, files):
    answer = add(operator, files[:2], types="api\nhunter2\n")
    (new,) = [identifier for identifier in known(operator) if identifier != ACME]
    assert operator.connector.accounts.credentials(new) == CREDENTIALS
    assert "Provider's password" in answer.err
    assert "hunter2" not in answer.err + answer.out


def test_credentials_cannot_be_given_on_the_command_line(operator, files):
    answer = add(operator, files, "--password", "hunter2")
    assert answer.code == 2
    assert known(operator) == [ACME]


@pytest.mark.parametrize("host", ["https://files.example.com", "files", "files.example.com/x", "*", "a.*.example"])
def test_a_source_host_must_be_a_host_name(operator, files, host):
    assert add(operator, files, "--source-host", host).code == 2
    assert known(operator) == [ACME]


def test_an_unknown_provider_is_a_usage_error(operator, files):
    answer = operator.says("accounts", "add", "--provider", "docusign", "--name", "Globex", *files)
    assert answer.code == 2
    assert "docusign" in answer.err


def test_an_account_whose_provider_calls_nobody_back_is_polled_fast(operator, files):
    silent = {**dict.fromkeys(Feature), Feature.CALLBACK: No("it calls nobody")}
    assert stored(operator, add(operator, files, "--json")).fast_poll is False
    operator.connector.provider.capabilities = Capabilities("fake", silent)
    assert stored(operator, add(operator, files, "--json")).fast_poll is True


def test_the_list_names_every_account(operator, files):
    new = add(operator, files, "--json").json["account"]["id"]
    listed = operator.says("accounts", "list", "--json").json["accounts"]
    assert {account["id"]: account["name"] for account in listed} == {ACME: "Acme", new: "Globex"}
    table = operator.says("accounts", "list").out
    assert new in table
    assert "Globex" in table


def test_show_tells_ages_and_callback_but_no_secret(operator):
    digest = "ab" * 32
    operator.connector.add_account(
        id="globex",
        settings={"host": "sign.example.com", "initiator": "anna.berg@example.com"},
        secrets=(AccountSecret(digest, START),),
        callback=Callback("https://coupa.example/hook?token=s3cret", ("package.completed",)),
    )
    operator.connector.clock.advance(3 * 86400)
    for flags in ((), ("--json",)):
        answer = operator.says("accounts", "show", "globex", *flags)
        assert answer.code == 0
        assert "https://coupa.example/hook" in answer.out
        assert not any(word in answer.out for word in (digest, "s3cret", "anna.berg"))
    view = operator.says("accounts", "show", "globex", "--json").json
    assert [secret["ageDays"] for secret in view["secrets"]] == [3]
    assert view["settings"] == {"host": "sign.example.com", "initiator": "…@example.com"}
    assert view["providerCallback"] == {"registration": "automatic"}
    assert "3 days old" in operator.says("accounts", "show", "globex").out


def test_show_tells_addresses_when_asked_for(operator):
    operator.connector.add_account(id="globex", settings={"initiator": "anna.berg@example.com"})
    assert "anna.berg@example.com" in operator.says("accounts", "show", "globex", "--personal").out


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_account_fails_with_where_to_look(operator, command):
    answer = operator.says("accounts", command, "acc_nobody")
    assert answer.code == 1
    assert answer.err == "Error: No such account. `esign accounts list` shows those that exist.\n"


def test_verify_asks_the_provider(operator):
    answer = operator.says("accounts", "verify", ACME, "--json")
    assert answer.json == {"account": ACME, "identity": "Fake service", "remarks": []}
    assert operator.connector.provider.calls == ["verify"]
    assert "Fake service" in operator.says("accounts", "verify", ACME).out


def test_verify_of_refused_credentials_fails_and_drops_them_from_the_cache(operator):
    operator.connector.provider.fail["verify"] = [CredentialsRefused("fake answered 401")]
    answer = operator.says("accounts", "verify", ACME, "--json")
    assert answer.code == 1
    assert answer.error["code"] == "credentials_refused"
    assert operator.connector.accounts.forgotten == [ACME]
