"""The GoSign simulator, written from the vendor's document, calls the connector's doors: both understand each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from esign.domain.package import Package
from esign.domain.status import PackageStatus
from esign.http.issuer_keys import IssuerKeys, fetch_json
from sandbox.providers.gosign.server import GosignSimulator
from tests.fakes.clock import START
from tests.fakes.gosign_caller import Gosign
from tests.fakes.gosign_envelopes import rest, stranger, task
from tests.integration.fixtures.gosign_line import Line, a_line

FIRST, SECOND = "signer1@example.com", "signer2@example.com"
SECRETS = {"notificationUsername": "u", "notificationPassword": "p", "notificationApiKey": "k"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[GosignSimulator]:
    with GosignSimulator() as running:
        yield running


@contextmanager
def joined(
    simulator: GosignSimulator, channel: str, registration: dict[str, str] | None = None, **settings: Any
) -> Iterator[Line]:
    """The account's address is registered at the simulator, as InfoCert would."""
    simulator.control.reset()
    gosign = Gosign(**settings)
    gosign.connector.accounts.replace_credentials(gosign.connector.account, SECRETS)
    gosign.connector.clock.advance((datetime.now(UTC) - START).total_seconds())
    gosign.issuer_keys = IssuerKeys(lambda url: fetch_json(url, allow_loopback_http=True))
    with a_line(gosign) as line:
        simulator.control.configure(targets=[], habits={"retry_delay": 0.01, "channel": channel})
        address = f"{line.address}/soap" if channel == "soap" else line.address
        simulator.control.register(address, registration or {})
        yield line
        simulator.control.settle()
        simulator.control.configure(targets=[])


def put(simulator: GosignSimulator, package: Package) -> None:
    """The package's envelope, as some door of ours would insert it."""
    process = {
        "tasks": [task(f"{FIRST}U", 1), task(f"{SECOND}U", 2)],
        "newUsers": [stranger(FIRST), stranger(SECOND)],
    }
    body = rest(package.id, process=process)
    httpx.put(f"{simulator.rest}/envelopes/{package.id}", json=body, timeout=30).raise_for_status()


def woken(line: Line) -> int:
    return len(line.gosign.connector.workflows.started)


@pytest.mark.parametrize("channel", ["rest", "soap"])
def test_each_step_wakes_a_refresh_and_nothing_is_repeated(simulator: GosignSimulator, channel: str) -> None:
    with joined(simulator, channel, integration="oauth") as line:
        package = line.gosign.sent()
        put(simulator, package)
        for signer in (FIRST, SECOND):
            simulator.control.sign(package.id, signer)
            assert simulator.control.settle()
        assert woken(line) == 2
        assert line.gosign.now(package).status is PackageStatus.IN_PROCESS
        if channel == "rest":
            assert [told["outcome"] for told in simulator.control.outcomes()] == ["succeeded", "succeeded"]
        assert line.gosign.now(package).counts.signed == 2, "small documents: liveStatus behind them was not cut"


@pytest.mark.parametrize("channel", ["rest", "soap"])
def test_a_refusal_comes_with_its_note(simulator: GosignSimulator, channel: str) -> None:
    with joined(simulator, channel) as line:
        package = line.gosign.sent()
        put(simulator, package)
        simulator.control.reject(package.id, FIRST, "The price is wrong.")
        assert simulator.control.settle()
        assert line.gosign.now(package).told_reason == "The price is wrong."


@pytest.mark.parametrize("channel", ["rest", "soap"])
def test_nobody_signs_what_coupa_withdrew(simulator: GosignSimulator, channel: str) -> None:
    with joined(simulator, channel) as line:
        package = line.gosign.sent()
        put(simulator, package)
        line.gosign.connector.delete(package.id)
        with pytest.raises(httpx.HTTPStatusError):
            simulator.control.sign(package.id, FIRST)
        assert simulator.control.envelope(package.id)["status"] == "PGS"


def test_an_envelope_that_is_none_of_ours_is_not_told_for_ever(simulator: GosignSimulator) -> None:
    with joined(simulator, "rest") as line:
        httpx.put(f"{simulator.rest}/envelopes/SAP-4711", json=rest("SAP-4711"), timeout=30).raise_for_status()
        simulator.control.sign("SAP-4711", "mgr")
        assert simulator.control.settle()
        assert [told["outcome"] for told in simulator.control.outcomes()] == ["failed_please_discard"]
        assert woken(line) == 0


def test_trouble_of_ours_is_told_again_until_it_is_over(simulator: GosignSimulator) -> None:
    with joined(simulator, "rest") as line:
        package = line.gosign.sent()
        put(simulator, package)
        packages: Any = line.gosign.connector.packages
        whole, failures = packages.wake, [RuntimeError()]

        def wake_at_last(*ids: Any, **more: Any) -> Any:
            if failures:
                raise failures.pop()
            return whole(*ids, **more)

        packages.wake = wake_at_last
        simulator.control.sign(package.id, FIRST)
        assert simulator.control.settle()
        assert [told["outcome"] for told in simulator.control.outcomes()] == ["failed_please_retry", "succeeded"]
        assert woken(line) == 1


@pytest.mark.parametrize("channel", ["rest", "soap"])
@pytest.mark.parametrize(
    ("authentication", "registration"),
    [
        ("basic", {"scheme": "basic", "username": "u", "password": "p"}),
        ("api-key", {"scheme": "api-key", "header": "X-API-Key", "key": "k"}),
        ("jwt", {"scheme": "jwt"}),
    ],
)
def test_whoever_the_account_agreed_on_is_heard(
    simulator: GosignSimulator, channel: str, authentication: str, registration: dict[str, str]
) -> None:
    customer = simulator.control.customers()[0]
    tenant = customer["identity"]["tenant"]
    agreed = {
        "issuer": f"{simulator.url}/idp/{tenant}/v2.0",
        "tenantId": tenant,
        "notificationAudience": customer["identity"]["notification_audience"],
    }
    settings: dict[str, Any] = {"notifications": {"authentication": authentication}, "identityProvider": agreed}
    with joined(simulator, channel, registration, **settings) as line:
        package = line.gosign.sent()
        put(simulator, package)
        simulator.control.sign(package.id, FIRST)
        assert simulator.control.settle()
        assert woken(line) == 1
    with joined(simulator, channel, {}, **settings) as line:  # GoSign forgot to authenticate itself
        package = line.gosign.sent()
        put(simulator, package)
        with pytest.raises(httpx.HTTPStatusError):  # it asks before a person may sign, and is refused
            simulator.control.sign(package.id, FIRST)
        assert woken(line) == 0


def test_the_ping_is_understood(simulator: GosignSimulator) -> None:
    with joined(simulator, "rest"):
        (told,) = simulator.control.ping()
        assert told
