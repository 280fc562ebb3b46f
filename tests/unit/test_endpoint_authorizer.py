"""The authorizer: which account calls, or exactly "Unauthorized"."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from esign.domain.account import Account, AccountSecret
from esign.domain.errors import StoreUnavailable
from esign.domain.ids import AccountId
from esign.runtime.authorizer import authenticate, authorize
from tests.fakes.accounts import MemoryAccounts

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/GET/v1/packages/pkg_1"
SECRET, OLDER, OLDEST = "s" * 43, "o" * 43, "x" * 43
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stored(secret: str, **more: Any) -> AccountSecret:
    return AccountSecret(hashlib.sha256(secret.encode()).hexdigest(), datetime(2026, 1, 1, tzinfo=UTC), **more)


def an_account(**changes: Any) -> Account:
    known: dict[str, Any] = {
        "id": AccountId("acme"),
        "name": "Acme",
        "provider": "connective",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "settings_version": 3,
        "secrets": (stored(SECRET), stored(OLDER), stored(OLDEST)),
    }
    return Account(**known | changes)


def known() -> MemoryAccounts:
    return MemoryAccounts(an_account(), an_account(id=AccountId("off"), enabled=False))


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def call(header: str | None) -> dict[str, Any]:
    headers = {} if header is None else {"authorization": header}
    return authorize({"type": "REQUEST", "methodArn": ARN, "headers": headers}, known(), now=NOW)


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_the_current_secret_and_the_one_before_open_the_whole_stage(secret: str) -> None:
    answer = call(basic(f"acme:{secret}"))
    assert answer["principalId"] == "acme"
    assert answer["context"] == {"accountId": "acme", "provider": "connective", "settingsVersion": "3"}
    assert answer["policyDocument"]["Statement"] == [
        {
            "Action": "execute-api:Invoke",
            "Effect": "Allow",
            "Resource": "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/*/*",
        }
    ]


def test_the_scheme_is_not_case_sensitive_and_a_token_authorizers_event_does_too() -> None:
    token = basic(f"acme:{SECRET}").replace("Basic", "bAsIc")
    event = {"type": "TOKEN", "methodArn": ARN, "authorizationToken": token}
    assert authorize(event, known(), now=NOW)["principalId"] == "acme"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Bearer " + basic(f"acme:{SECRET}").split()[1],
        basic("acme"),
        basic("acme:"),
        basic(":"),
        basic(f"acme:{OLDEST}"),
        basic(f"acme:{SECRET} "),
        basic(f"acme:{SECRET}:"),
        basic(f"ACME:{SECRET}"),
        basic(f"off:{SECRET}"),
        basic(f"nobody:{SECRET}"),
        basic(f"A#acme:{SECRET}"),
        basic(b"acme:\xff\xfe"),
        "Basic %%%",
        "Basic Ä",
        basic("acme:" + "0" * 64),
        basic("acme:" + hashlib.sha256(SECRET.encode()).hexdigest()),
    ],
)
def test_anything_else_is_exactly_unauthorized(header: str | None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as raised:
        call(header)
    assert type(raised.value) is Exception
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_header_of_more_than_a_kilobyte_is_not_even_decoded() -> None:
    asked: list[AccountId] = []
    assert authenticate(basic("a:" + "x" * 1024), asked.append, now=NOW) is None
    assert asked == []


@pytest.mark.parametrize("pair", [f"acme:{SECRET}", f"acme:{OLDER}", "acme:wrong", "nobody:wrong", "off:wrong"])
def test_every_caller_is_compared_equally_often(pair: str) -> None:
    compared: list[str] = []

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return one == other

    authenticate(basic(pair), known().get, now=NOW, compare=compare)
    assert len(compared) == 2


def test_a_store_that_fails_is_no_wrong_401() -> None:
    class Broken(MemoryAccounts):
        def get(self, account: AccountId) -> Account | None:
            raise StoreUnavailable("down")

    with pytest.raises(StoreUnavailable):
        authorize(event(SECRET), Broken(), now=NOW)


# ---------------------------------------------------------------------------------------------------------- rotation


def event(secret: str) -> dict[str, Any]:
    return {"methodArn": ARN, "headers": {"Authorization": basic(f"acme:{secret}")}}


def rotating(**older: Any) -> MemoryAccounts:
    return MemoryAccounts(an_account(secrets=(stored(SECRET), stored(OLDER, **older))))


def test_the_former_secret_opens_until_its_end_and_not_a_moment_longer() -> None:
    accounts = rotating(ends_at=NOW)
    assert authorize(event(OLDER), accounts, now=NOW - timedelta(seconds=1))["principalId"] == "acme"
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(event(OLDER), accounts, now=NOW)
    assert authorize(event(SECRET), accounts, now=NOW)["principalId"] == "acme"


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_a_secret_that_has_ended_is_compared_like_one_that_is_not_there(secret: str) -> None:
    compared: list[str] = []

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return one == other

    authenticate(basic(f"acme:{secret}"), rotating(ends_at=NOW).get, now=NOW, compare=compare)
    assert compared == [stored(SECRET).sha256, "0" * 64]


def uses(accounts: MemoryAccounts) -> list[datetime | None]:
    account = accounts.get(AccountId("acme"))
    assert account is not None
    return [one.last_used_at for one in account.secrets]


def test_the_last_use_of_each_secret_is_noted_once_an_hour() -> None:
    accounts = rotating()
    for late in (timedelta(0), timedelta(minutes=59)):
        authorize(event(SECRET), accounts, now=NOW + late)
    assert uses(accounts) == [NOW, None]
    authorize(event(SECRET), accounts, now=NOW + HOUR)
    authorize(event(OLDER), accounts, now=NOW + HOUR)
    assert uses(accounts) == [NOW + HOUR, NOW + HOUR]


def test_a_refused_call_is_no_use() -> None:
    accounts = rotating()
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(event("wrong"), accounts, now=NOW)
    assert uses(accounts) == [None, None]


def test_a_use_within_the_hour_asks_nothing_of_the_store_but_the_account() -> None:
    class Reader(MemoryAccounts):
        def note_secret_use(self, account: Account, secret: AccountSecret, *, at: datetime) -> None:
            raise AssertionError("a write on a call's way")

    accounts = Reader(an_account(secrets=(stored(SECRET, last_used_at=NOW),)))
    assert authorize(event(SECRET), accounts, now=NOW + timedelta(minutes=59))["principalId"] == "acme"


def test_a_note_that_fails_costs_the_caller_nothing() -> None:
    class Full(MemoryAccounts):
        def note_secret_use(self, account: Account, secret: AccountSecret, *, at: datetime) -> None:
            raise StoreUnavailable("throttled")

    assert authorize(event(SECRET), Full(an_account()), now=NOW)["principalId"] == "acme"
