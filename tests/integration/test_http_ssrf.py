"""The SSRF guard: what it must refuse, what it must let through, and that it connects to what it judged."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import ipaddress
import socket
import ssl
import threading
import time
from typing import Any

import httpx
import pytest
import ssrfguard

from esign.domain.errors import ConnectorError, TooLarge, UnsafeAddress
from esign.http import pool
from esign.http.deadline import Deadline
from esign.http.fetcher import GuardedFetcher
from esign.http.issuer_keys import fetch_json
from esign.http.outbound import fetch_document, post
from esign.http.ssrf import GuardedTransport, Outbound, guarded_client, is_public
from esign.runtime.outbound import Poster
from tests.fakes.http_server import Exchange, local_server, replies

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"

DNS = {
    "files.coupahost.com": [PUBLIC],
    "a.b.coupahost.com": [PUBLIC, PUBLIC_6],
    "coupahost.com": [PUBLIC],
    "six.coupahost.com": [PUBLIC_6],
    "xn--bcher-kva.coupahost.com": [PUBLIC],
    "localhost": ["127.0.0.1"],
    "loopback.coupahost.com": ["127.0.0.1"],
    "metadata.coupahost.com": ["169.254.169.254"],
    "private.coupahost.com": ["10.1.2.3"],
    "shared.coupahost.com": ["100.64.0.1"],
    "mixed.coupahost.com": [PUBLIC, "10.0.0.1"],
    "mixed-six.coupahost.com": [PUBLIC, "::1"],
    "mapped.coupahost.com": ["::ffff:127.0.0.1"],
    "sixtofour.coupahost.com": ["2002:7f00:1::"],
    "nat64.coupahost.com": ["64:ff9b::a9fe:a9fe"],
    "local-nat64.coupahost.com": ["64:ff9b:1::a00:1"],
    "teredo.coupahost.com": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "ula.coupahost.com": ["fd00:ec2::254"],
    "link.coupahost.com": ["fe80::1"],
    "multicast.coupahost.com": ["224.0.0.1"],
    "multicast-six.coupahost.com": ["ff0e::1"],
    "unspecified.coupahost.com": ["0.0.0.0"],  # noqa: S104
    "broadcast.coupahost.com": ["255.255.255.255"],
    "documentation.coupahost.com": ["203.0.113.5"],
    "benchmark.coupahost.com": ["198.18.0.1"],
    "reserved.coupahost.com": ["240.0.0.1"],
    "compatible.coupahost.com": ["::127.0.0.1"],
    "elsewhere.example": [PUBLIC],
    "evilcoupahost.com": [PUBLIC],
    "files.coupahost.com.evil.example": [PUBLIC],
}


def resolver(host, port, *_flags):
    """DNS from the table; numeric spellings as the platform's resolver reads them, without a network."""
    numeric, host = [], host.rstrip(".")
    if host not in DNS:
        numeric = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    return numeric or [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (ip, port, 0, 0))
        if ":" in ip
        else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
        for ip in DNS[host]
    ]


@pytest.fixture
def connected(monkeypatch) -> list[tuple[str, int]]:
    """The addresses that sockets were opened to; nothing answers there."""
    opened = []

    def refuse(address, *_args, **_options):
        opened.append(address[:2])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return opened


def client_for(outbound: Outbound) -> httpx.Client:
    return guarded_client(outbound, resolver)


def fetch(url: str, policy: Outbound, *, max_bytes: int = 1_000_000, seconds: float = 5.0, into=None):
    into = io.BytesIO() if into is None else into
    return fetch_document(
        url, into=into, policy=policy, max_bytes=max_bytes, deadline=Deadline(seconds), client_for=client_for
    )


LISTED = Outbound(("*.coupahost.com", "coupahost.com"))

# Even the host of each vector is on the list here, so that the list alone cannot be what stops it.
GENEROUS = Outbound(
    (
        *LISTED.allowed_hosts,
        *("127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "2002:7f00:1::", "64:ff9b::7f00:1"),  # noqa: S104
        *("fd00:ec2::254", "fe80::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "224.0.0.1", "198.51.100.1"),
    )
)

VECTORS = [
    # schemes
    "http://files.coupahost.com/a.pdf",
    "http://files.coupahost.com:443/a.pdf",
    "file:///etc/passwd",
    "file://files.coupahost.com/etc/passwd",
    "gopher://files.coupahost.com/_GET",
    "ftp://files.coupahost.com/a.pdf",
    "dict://files.coupahost.com:2628/",
    "ws://files.coupahost.com/",
    "data:application/pdf;base64,JVBERi0=",
    "javascript:alert(1)",
    "//files.coupahost.com/a.pdf",
    "files.coupahost.com/a.pdf",
    "",
    "https://",
    "https:///a.pdf",
    # ports
    "https://files.coupahost.com:22/",
    "https://files.coupahost.com:8443/",
    "https://files.coupahost.com:80/",
    "https://files.coupahost.com:0/",
    "https://files.coupahost.com:99999/",
    # loopback, private, link-local, shared and reserved literals, in every spelling
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://0xA9FEA9FE/latest/meta-data/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://198.51.100.1/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    # user information and confusing authorities
    "https://user:pass@files.coupahost.com/",
    "https://files.coupahost.com@127.0.0.1/",
    "https://files.coupahost.com:443@elsewhere.example/",
    "https://elsewhere.example#@files.coupahost.com/",
    "https://elsewhere.example?@files.coupahost.com/",
    "https://elsewhere.example\\@files.coupahost.com/",
    "https://files.coupahost.com\\@elsewhere.example/",
    "https://files.coupahost.com%2eelsewhere.example/",
    "https://files.coupahost.com%00.elsewhere.example/",
    "https://files.coupahost.com\n.elsewhere.example/",
    "https://files.coupahost.com\t/",
    "https:// files.coupahost.com/",
    "https://files.coupahost.com/" + "a" * 5000,
    # hosts that no resolver could be asked for
    "https://xn--.coupahost.com/",
    "https://xn--a.coupahost.com/",
    "https://xn--e28h.coupahost.com/",
    "https://a.*.coupahost.com/",
    "https://*.coupahost.com/",
    "https://*/",
    "https://a..coupahost.com/",
    "https://ä..coupahost.com/",
    "https://" + "ä" * 64 + ".coupahost.com/",
    "https://files.\ud83d.coupahost.com/",
    "https://files.coupahost.com/\ud83d",
    # hosts that are not on the list
    "https://elsewhere.example/",
    "https://evilcoupahost.com/",
    "https://files.coupahost.com.evil.example/",
    "https://files。evilcoupahost.com/",
    # listed names that resolve to what must not be reached
    *(
        f"https://{host}/"
        for host, ips in DNS.items()
        if host.endswith(".coupahost.com") and set(ips) - {PUBLIC, PUBLIC_6}
    ),
]

HARMLESS = [
    "https://files.coupahost.com/a.pdf",
    "https://files.coupahost.com:443/a.pdf?X-Amz-Signature=abc&X-Amz-Expires=300",
    "https://FILES.CoupaHost.com/a%20b.pdf",
    "https://files.coupahost.com./a.pdf",
    "https://a.b.coupahost.com/",
    "https://coupahost.com/",
    "https://six.coupahost.com/",
    "https://bücher.coupahost.com/",
    "https://files。coupahost.com/a.pdf",
]


def test_there_are_at_least_forty_distinct_vectors():
    assert len(set(VECTORS)) == len(VECTORS) >= 90


@pytest.mark.parametrize("policy", [LISTED, GENEROUS], ids=["listed", "generous"])
@pytest.mark.parametrize("url", VECTORS)
def test_an_unsafe_address_is_refused_before_a_socket_is_opened(url, policy, connected):
    with pytest.raises(UnsafeAddress):
        fetch(url, policy)
    with pytest.raises(UnsafeAddress):
        post(url, b"{}", {}, policy=policy, deadline=Deadline(5), client_for=client_for)
    assert connected == []


@pytest.mark.parametrize("url", HARMLESS)
def test_a_listed_public_address_is_let_through(url, connected):
    with pytest.raises(ConnectorError) as caught:  # nobody answers, but the guard had no objection
        fetch(url, LISTED)
    assert caught.value.kind == "source_unavailable"
    assert connected
    assert {address for address, _ in connected} <= {PUBLIC, PUBLIC_6}
    assert {port for _, port in connected} == {443}


def test_an_empty_list_means_nowhere(connected):
    with pytest.raises(UnsafeAddress):
        fetch("https://files.coupahost.com/", Outbound(()))
    with pytest.raises(UnsafeAddress):
        fetch("http://127.0.0.1/", Outbound((), allow_loopback_http=True))
    assert connected == []


def test_a_name_that_changes_its_address_is_asked_once_and_reached_where_it_was_judged(connected):
    lookups = []

    def rebinding(host, port, *flags):
        lookups.append(host)
        address = PUBLIC if len(lookups) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with pytest.raises(ConnectorError):
        fetch_document(
            "https://files.coupahost.com/",
            into=io.BytesIO(),
            policy=LISTED,
            max_bytes=10,
            deadline=Deadline(5),
            client_for=lambda outbound: guarded_client(outbound, rebinding),
        )
    assert connected == [(PUBLIC, 443)]
    assert lookups == ["files.coupahost.com"]


def test_a_name_that_does_not_resolve_is_no_security_refusal(connected):
    def unknown(*_args):
        raise socket.gaierror

    with pytest.raises(ConnectorError) as caught:
        fetch_document(
            "https://files.coupahost.com/",
            into=io.BytesIO(),
            policy=LISTED,
            max_bytes=10,
            deadline=Deadline(5),
            client_for=lambda outbound: guarded_client(outbound, unknown),
        )
    assert caught.value.kind == "source_unavailable"


def test_a_refusal_tells_neither_the_address_nor_the_reason():
    for url in ("https://private.coupahost.com/?token=canary", "https://elsewhere.example/canary"):
        with pytest.raises(UnsafeAddress) as caught:
            fetch(url, LISTED)
        assert "canary" not in str(caught.value)
        assert "10.1.2.3" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_an_address_that_the_table_would_miss_is_still_refused(connected):
    blind = ssrfguard.Policy(allowed_networks=(ipaddress.ip_network("0.0.0.0/0"),))
    with httpx.Client(transport=GuardedTransport(blind, is_public, resolver)) as client:
        for host in ("metadata", "private", "shared", "multicast", "loopback"):
            with pytest.raises(UnsafeAddress):
                client.get(f"https://{host}.coupahost.com/")
        assert connected == []
        with pytest.raises(httpx.ConnectError):
            client.get("https://files.coupahost.com/")


def test_a_backend_judges_the_host_itself(connected):
    policy = ssrfguard.Policy(allowed_hosts=frozenset(LISTED.allowed_hosts))
    backend = GuardedTransport(policy, is_public, resolver)._pool._network_backend
    with pytest.raises(UnsafeAddress):
        backend.connect_tcp("elsewhere.example", 443)
    assert connected == []


# The connection keeps the name: TLS is verified against it, though the socket goes to an address.


def certificate(tmp_path, name: str):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    roots = tmp_path / "roots.pem"
    roots.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    return pem, roots


@pytest.fixture
def fresh_tls(monkeypatch):
    pool.tls_context.cache_clear()
    yield monkeypatch
    pool.tls_context.cache_clear()


@pytest.mark.parametrize(("named", "accepted"), [("files.coupahost.com", True), ("127.0.0.1.coupahost.com", False)])
def test_the_certificate_is_verified_against_the_name_not_the_address(named, accepted, tmp_path, fresh_tls):
    pem, roots = certificate(tmp_path, named)
    fresh_tls.setenv("SSL_CERT_FILE", str(roots))
    asked_for = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    heads = []

    def serve(listening):
        peer, _ = listening.accept()
        with peer, context.wrap_socket(peer, server_side=True) as tls:
            heads.append(tls.recv(65536))
            tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: application/pdf\r\n\r\n%PDF")

    def quietly(listening):
        try:
            serve(listening)
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=quietly, args=(listening,))
        thread.start()
        port = listening.getsockname()[1]
        policy = ssrfguard.Policy(
            allowed_ports=frozenset({port}),
            allowed_hosts=frozenset(LISTED.allowed_hosts),
            allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),),
        )
        to_loopback = lambda host, port, *_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]  # noqa: E731
        transport = GuardedTransport(policy, lambda _address: True, to_loopback)
        with httpx.Client(transport=transport, trust_env=False) as client:
            if accepted:
                assert client.get(f"https://files.coupahost.com:{port}/a.pdf").content == b"%PDF"
            else:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    client.get(f"https://files.coupahost.com:{port}/a.pdf")
        thread.join()
    assert asked_for == ["files.coupahost.com"]
    assert not accepted or f"host: files.coupahost.com:{port}" in heads[0].decode().lower()


# On a developer's machine: plain http, to listed loopback hosts only.

LOCAL = Outbound(("127.0.0.1", "localhost", "10.0.0.1", "*.coupahost.com"), allow_loopback_http=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://files.coupahost.com/",
        "http://mixed.coupahost.com/",
        "http://[::1]/",
        "http://127.0.0.2/",
        "http://127.1/",
        "http://user@127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://loopback.coupahost.com/",
    ],
)
def test_loopback_http_opens_nothing_but_listed_loopback_hosts(url, connected):
    with pytest.raises(UnsafeAddress):
        fetch(url, LOCAL)
    assert connected == []


def local(server, path: str = "/a.pdf", **options):
    return fetch(f"{server.url}{path}", LOCAL, **options)


def test_a_document_is_fetched_with_its_digest_and_content_type():
    into = io.BytesIO(b"something longer that was there before")
    with local_server(replies(200, b"%PDF-1.7", Content_Type="Application/PDF; charset=binary")) as server:
        fetched = local(server, into=into)
    assert into.getvalue() == b"%PDF-1.7"
    assert (fetched.size, fetched.content_type) == (8, "application/pdf")
    assert fetched.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()


def test_three_redirects_are_followed_and_a_fourth_is_not():
    def onwards(exchange: Exchange) -> None:
        server: Any = exchange.server
        exchange.answer(302, b"", Location=f"/hop{len(server.local.seen)}")

    with local_server(onwards, onwards, onwards, replies(200, b"%PDF")) as server:
        assert local(server).size == 4
    with local_server(onwards) as server:
        with pytest.raises(UnsafeAddress):
            local(server)
        assert len(server.seen) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "https://elsewhere.example/",
        "https://private.coupahost.com/",
        "http://user:pass@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//169.254.169.254/",
        "https://xn--.coupahost.com/",
        "https://a.*.coupahost.com/",
        "http:a.pdf",
    ],
)
def test_every_redirect_is_judged_anew(target):
    with local_server(replies(302, b"", Location=target), replies(200, b"%PDF")) as server:
        with pytest.raises(UnsafeAddress):
            local(server)
        assert len(server.seen) == 1


def test_nothing_secret_is_sent_along_to_a_source_or_past_a_redirect():
    with local_server(replies(302, b"", Location="/b", Set_Cookie="a=b"), replies(200, b"%PDF")) as server:
        local(server)
    for seen in server.seen:
        assert not {"authorization", "cookie", "referer"} & set(seen.headers)


def oversized(exchange: Exchange) -> None:
    exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        exchange.raw(b"10000\r\n" + bytes(65536) + b"\r\n")


def a_bomb(exchange: Exchange) -> None:
    import gzip

    exchange.answer(200, gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")


@pytest.mark.parametrize("send", [oversized, a_bomb, replies(200, bytes(2_000_000))])
def test_more_than_the_cap_is_refused_however_it_is_sent(send):
    into = io.BytesIO()
    with local_server(send) as server, pytest.raises(TooLarge):
        local(server, into=into)
    assert len(into.getvalue()) <= 1_000_000


def test_a_source_that_drips_is_given_up_at_the_deadline():
    def drips(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")
        for _ in range(40):
            exchange.raw(b"x")
            time.sleep(0.05)

    with local_server(drips) as server, pytest.raises(ConnectorError, match="ReadTimeout") as caught:
        local(server, seconds=0.3)
    assert caught.value.kind == "source_unavailable"


def test_a_fetch_never_takes_more_than_twenty_seconds_of_a_longer_deadline():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, content=b"%PDF")

    client = httpx.Client(transport=httpx.MockTransport(answer))
    fetch_document(
        "https://files.coupahost.com/",
        into=io.BytesIO(),
        policy=LISTED,
        max_bytes=10,
        deadline=Deadline(600),
        client_for=lambda _outbound: client,
    )
    assert 19 < asked[0] <= 20


@pytest.mark.parametrize("status", [204, 304, 401, 404, 500])
def test_a_source_without_a_document_is_unavailable(status):
    with local_server(replies(status, b"")) as server, pytest.raises(ConnectorError) as caught:
        local(server)
    assert caught.value.kind == "source_unavailable"


def test_the_port_gives_a_readable_document_and_obeys_the_requests_deadline():
    fetcher = GuardedFetcher(lambda: Deadline(5), allow_loopback_http=True)
    with local_server(replies(200, b"%PDF-1.7")) as server:
        with fetcher.fetch(server.url, hosts=("127.0.0.1",), max_bytes=100) as document:
            assert (document.body.read(), document.size, document.content_type) == (b"%PDF-1.7", 8, None)
        late = GuardedFetcher(lambda: Deadline(0), allow_loopback_http=True)
        with pytest.raises(ConnectorError), late.fetch(server.url, hosts=("127.0.0.1",), max_bytes=100):
            pass
        strict = GuardedFetcher(lambda: Deadline(5))
        with pytest.raises(UnsafeAddress), strict.fetch(server.url, hosts=("127.0.0.1",), max_bytes=100):
            pass
        assert len(server.seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.*.example/", "https://*/", "https://*.coupahost.com/", "https://ä..example/", "https://[x/"),
        *("https://][/", "https://", "", "https://xn--.example/", "https://" + "ä" * 64 + ".example/"),
    ],
)
def test_where_any_host_may_be_named_a_pattern_is_none(url):
    with pytest.raises(UnsafeAddress):
        Poster().post(url, b"{}", {}, Deadline(5))
    with pytest.raises(UnsafeAddress):
        fetch_json(url, allow_loopback_http=False)


@pytest.mark.parametrize("pattern", ["*", "", "a.*.example", "*a.example"])
def test_a_pattern_that_means_nothing_is_a_mistake_of_the_settings(pattern):
    with pytest.raises(ValueError, match="allowed_hosts"):
        fetch("https://files.coupahost.com/", Outbound((pattern,)))


# Notifications


def notify(url: str, **options):
    return post(url, b'{"a":1}', {"webhook-id": "e1"}, policy=LOCAL, deadline=Deadline(1), **options)


def test_a_notification_is_posted_with_its_headers_and_its_answer_is_told():
    with local_server(replies(202, b"ok")) as server:
        posted = notify(f"{server.url}/hook")
    assert (posted.status, posted.failure) == (202, None)
    assert server.seen[0].body == b'{"a":1}'
    assert server.seen[0].headers["webhook-id"] == "e1"


def test_a_redirected_notification_goes_no_further():
    with local_server(replies(307, b"", Location="/other")) as server:
        assert notify(server.url).status == 307
        assert len(server.seen) == 1


def test_retry_after_of_an_endpoint_is_told():
    with local_server(replies(503, b"", Retry_After="120")) as server:
        assert notify(server.url).retry_after == 120.0


def test_an_endpoint_that_hangs_or_breaks_is_told_without_a_status():
    hold = threading.Event()
    with local_server(lambda exchange: hold.wait(3)) as server:
        hung = notify(server.url)
        hold.set()
    with local_server(lambda exchange: exchange.hang_up()) as server:
        broken = notify(server.url)
    assert (hung.status, hung.failure) == (None, "ReadTimeout")
    assert (broken.status, broken.failure) == (None, "RemoteProtocolError")


def test_an_endless_acknowledgement_still_counts():
    def endless(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            exchange.raw(b"10000\r\n" + bytes(65536) + b"\r\n")

    with local_server(endless) as server:
        assert notify(server.url).status == 200
