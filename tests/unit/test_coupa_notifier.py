"""Notifications to Coupa: Standard Webhooks headers, the body, and what an answer means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from esign.coupa.bearer import Bearers
from esign.coupa.notifier import StandardWebhooks, judge, signature, signed_headers
from esign.domain.errors import ConnectorError, CredentialsRefused, UnsafeAddress
from esign.domain.events import Event, EventType
from esign.domain.ids import AccountId, PackageId, RecipientId
from esign.domain.package import Callback
from esign.domain.status import PackageStatus
from esign.http.deadline import Deadline
from esign.http.oauth import Client, Token
from esign.http.outbound import Posted
from esign.ports import CoupaNotifier, Delivered, DeliveryAnswer
from tests.fakes.clock import FixedClock

NOW = datetime(2026, 3, 2, 9, 0, 0, 700_000, UTC)
KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
EVENT = Event(
    "evt_1", EventType.RECIPIENT_DECLINED, 4, NOW, AccountId("acme"), PackageId("pkg_1"), "CLM-1",
    PackageStatus.DECLINED, PackageStatus.IN_PROCESS, RecipientId("pkg_1_r01"), "Prix trop élevé",
)  # fmt: skip


class Endpoint:
    """Coupa's side: keeps what it is sent, and answers or raises; `first` come before that."""

    def __init__(self, answer: Posted | Exception, *first: Posted) -> None:
        self.answer = answer
        self.first = list(first)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str], deadline: Deadline) -> Posted:
        self.got.append((url, body, dict(headers)))
        if self.first:
            return self.first.pop(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Tokens:
    """A token endpoint: t1, t2, … for 300 s each, or the next of `refusals`."""

    def __init__(self, *refusals: ConnectorError) -> None:
        self.refusals = list(refusals)
        self.given: list[str] = []

    def fetch(self, oauth2: Mapping[str, Any], deadline: Deadline) -> Token:
        if self.refusals:
            raise self.refusals.pop(0)
        self.given.append(f"t{len(self.given) + 1}")
        return Token(self.given[-1], 300)


def notifier(answer: Posted | Exception) -> tuple[CoupaNotifier, Endpoint]:
    endpoint = Endpoint(answer)
    bearers = Bearers(Tokens().fetch, FixedClock(NOW))
    return StandardWebhooks(endpoint.post, FixedClock(NOW), bearers=bearers, seconds=15), endpoint


def test_the_specifications_own_example_is_signed_as_it_says() -> None:
    """standardwebhooks.com, the test vector that its reference libraries share."""
    made = signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_during_a_rotation_both_secrets_sign() -> None:
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    headers = signed_headers("evt_1", 1, b"{}", [KEY, other])
    assert headers["webhook-signature"] == f"{signature('evt_1', 1, b'{}', KEY)} {signature('evt_1', 1, b'{}', other)}"


def test_coupa_can_verify_what_it_gets() -> None:
    tell, endpoint = notifier(Posted(204, 12))
    answer = tell.notify(EVENT, Callback("https://coupa.example/hook"), {"webhookSecrets": [KEY]})
    ((url, body, headers),) = endpoint.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"k" * 32, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (url, headers["webhook-id"], headers["webhook-timestamp"]) == (
        "https://coupa.example/hook",
        "evt_1",
        str(int(NOW.timestamp())),
    )
    assert (answer.outcome, answer.status, answer.milliseconds) == (Delivered.OK, 204, 12)


def test_each_notification_is_signed_by_the_secrets_that_are_live_when_it_is_sent() -> None:
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    ends = {"secret": other, "createdAt": "2026-01-01T00:00:00+00:00", "endsAt": "2026-03-02T09:00:01+00:00"}
    secrets = {"webhookSecrets": [{"secret": KEY, "createdAt": "2026-03-01T00:00:00+00:00"}, ends]}
    endpoint, clock = Endpoint(Posted(204, 1)), FixedClock(NOW)
    tell = StandardWebhooks(endpoint.post, clock, bearers=Bearers(Tokens().fetch, clock), seconds=15)
    told = []
    for _ in range(2):
        tell.notify(EVENT, Callback("https://coupa.example/hook"), secrets)
        _, body, headers = endpoint.got[-1]
        moment = int(headers["webhook-timestamp"])
        signatures = {signature("evt_1", moment, body, one): one for one in (KEY, other)}
        told.append([signatures[one] for one in headers["webhook-signature"].split(" ")])
        clock.advance(1)
    assert told == [[KEY, other], [KEY]]


def test_the_body_is_what_the_contract_lists() -> None:
    tell, endpoint = notifier(Posted(200, 1))
    tell.notify(EVENT, Callback("https://coupa.example/hook"), {})
    assert json.loads(endpoint.got[0][1]) == {
        "eventId": "evt_1",
        "type": "recipient.declined",
        "sequence": 4,
        "occurredAt": "2026-03-02T09:00:00.700Z",
        "packageId": "pkg_1",
        "externalId": "CLM-1",
        "status": "DECLINED",
        "previousStatus": "IN_PROCESS",
        "recipient": "pkg_1_r01",
        "reason": "Prix trop élevé",
    }


def test_basic_credentials_go_along_where_the_account_has_them() -> None:
    tell, endpoint = notifier(Posted(200, 1))
    tell.notify(EVENT, Callback("https://coupa.example/hook"), {"basic": {"username": "ü", "password": "p:w"}})
    headers = endpoint.got[0][2]
    assert headers["authorization"] == "Basic " + base64.b64encode("ü:p:w".encode()).decode()
    assert "webhook-signature" not in headers


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((200, 201, 204, 299), Delivered.OK),
        ((410,), Delivered.GONE),
        ((None, 301, 302, 307, 401, 403, 408, 425, 429, 500, 502, 503, 599, 100), Delivered.RETRY),
        ((400, 404, 405, 409, 413, 422), Delivered.REJECTED),
    ],
)
def test_what_a_status_means(statuses: tuple[int | None, ...], outcome: Delivered) -> None:
    assert {judge(status) for status in statuses} == {outcome}


def test_how_long_coupa_wants_us_to_wait_is_kept() -> None:
    tell, _ = notifier(Posted(429, 5, retry_after=120.0))
    answer = tell.notify(EVENT, Callback("https://coupa.example/hook"), {})
    assert (answer.outcome, answer.retry_after, answer.detail) == (Delivered.RETRY, 120.0, "HTTP 429")


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (Posted(None, 15_000, failure="ReadTimeout"), "no answer (ReadTimeout)"),
        (Posted(302, 5), "HTTP 302, a redirect, which is not followed"),
        (UnsafeAddress("not a public address"), "the address is not allowed"),
    ],
)
def test_why_it_did_not_work_is_told_without_the_address(answer: Posted | Exception, detail: str) -> None:
    tell, _ = notifier(answer)
    told = tell.notify(EVENT, Callback("https://coupa.example/hook"), {})
    assert (told.outcome, told.detail) == (Delivered.RETRY, detail)


@pytest.mark.parametrize(
    ("event", "secrets"),
    [
        (EVENT, {"webhookSecrets": ["whsec_n0t-base64!"]}),
        (EVENT, {"basic": {"username": "n0t"}}),
        (replace(EVENT, reason="n0t \ud83d"), {}),
        (EVENT, {}),
    ],
)
def test_whatever_breaks_a_try_it_is_one_that_failed(
    event: Event, secrets: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    tell, _ = notifier(LookupError("n0t"))
    told = tell.notify(event, Callback("https://coupa.example/hook?n0t"), secrets)
    assert (told.outcome, told.status) == (Delivered.RETRY, None)
    (line,) = caplog.records
    kind = told.detail.removeprefix("the connector failed (").removesuffix(")")
    assert kind in {"ValueError", "KeyError", "UnicodeEncodeError", "LookupError"}
    assert (line.levelname, kind in line.getMessage(), "notifier.py:" in line.getMessage()) == ("ERROR", True, True)
    assert "n0t" not in caplog.text + told.detail


def test_a_secret_that_is_none_is_not_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="whsec_") as raised:
        signature("evt_1", 1, b"{}", "whsec_n0t-base64!")
    assert "n0t" not in str(raised.value)


# ------------------------------------------------------------------------------------------------- OAuth2

OAUTH2 = {"tokenUrl": "https://login.example/token", "clientId": "us", "clientSecret": "s3cret"}
HOOK = Callback("https://coupa.example/hook")


class OAuth2World:
    def __init__(self, *first: Posted, refusals: tuple[ConnectorError, ...] = ()) -> None:
        self.endpoint, self.tokens, self.clock = Endpoint(Posted(204, 1), *first), Tokens(*refusals), FixedClock(NOW)
        bearers = Bearers(self.tokens.fetch, self.clock)
        self.notifier = StandardWebhooks(self.endpoint.post, self.clock, bearers=bearers, seconds=15)

    def tell(self, **changes: str) -> DeliveryAnswer:
        return self.notifier.notify(EVENT, HOOK, {"webhookSecrets": [KEY], "oauth2": OAUTH2 | changes})

    @property
    def sent(self) -> list[str]:
        return [headers["authorization"] for _, _, headers in self.endpoint.got]


def test_a_token_is_kept_until_30_seconds_before_its_end() -> None:
    world = OAuth2World()
    for wait in (0, 269, 1):
        world.clock.advance(wait)
        world.tell()
    assert world.sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_changed_secret_is_another_client() -> None:
    world = OAuth2World()
    world.tell()
    world.tell(clientSecret="new")
    assert world.sent == ["Bearer t1", "Bearer t2"]


def test_a_kept_token_that_is_refused_is_renewed_once() -> None:
    world = OAuth2World(Posted(204, 1), Posted(401, 1), Posted(401, 1))
    world.tell()
    assert world.tell().status == 401
    assert world.sent == ["Bearer t1", "Bearer t1", "Bearer t2"]
    assert world.tell().outcome is Delivered.OK


def test_a_new_token_that_is_refused_is_not_renewed() -> None:
    world = OAuth2World(Posted(401, 1))
    assert (world.tell().outcome, world.sent) == (Delivered.RETRY, ["Bearer t1"])


def test_without_a_token_nothing_is_sent_and_the_order_waits() -> None:
    world = OAuth2World(refusals=(CredentialsRefused("the token endpoint answered 401"),))
    answer = world.tell()
    assert (answer.outcome, answer.status, answer.detail) == (Delivered.RETRY, None, "the token endpoint answered 401")
    assert world.endpoint.got == []
    assert world.tell().outcome is Delivered.OK


def test_no_repr_tells_a_token_or_a_secret() -> None:
    bearers = Bearers(Tokens().fetch, FixedClock(NOW))
    bearers.fresh(OAUTH2, Deadline(1))
    assert "t1" not in repr(bearers) + repr(Token("t1", 1))
    assert "s3cret" not in repr(bearers) + repr(Client("https://a.example", "us", "s3cret"))
