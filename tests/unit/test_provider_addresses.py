"""Where credentials may go: https, a public host, and one that the stage allows."""

from __future__ import annotations

from typing import Any

import pytest

from esign.domain.account import Account
from esign.domain.errors import Unprocessable
from esign.domain.ids import AccountId
from esign.http.deadline import Deadline
from esign.providers.secured import check_addresses
from esign.runtime.providers import PROVIDERS, ProviderRegistry
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.clock import START

POINTER = "/settings/baseUrl"


def _refusals(address: str | None, *, allow_loopback: bool = False, hosts: tuple[str, ...] = ()) -> list[str]:
    try:
        check_addresses({POINTER: address}, allow_loopback=allow_loopback, hosts=hosts)
    except Unprocessable as refused:
        return [problem.code for problem in refused.problems if problem.pointer == POINTER]
    return []


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://api.example.com",
        "https://API.example.com:8443/v4",
        "https://8.8.8.8",
        "https://a-b.c_d.example/x",
    ],
)
def test_a_public_host_over_tls_is_taken_where_the_stage_lists_none(address: str | None) -> None:
    assert _refusals(address) == []


@pytest.mark.parametrize(
    "address", ["http://api.example.com", "ftp://api.example.com", "//api.example.com", "api.example.com"]
)
def test_what_is_not_https_is_refused(address: str) -> None:
    assert _refusals(address) == ["insecure_address"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "intranet",
        "printer.local",
        "db.internal",
        "x.localhost",
        "api.example.com@127.0.0.1",
        "127.0.0.1@api.example.com",
        "api.example.com\\@evil.example",
        "api.example.com.",
        "api..example.com",
        "",
    ],
)
def test_a_host_that_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    assert _refusals(f"https://{host}/v4") == ["host_not_public"]


@pytest.mark.parametrize(
    ("host", "taken"),
    [
        ("gosign.infocert.it", True),
        ("test.gosign.infocert.it", True),
        ("GOSIGN.INFOCERT.IT", True),
        ("connective.acme.example", True),
        ("infocert.it", False),
        ("evilinfocert.it", False),
        ("gosign.infocert.it.evil.example", False),
        ("sub.connective.acme.example", False),
        ("8.8.8.8", False),
    ],
)
def test_where_the_stage_lists_hosts_only_those_are_taken(host: str, taken: bool) -> None:
    found = _refusals(f"https://{host}", hosts=("*.infocert.it", "connective.acme.example"))
    assert found == ([] if taken else ["host_not_allowed"])


def test_the_refusal_says_which_hosts_the_stage_allows() -> None:
    with pytest.raises(Unprocessable) as caught:
        check_addresses({POINTER: "https://a.example"}, allow_loopback=False, hosts=("*.b.example", "c.example"))
    assert caught.value.problems[0].detail == (
        "This stage has providers at *.b.example, c.example only (its provider_hosts)."
    )


def test_every_address_that_is_not_safe_is_told() -> None:
    addresses = {"/a": "http://a.example", "/b": None, "/c": "https://c.example", "/d": "https://10.0.0.1"}
    with pytest.raises(Unprocessable) as caught:
        check_addresses(addresses, allow_loopback=False)
    assert [problem.pointer for problem in caught.value.problems] == ["/a", "/d"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_plain_http_to_this_machine_needs_a_stage_that_allows_it(host: str) -> None:
    assert _refusals(f"http://{host}:8080", allow_loopback=True) == []
    assert _refusals(f"http://{host}:8080", allow_loopback=True, hosts=("*.infocert.it",)) == []
    assert _refusals(f"http://{host}:8080") == ["insecure_address"]


OPENED: dict[str, dict[str, Any]] = {
    "connective": {"baseUrl": "https://sign.acme.example", "initiator": "info@acme.example"},
    "contract-signatures": {
        "baseUrl": "https://sign.acme.example",
        "siteUrl": "https://acme.example",
        "hostApp": "jira",
    },
    "esigntools": {"baseUrl": "https://sign.acme.example"},
    "gosign": {
        "integration": "legalbus",
        "baseUrl": "https://sign.acme.example",
        "legalbusUrl": "https://legalbus.acme.example",
        "loadedByExtId": "coupa",
        "externalSystemCode": "EMA",
        "companion": True,
    },
}


def _open(provider: str, *hosts: str) -> None:
    registry = ProviderRegistry(MemoryAccounts(), lambda: Deadline(5), lambda _call: None, hosts=hosts)
    account = Account(
        id=AccountId("acc_1"), name="Acme", provider=provider, created_at=START, settings=OPENED[provider]
    )
    registry.open(account)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_provider_is_opened_at_a_host_that_the_stage_does_not_list(provider: str) -> None:
    _open(provider)
    _open(provider, "*.acme.example", "acme.example")
    with pytest.raises(Unprocessable) as caught:
        _open(provider, "*.infocert.it")
    assert {problem.code for problem in caught.value.problems} == {"host_not_allowed"}


@pytest.mark.parametrize(
    ("provider", "pointer"), [("gosign", "/settings/legalbusUrl"), ("contract-signatures", "/settings/siteUrl")]
)
def test_every_address_of_an_account_must_be_on_the_list(provider: str, pointer: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        _open(provider, "sign.acme.example")
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
