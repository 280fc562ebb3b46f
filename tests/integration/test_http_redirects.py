"""Downloads that a provider hands over to another host: what that host may hear, and what must not be called."""

from __future__ import annotations

import io
from functools import partial

import pytest

from esign.domain.errors import ContractBroken, OutcomeUnknown, ProviderUnavailable
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.outcome import Vendor
from esign.http.ssrf import guarded_host
from tests.fakes.http_server import LocalServer, local_server, replies

SECRET = "Basic c2VjcmV0"


def provider(server: LocalServer, *, loopback: bool = True) -> ProviderHttp:
    return ProviderHttp(
        vendor=Vendor("acme"),
        base_url=f"{server.url}/wiki",
        credentials=lambda: {"authorization": SECRET},
        onward=partial(guarded_host, allow_loopback_http=loopback),
    )


def fetched(http: ProviderHttp) -> bytes:
    into = io.BytesIO()
    http.download("/file", into=into, max_bytes=1000, deadline=Deadline(5), headers={"x-own": "1"})
    return into.getvalue()


def test_another_origin_gets_neither_credentials_nor_headers():
    with local_server(replies(200, b"PDF")) as media:
        onward = replies(302, location=f"{media.url}/signed?token=abc")
        with local_server(onward) as site:
            assert fetched(provider(site)) == b"PDF"
        assert media.seen[0].path == "/signed?token=abc"
        assert "authorization" not in media.seen[0].headers
        assert "x-own" not in media.seen[0].headers
        assert site.seen[0].headers["authorization"] == SECRET


def test_the_own_origin_keeps_the_credentials():
    with local_server(replies(303, location="/elsewhere?a=1"), replies(200, b"PDF")) as site:
        assert fetched(provider(site)) == b"PDF"
    assert [seen.path for seen in site.seen] == ["/wiki/file", "/elsewhere?a=1"]
    assert site.seen[1].headers["authorization"] == SECRET


def test_credentials_do_not_come_back_on_the_way_home():
    def back(exchange):
        exchange.answer(302, location=f"{site.url}/home")

    with local_server(back) as media:

        def first(exchange):
            exchange.answer(302, location=f"{media.url}/there")

        with local_server(first, replies(200, b"PDF")) as site:
            assert fetched(provider(site)) == b"PDF"
    assert "authorization" not in site.seen[1].headers


def test_a_redirect_into_the_own_network_is_not_followed():
    with (
        local_server(replies(200, b"secrets")) as inner,
        local_server(replies(302, location=inner.url)) as site,
        pytest.raises(ContractBroken),
    ):
        fetched(provider(site, loopback=False))
    assert inner.seen == []


@pytest.mark.parametrize("host", ["a.*.example", "*.example", "%zz", "a_b.example", "[::1]"])
def test_a_redirect_to_a_host_that_may_not_be_called_breaks_the_contract(host):
    with local_server(replies(302, location=f"https://{host}/x")) as site, pytest.raises(ContractBroken):
        fetched(provider(site))


@pytest.mark.parametrize("address", ["https://xn--.example/x", "https://xn--e28h.example/x", "http:x", "https://][/"])
def test_a_redirect_to_what_is_no_address_is_no_answer(address):
    with local_server(replies(302, location=address)) as site, pytest.raises(ProviderUnavailable):
        fetched(provider(site))
    with local_server(replies(302, location=address)) as site, pytest.raises(OutcomeUnknown):
        provider(site).request("POST", "/send", deadline=Deadline(5))


def test_redirects_in_a_circle_end():
    with local_server(replies(302, location="/wiki/file")) as site, pytest.raises(ContractBroken):
        fetched(provider(site))
    assert len(site.seen) == 4


def test_a_redirected_host_that_is_down_is_the_provider_being_unavailable():
    with (
        local_server(replies(503)) as media,
        local_server(replies(302, location=media.url)) as site,
        pytest.raises(ProviderUnavailable),
    ):
        fetched(provider(site))
