"""`esign accounts rotate | disable | enable | remove | credentials | settings`, over the connector in memory."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cli.session import Session
from esign.domain.capabilities import Capabilities, Feature, No
from esign.domain.errors import CredentialsRefused
from esign.domain.ids import AccountId
from esign.domain.package import Callback
from esign.domain.status import PackageStatus
from esign.http.deadline import Deadline
from esign.runtime.authorizer import authenticate
from tests.fakes.clock import START
from tests.fakes.factories import ACME
from tests.fakes.operator import Operator

RENEWED = {"username": "api", "password": "hunter3"}


class Holder(Operator):
    """Of an account whose Basic secret they know."""

    first: str


@pytest.fixture
def operator():
    made = Holder()
    made.connector.settings(secrets=(), settings={"host": "sign.example.com"}, provider="fake")
    made.first = made.says("accounts", "rotate", ACME, "--json").json["secret"]
    return made


@pytest.fixture
def file(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return written


def account(operator, identifier=ACME):
    return operator.connector.accounts.get(AccountId(identifier))


def opens(operator, secret):
    """Whether Coupa gets in by it now."""
    header = "Basic " + base64.b64encode(f"{ACME}:{secret}".encode()).decode()
    clock = operator.connector.clock
    return authenticate(header, operator.connector.accounts.get, now=clock.now()) is not None


# ------------------------------------------------------------------------------------------------------------ rotation


def test_a_rotation_shows_a_new_secret_once_and_leaves_the_one_before_until_the_overlap_is_over(operator):
    answer = operator.says("accounts", "rotate", ACME, "--overlap", "2d", "--json")
    second = answer.json["secret"]
    assert second != operator.first
    assert opens(operator, second)
    assert opens(operator, operator.first)
    operator.connector.clock.advance(2 * 86400 - 1)
    assert opens(operator, operator.first)
    operator.connector.clock.advance(1)
    assert not opens(operator, operator.first)
    assert opens(operator, second)
    assert hashlib.sha256(second.encode()).hexdigest() not in answer.out
    assert second not in operator.says("accounts", "show", ACME).out


def test_the_overlap_is_a_week_unless_said_otherwise(operator):
    operator.says("accounts", "rotate", ACME)
    assert [one.ends_at for one in account(operator).secrets] == [None, START + timedelta(days=7)]


def test_people_are_told_when_the_one_before_ends(operator):
    answer = operator.says("accounts", "rotate", ACME, "--overlap", "12h")
    assert account(operator).secrets[1].ends_at == START + timedelta(hours=12)
    assert "shown this once" in answer.out
    assert f"ends {START + timedelta(hours=12):%Y-%m-%d %H:%M:%S}" in answer.out


def test_the_end_of_a_rotation_leaves_the_newest_secret_alone(operator):
    second = operator.says("accounts", "rotate", ACME, "--json").json["secret"]
    answer = operator.says("accounts", "rotate", ACME, "--end", "--json")
    assert answer.code == 0
    assert "secret" not in answer.json
    assert [opens(operator, one) for one in (second, operator.first)] == [True, False]


def test_a_third_secret_is_refused_while_two_are_live_and_not_afterwards(operator):
    operator.says("accounts", "rotate", ACME)
    before = account(operator)
    answer = operator.says("accounts", "rotate", ACME)
    assert answer.code == 1
    assert "`esign accounts rotate ACCOUNT --end`" in answer.err
    assert account(operator) == before
    operator.connector.clock.advance(7 * 86400)
    assert operator.says("accounts", "rotate", ACME).code == 0
    assert len(account(operator).secrets) == 2


def test_ending_a_rotation_that_is_none_is_told(operator):
    answer = operator.says("accounts", "rotate", ACME, "--end", "--json")
    assert answer.code == 1
    assert answer.error["code"] == "no_rotation"
    assert opens(operator, operator.first)


@pytest.mark.parametrize("overlap", ["7", "d", "-1d", "7 d", "1w", "91d", "99999h", ""])
def test_an_overlap_that_is_none_is_a_usage_error(operator, overlap):
    before = account(operator)
    assert operator.says("accounts", "rotate", ACME, "--overlap", overlap).code == 2
    assert account(operator) == before


def test_show_tells_the_last_use_of_each_secret(operator):
    operator.says("accounts", "rotate", ACME)
    record = account(operator)
    used = START + timedelta(hours=3)
    operator.connector.accounts.note_secret_use(record, record.secrets[1], at=used)
    new, old = operator.says("accounts", "show", ACME, "--json").json["secrets"]
    assert "lastUsedAt" not in new
    assert old["lastUsedAt"].startswith(f"{used:%Y-%m-%dT%H:%M:%S}")
    shown = operator.says("accounts", "show", ACME).out
    assert "never used" in shown
    assert f"last used {used:%Y-%m-%d %H:%M:%S}" in shown


# ----------------------------------------------------------------------------------------------------- disable, enable


def test_a_disabled_account_lets_nobody_in_and_an_enabled_one_does_again(operator):
    assert operator.says("accounts", "disable", ACME, "--json").json == {"account": ACME, "enabled": False}
    assert not opens(operator, operator.first)
    assert operator.says("accounts", "enable", ACME, "--json").json == {"account": ACME, "enabled": True}
    assert opens(operator, operator.first)


def test_what_is_under_way_when_its_account_is_disabled_is_finished_and_told(operator):
    connector = operator.connector
    package = connector.sent()
    operator.says("accounts", "disable", ACME)
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.callback(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.COMPLETE
    assert connector.deliver(package.id) > 0


# -------------------------------------------------------------------------------------------------------------- remove


@pytest.fixture
def disabled(operator):
    operator.says("accounts", "disable", ACME)
    return operator


def remove(operator, *flags, **typed):
    return operator.says("accounts", "remove", ACME, "--json", *flags, **typed)


def reasons(answer):
    return {(one["pointer"], one["code"]) for one in answer.error["errors"]}


def ended(operator):
    """A package that was signed, and whose events Coupa took."""
    connector = operator.connector
    package = connector.sent()
    connector.provider.sign(package.recipients[0].id, at=connector.clock.now(), last=True)
    connector.callback(package.id)
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    return package


def test_an_account_without_packages_goes_with_its_secrets(disabled):
    assert remove(disabled, "--yes").json == {"account": ACME, "removed": True}
    assert account(disabled) is None
    assert disabled.says("accounts", "show", ACME).code == 1


def test_an_enabled_account_is_not_removed(operator):
    answer = remove(operator, "--yes")
    assert answer.code == 1
    assert answer.error["code"] == "account_enabled"
    assert "`esign accounts disable ACCOUNT`" in answer.error["detail"]
    assert account(operator) is not None


@pytest.mark.parametrize("typed", ["yes\n", "\n"])
def test_the_id_has_to_be_typed_once_more(disabled, typed):
    answer = disabled.says("accounts", "remove", ACME, types=typed)
    assert answer.code == 1
    assert account(disabled) is not None


def test_whoever_types_the_id_has_it_removed(disabled):
    assert disabled.says("accounts", "remove", ACME, types=f"{ACME}\n").code == 0
    assert account(disabled) is None


def test_open_packages_stand_in_the_way_and_are_named(disabled):
    draft, sent = disabled.connector.create().package, disabled.connector.sent()
    answer = remove(disabled, "--yes", "--leave-archive")
    assert answer.code == 1
    assert answer.error["code"] == "account_in_use"
    assert reasons(answer) == {(draft.id, "open"), (sent.id, "open")}
    assert account(disabled) is not None


def test_locked_files_stand_in_the_way_until_their_lock_has_ended(disabled):
    package = ended(disabled)
    answer = remove(disabled, "--yes", "--leave-archive")
    assert reasons(answer) == {(package.id, "locked")}
    (problem,) = answer.error["errors"]
    assert f"locked until {START + timedelta(days=1):%Y-%m-%d}" in problem["detail"]
    disabled.connector.clock.advance(2 * 86400)
    assert reasons(remove(disabled, "--yes")) == {(package.id, "archived")}
    assert remove(disabled, "--yes", "--leave-archive").code == 0
    assert account(disabled) is None


def test_what_was_left_behind_asks_for_no_rules_of_an_account_that_is_gone(disabled):
    package = ended(disabled)
    disabled.connector.clock.advance(2 * 86400)
    assert remove(disabled, "--yes", "--leave-archive").code == 0
    assert disabled.connector.retention.apply(AccountId(ACME), package.id) is None


def test_events_that_wait_stand_in_the_way(disabled):
    connector = disabled.connector
    package = connector.sent()
    connector.delete(package.id)
    connector.run_refresh(package.id)
    assert connector.now(package.id).status is PackageStatus.CANCELLED
    assert reasons(remove(disabled, "--yes", "--leave-archive")) == {(package.id, "untold")}
    connector.deliver(package.id)
    assert reasons(remove(disabled, "--yes")) == {(package.id, "personal")}


def test_a_legal_hold_stands_in_the_way_even_of_who_leaves_the_archive(disabled):
    package = ended(disabled)
    disabled.connector.clock.advance(2 * 86400)
    disabled.says("packages", "hold", ACME, package.id)
    assert reasons(remove(disabled, "--yes", "--leave-archive")) == {(package.id, "held")}


def test_no_more_than_twenty_reasons_are_told(disabled):
    for _ in range(25):
        disabled.connector.create()
    assert len(remove(disabled, "--yes").error["errors"]) == 20


# --------------------------------------------------------------------------------------------- credentials and settings


def test_new_credentials_are_proven_by_a_real_call_before_they_replace_the_old_ones(operator, file):
    before = operator.connector.accounts.credentials(ACME)
    during = []
    operator.connector.provider.during["verify"] = lambda: during.append(operator.connector.accounts.credentials(ACME))
    answer = operator.says("accounts", "credentials", ACME, "--credentials", file("c.json", RENEWED), "--json")
    assert answer.json == {
        "account": ACME, "replaced": ["username", "password"], "identity": "Fake service", "remarks": [],
    }  # fmt: skip
    assert during == [before]
    assert operator.vendor.opened[-1][1] == operator.connector.accounts.credentials(ACME) == RENEWED
    assert "hunter3" not in answer.out + answer.err


def test_credentials_that_the_provider_refuses_replace_nothing(operator, file):
    before = operator.connector.accounts.credentials(ACME)
    operator.connector.provider.fail["verify"] = [CredentialsRefused("fake answered 401")]
    answer = operator.says("accounts", "credentials", ACME, "--credentials", file("c.json", RENEWED))
    assert answer.code == 1
    assert "Nothing was saved." in answer.err
    assert operator.connector.accounts.credentials(ACME) == before


def test_without_a_file_new_credentials_are_typed_unseen(operator):
    assert operator.says("accounts", "credentials", ACME, types="api\nhunter3\n").code == 0
    assert operator.connector.accounts.credentials(ACME) == RENEWED


def test_people_are_told_when_running_functions_follow(operator, file):
    answer = operator.says("accounts", "credentials", ACME, "--credentials", file("c.json", RENEWED))
    words = " ".join(answer.out.split())
    assert "when the provider refuses those they have" in words
    assert "five minutes" in words


def test_the_time_for_the_provider_begins_when_it_is_asked_however_long_somebody_types(operator, monkeypatch):
    now, left = [0.0], []
    stage, asked, opened = operator.stage, Session.ask, operator.vendor.open_provider

    def types_slowly(session, what, **how):
        now[0] += 90.0
        return asked(session, what, **how)

    def open_provider(account, opening):
        left.append(opening.deadline.remaining())
        return opened(account, opening)

    deadline = Deadline(120.0, clock=lambda: now[0])
    monkeypatch.setattr(operator, "stage", lambda *where: stage(*where).until(deadline))
    monkeypatch.setattr(Session, "ask", types_slowly)
    monkeypatch.setattr(operator.vendor, "open_provider", open_provider)
    assert operator.says("accounts", "credentials", ACME, types="api\nhunter3\n").code == 0
    assert deadline.passed
    assert left == [pytest.approx(120.0, abs=30)]


def test_new_settings_are_checked_proven_and_counted(operator, file):
    settings = file("s.toml", 'host = "other.example.com"\ninitiator = "p@example.com"\n')
    answer = operator.says("accounts", "settings", ACME, "--file", settings, "--json")
    assert answer.json["settingsVersion"] == 2
    assert account(operator).settings == {"host": "other.example.com", "initiator": "p@example.com"}
    assert operator.vendor.opened[-1][0].settings["host"] == "other.example.com"
    assert answer.json["identity"] == "Fake service"
    assert "p@example.com" not in answer.out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("s.json", {"hots": "x"}, "/settings/hots"),
        ("s.json", "{", "s.json is not JSON (line 1)"),
        ("s.toml", 'host = "x"\nhost\n', "s.toml is not TOML (line 2)"),
        ("s.toml", 'password = "hunter2', "s.toml is not TOML"),
    ],
)
def test_settings_that_are_not_right_change_nothing(operator, file, name, content, words):
    before = account(operator)
    answer = operator.says("accounts", "settings", ACME, "--file", file(name, content), "--json")
    assert answer.code == 2
    assert words in answer.err
    assert "hunter2" not in answer.err
    assert account(operator) == before


def test_settings_that_need_other_credentials_say_which(operator, file):
    settings = file("s.json", {"host": "x", "initiator": "by-key"})
    answer = operator.says("accounts", "settings", ACME, "--file", settings, "--json")
    assert answer.code == 2
    assert [one["pointer"] for one in answer.error["errors"]] == ["/key"]
    key = file("c.json", {"key": "k3y"})
    assert operator.says("accounts", "settings", ACME, "--file", settings, "--credentials", key).code == 0
    assert operator.connector.accounts.credentials(ACME) == {"key": "k3y"}


def test_settings_that_the_provider_refuses_change_nothing(operator, file):
    before = account(operator)
    operator.connector.provider.fail["verify"] = [CredentialsRefused("fake answered 401")]
    assert operator.says("accounts", "settings", ACME, "--file", file("s.json", {"host": "x"})).code == 1
    assert account(operator) == before


def test_an_account_whose_new_settings_call_nobody_back_is_polled_fast(operator, file):
    silent = {**dict.fromkeys(Feature), Feature.CALLBACK: No("it calls nobody")}
    operator.connector.provider.capabilities = Capabilities("fake", silent)
    operator.says("accounts", "settings", ACME, "--file", file("s.json", {"host": "x"}))
    assert account(operator).fast_poll is True


# -------------------------------------------------------------------------------------------------------------- verify


@pytest.fixture
def manual(operator):
    """Of a provider whose administrator registers our address."""
    told = operator.connector.provider.capabilities
    operator.connector.provider.capabilities = replace(told, callback_registration="manual")
    return operator


def test_verify_warns_with_the_address_while_the_provider_has_never_called(manual):
    (remark,) = manual.says("accounts", "verify", ACME, "--json").json["remarks"]
    shown = manual.says("accounts", "show", ACME, "--json").json["providerCallback"]
    assert "has never called" in remark
    assert shown["url"] in remark
    manual.connector.accounts.note_callback(ACME, at=START)
    assert manual.says("accounts", "verify", ACME, "--json").json["remarks"] == []


def test_verify_warns_of_nothing_where_an_address_goes_along_with_each_package(operator):
    operator.connector.settings(callback=Callback("https://coupa.example/hook"))
    assert operator.says("accounts", "verify", ACME, "--json").json["remarks"] == []
