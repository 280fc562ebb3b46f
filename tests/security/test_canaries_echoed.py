"""Providers that repeat whatever they know in their errors and answers are not repeated in logs, metrics or state."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.provider_side import DOORS
from tests.fakes.http_server import local_server, replies
from tests.security.canaries import WHAT, value
from tests.security.deployed import Deployed
from tests.security.job import Job, leaks

CREDENTIALS = {
    "connective": {"username": "provider username", "password": "provider password"},
    "esigntools": {"username": "provider username", "password": "provider password"},
    "contract-signatures": {
        "apiKey": "provider key",
        "atlassianEmail": "provider username",
        "atlassianToken": "provider token",
    },
    "gosign": {
        "customerCode": "provider code",
        "username": "provider username",
        "password": "provider password",
        "clientId": "provider client",
        "clientSecret": "provider key",
    },
}


def echo(status: int, media_type: str, body: bytes) -> Callable[[Any], None]:
    told = value("redirect of a provider")
    return replies(status, body, Content_Type=media_type, Location=f"https://example.com/{told}", X_Note=told)


def spoken() -> str:
    return ", ".join(value(what) for what in WHAT)


WORDS = {"Code": "error code of a provider", "Message": "error text of a provider"}
ECHOES = {
    **{
        f"{status} in json": (
            status,
            "application/json",
            json.dumps({"message": spoken(), "error": [spoken()]}).encode(),
        )
        for status in (400, 401, 409)
    },
    "a vendor's own fault": (
        400,
        "application/json",
        json.dumps([{"ErrorCode": value("error code of a provider"), "ErrorMessage": spoken()}]).encode(),
    ),
    "200 in another shape": (200, "application/json", json.dumps({what: [spoken()] for what in WORDS}).encode()),
    "200 and a list": (200, "application/json", json.dumps([spoken(), {"Id": spoken(), "id": spoken()}]).encode()),
    "200 and no json": (200, "text/html", spoken().encode()),
    "a soap fault": (
        200,
        "text/xml",
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault><faultcode>e:Client</faultcode>"
        f"<faultstring>{spoken()}</faultstring></e:Fault></e:Body></e:Envelope>".encode(),
    ),
}


@pytest.mark.parametrize("door", ["connective", "esigntools", "contract-signatures", "gosign-rest", "gosign-soap"])
def test_a_provider_that_repeats_everything_is_not_repeated(connector, door):
    with DOORS[door].open() as side:
        side.lose_callbacks(lose=True)
        provider, settings, good = side.provider, side.settings, side.credentials
        connector.add_account(provider, settings, good)
        job = Job(connector, side, "http://127.0.0.1:9")
        out, drafts = job.sent(), [job.filled() for _ in ECHOES]
    for draft, said in zip(drafts, ECHOES.values(), strict=True):
        with local_server(echo(*said)) as mirror:
            pointed = settings | {
                name: mirror.url for name in ("baseUrl", "siteUrl", "legalbusUrl") if name in settings
            }
            marked = {name: value(CREDENTIALS[provider].get(name, "provider key")) for name in good}
            aimed(connector, pointed, marked)
            asks_everything(connector, out, draft)
            assert mirror.seen
    assert leaks(connector) == []


def aimed(connector: Deployed, settings: dict[str, Any], credentials: dict[str, str]) -> None:
    """The same account, whose provider is now somewhere else and knows it by other credentials."""
    before = connector.app.accounts.get(connector.account)
    assert before
    connector.app.accounts.save(
        before, replace(before, settings=settings, settings_version=before.settings_version + 1)
    )
    connector.app.accounts.replace_credentials(before.id, credentials)


def asks_everything(connector: Deployed, out: str, draft: str) -> None:
    path = {"packageId": out}
    connector.coupa("verify_account")
    connector.coupa("send_package", "POST", path={"packageId": draft})
    connector.coupa("get_package", path=path, query={"refresh": "true"})
    for operation in ("remind_recipients", "skip_recipients"):
        connector.coupa(operation, "POST", path=path)
    connector.coupa("extend_expiry", "PUT", path=path, body={"expiresAt": "2031-01-01T00:00:00Z"})
    connector.coupa("get_signing_url", path=path | {"recipientId": f"{out}_r01"})
    connector.coupa("delete_package", "DELETE", path=path, body={"reason": value("delete reason")})
    for step in ("submit_package", "sync_package", "collect_evidence"):
        connector.step(step, draft)
        connector.step(step, out)
    connector.step("find_due", out)
