"""A token by client credentials over real HTTP: what is sent, and what every bad answer means."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from esign.domain.errors import CredentialsRefused, ProviderUnavailable, UnsafeAddress
from esign.http.deadline import Deadline
from esign.http.oauth import Token
from esign.runtime.outbound import Poster
from tests.fakes.http_server import Exchange, local_server

SECRET = "s:3/cret"


def token(url: str, **client: Any) -> Token:
    known = {"tokenUrl": url, "clientId": "coupa client", "clientSecret": SECRET}
    return Poster(allow_loopback_http=True).token(known | client, Deadline(5))


def answering(status: int, body: object) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda exchange: exchange.answer(status, content)


def test_the_client_is_named_in_the_header_and_the_grant_in_the_form() -> None:
    with local_server(answering(200, {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600})) as server:
        got = token(f"{server.url}/token", scope="events write")
    assert (got.value, got.expires_in) == ("abc", 3600)
    (seen,) = server.seen
    pair = base64.b64decode(seen.headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == "coupa%20client:s%3A3%2Fcret"
    assert parse_qs(seen.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["events write"]}


def test_a_token_without_a_life_is_kept_for_five_minutes() -> None:
    with local_server(answering(200, {"access_token": "abc"})) as server:
        assert token(server.url).expires_in == 300


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("1790000000000", 86400), ("1e999", 86400), ("1" + "0" * 400, 86400), ('"3600"', 3600), ("-5", 0)],
)
def test_no_token_is_kept_for_longer_than_a_day_whatever_its_answer_says(told: str, seconds: float) -> None:
    with local_server(answering(200, b'{"access_token": "abc", "expires_in": %b}' % told.encode())) as server:
        assert token(server.url).expires_in == seconds


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_client"}, CredentialsRefused),
        (401, {}, CredentialsRefused),
        (429, {}, ProviderUnavailable),
        (503, {}, ProviderUnavailable),
        (302, {}, ProviderUnavailable),
        (200, b"<html>", ProviderUnavailable),
        (200, ["abc"], ProviderUnavailable),
        (200, {"token": "abc"}, ProviderUnavailable),
        (200, {"access_token": "a\r\nb: c"}, ProviderUnavailable),
        (200, {"access_token": ""}, ProviderUnavailable),
        (200, {"access_token": "abc", "expires_in": "soon"}, ProviderUnavailable),
        (200, {"access_token": "abc", "expires_in": "nan"}, ProviderUnavailable),
        (200, b'{"access_token": "abc", "expires_in": NaN}', ProviderUnavailable),
        (200, b"x" * 70_000, ProviderUnavailable),
    ],
)
def test_an_answer_without_a_token_is_an_error_that_tells_no_secret(status: int, body: object, error: Any) -> None:
    with local_server(answering(status, body)) as server, pytest.raises(error) as raised:
        token(server.url)
    assert "token endpoint" in raised.value.detail
    assert "127.0.0.1" not in str(raised.value)
    assert SECRET not in repr(raised.value)


def test_an_endpoint_that_hangs_up_gave_no_token() -> None:
    with local_server(Exchange.hang_up) as server, pytest.raises(ProviderUnavailable):
        token(server.url)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:1/token", "https://169.254.169.254/token", "https://", "https://[x/"),
        *("https://a.*.example/token", "https://xn--.example/token", "https://ä..example/token"),
    ],
)
def test_the_guard_stands_before_the_token_endpoint_too(url: str) -> None:
    client = {"tokenUrl": url, "clientId": "a", "clientSecret": "b"}
    with pytest.raises(UnsafeAddress):
        Poster().token(client, Deadline(5))
