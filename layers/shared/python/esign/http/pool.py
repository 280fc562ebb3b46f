"""The process's TLS context and connection pools.

Importing builds nothing: they are made by the first call and shared by all (a TLS context costs 25-50 ms). A pool
serves every tenant, so it keeps no cookies, and it takes nothing from the environment but the trusted roots.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from esign.http.deadline import Deadline
from esign.http.network import PunctualBackend

CONNECT_SECONDS, WRITE_SECONDS, POOL_SECONDS = 3.0, 10.0, 1.0
KEEPALIVE_SECONDS = 50.0  # load balancers close an idle connection after 60
_HEADERS = {"user-agent": "coupa-open-esign-connector", "accept-encoding": "identity", "accept": "*/*"}


@cache
def tls_context() -> ssl.SSLContext:
    """The one TLS context: certifi's roots, or those that SSL_CERT_FILE or SSL_CERT_DIR name."""
    return httpx.create_ssl_context()


@cache
def http_client() -> httpx.Client:
    """The process's client for addresses that an operator configured: the providers'."""
    return build_client(PooledTransport(PunctualBackend()))


def build_client(transport: httpx.BaseTransport, **mounts: httpx.BaseTransport) -> httpx.Client:
    """A client without redirects, cookies, proxies or netrc; `mounts` by scheme replace `transport`."""
    return httpx.Client(
        transport=transport,
        mounts={f"{scheme}://": other for scheme, other in mounts.items()},
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers=_HEADERS,
    )


class PooledTransport(httpx.HTTPTransport):
    """HTTP/1.1 over a pool whose sockets `backend` opens: httpcore's pool takes one, httpx's transport does not."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        super().__init__(verify=tls_context(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls_context(),
            max_connections=20,
            max_keepalive_connections=10,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=backend,
        )


@contextmanager
def addressed() -> Iterator[None]:
    """Around what reads an address: httpx's one InvalidURL for all that is none.

    It lets pass what idna and urllib raise, for a host like `xn--.example` say, and reads an answer's Location too.
    """
    try:
        yield
    except ValueError:
        raise httpx.InvalidURL("the address is not a URL") from None


def timeouts(deadline: Deadline) -> httpx.Timeout:
    """Per step of a call, in seconds; a read may take all that is left."""
    left = deadline.remaining()
    return httpx.Timeout(
        connect=min(CONNECT_SECONDS, left), read=left, write=min(WRITE_SECONDS, left), pool=min(POOL_SECONDS, left)
    )
