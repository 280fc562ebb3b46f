"""Provider calls over real sockets: pooling, deadlines, retries, and what each outcome is called."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from typing import BinaryIO, cast

import httpx
import pytest

from esign.domain.errors import (
    ContractBroken,
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderError,
    ProviderNotFound,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnavailable,
)
from esign.http import pool
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File, JsonWithFiles
from esign.http.outcome import Said, Vendor
from esign.http.redaction import Exchange as Told
from tests.fakes.http_server import Exchange, LocalServer, hangs_up, local_server, replies

SECRET = "s3cr3t-of-the-account"


def read_fault(reply):
    error = reply.json()
    return Said(code=error["code"], message=error["message"], request_id=reply.headers.get("x-request-id"))


def provider(server: LocalServer, told: list[Told] | None = None, **vendor) -> ProviderHttp:
    return ProviderHttp(
        vendor=Vendor("acme", read_fault=read_fault, **vendor),
        base_url=f"{server.url}/api",
        credentials=lambda: {"authorization": f"Bearer {SECRET}"},
        observe=(told if told is not None else []).append,
    )


def deadline(seconds: float = 10.0) -> Deadline:
    return Deadline(seconds)


def call(server: LocalServer, method: str = "GET", *, seconds: float = 10.0, **options):
    return provider(server).request(method, "/things", deadline=deadline(seconds), **options)


def nobody_listens() -> LocalServer:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return LocalServer(hangs_up, port=port)


# The pool


def test_a_hundred_calls_use_one_connection():
    with local_server(replies(200, b'{"a": 1}')) as server:
        answers = [call(server).json() for _ in range(100)]
    assert answers == [{"a": 1}] * 100
    assert server.connections == 1


def test_there_is_one_tls_context_per_process_and_none_on_import():
    script = """
import ssl
made = []
make = ssl.SSLContext.__new__
def counted(cls, *args, **options):
    made.append(cls)
    return make(cls, *args, **options)
ssl.SSLContext.__new__ = counted
import esign.http.client, esign.http.outbound, esign.http.ssrf as ssrf
from esign.http import pool
assert made == [], made
pool.http_client(); pool.http_client()
ssrf.guarded_client(ssrf.Outbound(("a.example",), allow_loopback_http=True))
ssrf.guarded_client(ssrf.Outbound(("b.example",)))
print(len(made))
"""
    root = Path(__file__).parents[2] / "layers/shared/python"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1", done.stderr


def test_the_client_is_shared_and_verifies_certificates():
    assert pool.http_client() is pool.http_client()
    assert pool.tls_context().verify_mode is ssl.CERT_REQUIRED
    assert pool.tls_context().check_hostname


def test_a_cookie_of_one_tenant_is_never_sent_for_another():
    with local_server(replies(200, b"{}", Set_Cookie="session=of-tenant-a; Path=/")) as server:
        call(server)
        call(server)
    assert all("cookie" not in seen.headers for seen in server.seen)


def test_redirects_are_not_followed_and_break_the_contract():
    with local_server(replies(302, b"", Location="/elsewhere")) as server:
        with pytest.raises(ContractBroken):
            call(server)
        with pytest.raises(OutcomeUnknown):
            call(server, "POST")
    assert [seen.path for seen in server.seen] == ["/api/things"] * 2


def test_proxy_variables_and_netrc_are_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("default login spy password spy")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with local_server(replies()) as server:
        http = ProviderHttp(vendor=Vendor("acme"), base_url=server.url)
        http.request("GET", "/", deadline=deadline())
    assert "authorization" not in server.seen[0].headers


# Requests and replies


def test_credentials_are_asked_for_before_every_try():
    tokens = iter(["old", "new"])
    with local_server(replies(503), replies()) as server:
        http = ProviderHttp(
            vendor=Vendor("acme"), base_url=server.url, credentials=lambda: {"authorization": next(tokens)}
        )
        http.request("GET", "/", deadline=deadline())
    assert [seen.headers["authorization"] for seen in server.seen] == ["old", "new"]


def test_json_parameters_and_multipart_reach_the_provider():
    with local_server(replies()) as server:
        call(server, "POST", json={"a": "ü"}, params={"q": "x y", "n": [1, 2]}, headers={"x-one": "1"})
        call(server, "POST", files={"pdf": ("a.pdf", io.BytesIO(b"%PDF-1"), "application/pdf")}, data={"k": "v"})
    first, second = server.seen
    assert json.loads(first.body) == {"a": "ü"}
    assert first.path == "/api/things?q=x+y&n=1&n=2"
    assert first.headers["x-one"] == "1"
    assert second.headers["content-type"].startswith("multipart/form-data")
    assert b"%PDF-1" in second.body
    assert b'name="k"' in second.body


def test_a_json_body_with_a_file_is_streamed_with_its_exact_length():
    class File(io.RawIOBase):
        """40 MB that exist nowhere."""

        size, at = 40_000_001, 0

        def seek(self, offset, whence=0):
            self.at = offset + (self.size if whence == io.SEEK_END else 0)
            return self.at

        def read(self, n=-1):
            n = min(n, self.size - self.at)
            self.at += n
            return b"x" * n

    digest = hashlib.sha256()

    def swallow(server_socket):
        peer, _ = server_socket.accept()
        received = b""
        while b"\r\n\r\n" not in received:
            received += peer.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        left = int(dict(line.lower().split(b": ") for line in head.split(b"\r\n")[1:])[b"content-length"]) - len(body)
        digest.update(body)
        while left:
            body = peer.recv(65536)
            digest.update(body)
            left -= len(body)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        peer.close()

    body = JsonWithFiles({"name": "x", "document": Base64File(cast("BinaryIO", File())), "after": [1]})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sink = threading.Thread(target=swallow, args=(listening,))
        sink.start()
        server = LocalServer(hangs_up, port=listening.getsockname()[1])
        tracemalloc.start()
        try:
            call(server, "POST", content=body)
            held = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            sink.join()
    expected = hashlib.sha256()
    for piece in body:
        expected.update(piece)
    assert digest.digest() == expected.digest()
    assert held < 4_000_000  # a tenth of the file; the whole would be 53 MB


def test_a_streamed_body_is_sent_anew_when_it_is_retried():
    body = JsonWithFiles({"document": Base64File(io.BytesIO(b"%PDF-1.7 abc"))})
    with local_server(replies(503), replies()) as server:
        call(server, "PUT", content=body, safe=True)
    assert server.seen[0].body == server.seen[1].body == b'{"document":"JVBERi0xLjcgYWJj"}'


def test_a_download_is_written_hashed_and_counted():
    content = b"%PDF-1.7" + bytes(300_000)
    into = io.BytesIO(b"left over from before" * 100_000)
    with local_server(replies(200, content, Content_Type="application/pdf")) as server:
        saved = provider(server).download("/file", into=into, max_bytes=400_000, deadline=deadline())
    assert into.getvalue() == content
    assert (saved.size, saved.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert saved.headers["content-type"] == "application/pdf"


def test_a_download_that_breaks_off_is_started_over_and_holds_no_doubled_bytes():
    def breaks_off(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234")
        exchange.hang_up()

    into = io.BytesIO()
    with local_server(breaks_off, replies(200, b"0123456789")) as server:
        provider(server).download("/file", into=into, max_bytes=100, deadline=deadline())
    assert into.getvalue() == b"0123456789"


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_longer_than_the_cap_is_not_read_on(announced):
    def endless(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\n")
        exchange.raw(b"Content-Length: 100000000\r\n\r\n" if announced else b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(3000):
            exchange.raw(b"10000\r\n" + bytes(65536) + b"\r\n")

    into = io.BytesIO()
    with local_server(endless) as server, pytest.raises(ContractBroken):
        provider(server).download("/file", into=into, max_bytes=1_000_000, deadline=deadline())
    assert len(into.getvalue()) <= 1_000_000


def test_a_reply_longer_than_the_cap_is_broken_for_a_get_and_unknown_for_a_post():
    with local_server(replies(200, b"x" * 2000)) as server:
        with pytest.raises(ContractBroken):
            call(server, max_bytes=1000)
        with pytest.raises(OutcomeUnknown):
            call(server, "POST", max_bytes=1000)


# What each outcome is called


@pytest.mark.parametrize(
    ("status", "get", "post"),
    [
        (400, ProviderRefused, ProviderRefused),
        (401, CredentialsRefused, CredentialsRefused),
        (403, CredentialsRefused, CredentialsRefused),
        (404, ProviderNotFound, ProviderNotFound),
        (408, ProviderUnavailable, ProviderUnavailable),
        (409, ProviderConflict, ProviderConflict),
        (410, ProviderNotFound, ProviderNotFound),
        (422, ProviderRefused, ProviderRefused),
        (429, ProviderRateLimited, ProviderRateLimited),
        (500, ProviderUnavailable, OutcomeUnknown),
        (502, ProviderUnavailable, OutcomeUnknown),
        (503, ProviderUnavailable, OutcomeUnknown),
        (504, ProviderUnavailable, OutcomeUnknown),
        (599, ProviderUnavailable, OutcomeUnknown),
        (304, ContractBroken, OutcomeUnknown),
    ],
)
def test_each_status_has_its_error(status, get, post):
    body = b"" if status == 304 else b'{"code": "E7", "message": "no"}'
    with local_server(replies(status, body)) as server:
        for method, kind in (("GET", get), ("POST", post)):
            with pytest.raises(ProviderError) as caught:
                call(server, method, seconds=0.5)
            assert type(caught.value) is kind
            assert caught.value.fault.status == status


def test_a_vendor_may_declare_that_its_503_means_nothing_was_done():
    with local_server(replies(503, b"")) as server, pytest.raises(ProviderUnavailable):
        provider(server, nothing_done=frozenset({503})).request("POST", "/", deadline=deadline())
    assert len(server.seen) == 1


def test_an_expected_status_is_no_error_and_an_unexpected_success_is():
    with local_server(replies(404, b'{"found": false}')) as server:
        assert call(server, expected={200, 404}).status == 404
    with local_server(replies(202)) as server, pytest.raises(ContractBroken):
        call(server, expected={200})


def test_a_refusal_carries_the_vendors_code_and_request_id_and_a_cleaned_message():
    said = b'{"code": "Phone.Invalid", "message": "jo@example.org has\\n no number +32 475 12 34 56"}'
    with local_server(replies(400, said, X_Request_Id="r-1")) as server, pytest.raises(ProviderRefused) as caught:
        call(server, "POST")
    fault = caught.value.fault
    assert (fault.provider, fault.status, fault.code, fault.request_id) == ("acme", 400, "Phone.Invalid", "r-1")
    assert fault.message == "<e-mail> has  no number <number>"


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_an_error_body_in_no_known_shape_does_not_hide_the_status(body):
    with local_server(replies(400, body)) as server, pytest.raises(ProviderRefused) as caught:
        call(server)
    assert caught.value.fault.status == 400
    assert caught.value.fault.code is None


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"\xff", b"[" * 100_000])
def test_garbage_is_a_broken_contract_for_a_get_and_unknown_for_a_post(body):
    with local_server(replies(200, body)) as server:
        with pytest.raises(ContractBroken):
            call(server).json()
        with pytest.raises(OutcomeUnknown):
            call(server, "POST").json()


def sends_garbage(exchange: Exchange) -> None:
    exchange.raw(b"SSH-2.0-OpenSSH\r\n")
    exchange.hang_up()


def breaks_off_in_the_headers(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Le")
    exchange.hang_up()


def breaks_off_in_the_body(exchange: Exchange) -> None:
    exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a"')
    exchange.hang_up()


def never_answers(exchange: Exchange) -> None:
    time.sleep(1.0)


@pytest.mark.parametrize(
    "misbehave", [hangs_up, sends_garbage, breaks_off_in_the_headers, breaks_off_in_the_body, never_answers]
)
def test_a_lost_reply_to_a_post_is_unknown_and_is_not_repeated(misbehave):
    with local_server(misbehave) as server, pytest.raises(OutcomeUnknown):
        call(server, "POST", seconds=0.4)
    assert len(server.seen) == 1


def test_a_stale_pooled_connection_that_breaks_under_a_post_is_unknown():
    with local_server(replies(), hangs_up, replies()) as server:
        call(server)
        with pytest.raises(OutcomeUnknown):
            call(server, "POST")
    assert (server.connections, len(server.seen)) == (1, 2)


def test_nobody_listening_is_unavailable_even_for_a_post():
    with pytest.raises(ProviderUnavailable) as caught:
        call(nobody_listens(), "POST", seconds=0.5)
    assert caught.value.fault.status is None


def test_a_failed_tls_handshake_is_unavailable_for_a_post():
    with local_server(replies()) as server:
        https = ProviderHttp(vendor=Vendor("acme"), base_url=server.url.replace("http:", "https:"))
        with pytest.raises(ProviderUnavailable):
            https.request("POST", "/", deadline=deadline(0.5))
    assert server.seen == []


def test_no_call_is_made_when_no_time_is_left():
    with local_server(replies()) as server, pytest.raises(ProviderUnavailable):
        call(server, "POST", seconds=0.0)
    assert server.seen == []


@pytest.mark.parametrize("in_headers", [True, False])
def test_an_answer_that_drips_cannot_outlast_the_deadline(in_headers):
    def drips(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\n" + (b"X-Long: " if in_headers else b"Content-Length: 40\r\n\r\n"))
        for _ in range(40):
            exchange.raw(b"x")
            time.sleep(0.05)
        exchange.raw(b"\r\nContent-Length: 0\r\n\r\n" if in_headers else b"")

    told: list[Told] = []
    with local_server(drips) as server, pytest.raises(OutcomeUnknown):
        provider(server, told).request("POST", "/", deadline=deadline(0.3))
    assert [exchange.failure for exchange in told] == ["ReadTimeout"]


# Retries


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_safe_call_is_repeated_on_passing_failures(status):
    with local_server(replies(status, b""), replies(status, b""), replies()) as server:
        assert call(server).status == 200
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 501])
def test_a_safe_call_is_not_repeated_on_lasting_failures(status):
    with local_server(replies(status, b""), replies()) as server, pytest.raises(ProviderError):
        call(server)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_unsafe_call_is_never_repeated_on_an_answer(status):
    with local_server(replies(status, b""), replies()) as server, pytest.raises(ProviderError):
        call(server, "POST")
    assert len(server.seen) == 1


@pytest.mark.parametrize("misbehave", [hangs_up, sends_garbage, breaks_off_in_the_headers, breaks_off_in_the_body])
def test_a_safe_call_is_repeated_when_the_connection_breaks(misbehave):
    with local_server(misbehave, replies()) as server:
        assert call(server).status == 200
    assert len(server.seen) == 2


def test_there_are_at_most_two_repetitions():
    with local_server(replies(503, b"")) as server, pytest.raises(ProviderUnavailable):
        call(server)
    assert len(server.seen) == 3


def test_retry_after_is_honoured_when_it_fits():
    times: list[float] = []

    def limited(exchange: Exchange) -> None:
        times.append(time.monotonic())
        exchange.answer(429, b"", Retry_After="1")

    def fine(exchange: Exchange) -> None:
        times.append(time.monotonic())
        exchange.answer(200, b"{}")

    with local_server(limited, fine) as server:
        call(server, seconds=20.0)
    assert times[1] - times[0] >= 1.0


def test_a_retry_after_beyond_a_fifth_of_the_deadline_is_left_to_the_caller():
    limited = replies(429, b"", Retry_After="3")
    with local_server(limited, replies()) as server, pytest.raises(ProviderRateLimited) as caught:
        call(server, seconds=10.0)
    assert caught.value.retry_after == 3.0
    assert len(server.seen) == 1


def test_a_call_that_failed_late_is_not_repeated():
    def slowly_fails(exchange: Exchange) -> None:
        time.sleep(0.3)
        exchange.answer(503, b"")

    with local_server(slowly_fails) as server, pytest.raises(ProviderUnavailable):
        call(server, seconds=1.0)
    assert len(server.seen) == 1


def test_a_post_is_repeated_while_nobody_listens_and_made_once_somebody_does():
    told: list[Told] = []
    with local_server(replies()) as server:
        attempts = iter([httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), None])

        class Reluctant(httpx.BaseTransport):
            def handle_request(self, request):
                if error := next(attempts):
                    raise error
                return httpx.Response(201, content=b"{}")

        http = ProviderHttp(
            vendor=Vendor("acme"),
            base_url=server.url,
            observe=told.append,
            client=lambda: httpx.Client(transport=Reluctant()),
        )
        assert http.request("POST", "/", deadline=deadline()).status == 201
    assert [exchange.failure for exchange in told] == ["ConnectError", "ConnectTimeout", None]


# What is told of a call


def test_every_try_is_told_and_nothing_secret_is():
    told: list[Told] = []
    with local_server(replies(503, b""), replies(200, b'{"secret": "body"}')) as server:
        http = provider(server, told)
        http.request(
            "GET",
            "/packages/pkg_01hzy8mv3q1c6x5z7w9t0r2e4k/jo%40example.org",
            deadline=deadline(),
            params={"t": SECRET},
        )
    assert [exchange.status for exchange in told] == [503, 200]
    line = str(told[1])
    assert line.startswith("GET 127.0.0.1/api/packages/pkg_01hzy8mv3q1c6x5z7w9t0r2e4k/…?… -> 200 in ")
    assert SECRET not in line + repr(told) + repr(http)


def test_a_reply_shows_neither_its_body_nor_its_headers():
    with local_server(replies(200, b'"body-canary"', X_Canary="header-canary")) as server:
        assert "canary" not in repr(call(server))


def test_no_error_shows_the_credentials_the_query_or_the_body():
    with local_server(hangs_up) as server, pytest.raises(OutcomeUnknown) as caught:
        provider(server).request("POST", "/x", params={"q": "query-canary"}, json="body-canary", deadline=deadline(1))
    error: BaseException | None = caught.value
    while error:
        assert not {"query-canary", "body-canary", SECRET} & set(repr(error).replace("'", " ").split())
        error = error.__cause__


def test_a_long_body_in_memory_arrives_whole():
    content = bytes(range(256)) * 5000
    with local_server(replies()) as server:
        call(server, "PUT", content=content)
    assert server.seen[0].body == content


def test_a_download_that_is_refused_says_why():
    gone = replies(404, b'{"code": "Gone", "message": "no"}')
    with local_server(gone) as server, pytest.raises(ProviderNotFound) as caught:
        provider(server).download("/file", into=io.BytesIO(), max_bytes=100, deadline=deadline())
    assert caught.value.fault.code == "Gone"


def test_our_own_mistake_is_neither_repeated_nor_renamed():
    def unreadable() -> dict[str, str]:
        raise KeyError("no secret stored")

    with local_server(replies()) as server:
        http = ProviderHttp(vendor=Vendor("acme"), base_url=server.url, credentials=unreadable)
        with pytest.raises(KeyError):
            http.request("GET", "/", deadline=deadline())
    assert server.seen == []
