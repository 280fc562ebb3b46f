"""The authorizer: which account calls, or exactly "Unauthorized"."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from esign.domain.account import Account, AccountSecret
from esign.domain.errors import StoreUnavailable
from esign.domain.ids import AccountId
from esign.runtime.authorizer import authenticate, authorize

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcde12345/dev/GET/v1/packages/pkg_1"
SECRET, OLDER, OLDEST = "s" * 43, "o" * 43, "x" * 43


def stored(secret: str) -> AccountSecret:
    return AccountSecret(hashlib.sha256(secret.encode()).hexdigest(), datetime(2026, 1, 1, tzinfo=UTC))


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


def find(account: AccountId) -> Account | None:
    return {"acme": an_account(), "off": an_account(id=AccountId("off"), enabled=False)}.get(account)


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def call(header: str | None) -> dict[str, Any]:
    headers = {} if header is None else {"authorization": header}
    return authorize({"type": "REQUEST", "methodArn": ARN, "headers": headers}, find)


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
    assert authorize({"type": "TOKEN", "methodArn": ARN, "authorizationToken": token}, find)["principalId"] == "acme"


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
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({"methodArn": ARN, "headers": {"Authorization": basic("a:" + "x" * 1024)}}, asked.append)
    assert asked == []


@pytest.mark.parametrize("pair", [f"acme:{SECRET}", f"acme:{OLDER}", "acme:wrong", "nobody:wrong", "off:wrong"])
def test_every_caller_is_compared_equally_often(pair: str) -> None:
    compared: list[str] = []

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return one == other

    authenticate(basic(pair), find, compare=compare)
    assert len(compared) == 2


def test_a_store_that_fails_is_no_wrong_401() -> None:
    def broken(account: AccountId) -> Account | None:
        raise StoreUnavailable("down")

    with pytest.raises(StoreUnavailable):
        authorize({"methodArn": ARN, "headers": {"Authorization": basic(f"acme:{SECRET}")}}, broken)
