"""The guard before every address that somebody else wrote: document sources and notification endpoints.

https on port 443 to a host that is on the list, every address that its name resolves to being a public one, and the
connection made to the very address that was judged (DNS is asked once, so it cannot change its mind). In a Lambda a
loopback request would reach the runtime's own API and read the next tenant's event. TLS and the Host header keep the
name. Knows nothing of documents or of Coupa.

Addresses are judged twice: by ssrfguard's table (Apache-2.0, typed, no dependencies; generated from IANA's registries,
it looks into IPv4-mapped, 6to4, NAT64 and Teredo addresses) and by `ipaddress`, whose answers differ between Python
versions. Only ssrfguard's core is used: its httpx client imports anyio and private names of httpx (65 ms against 19).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import httpcore
import httpx
import ssrfguard

from esign.domain.errors import UnsafeAddress
from esign.http.network import PunctualBackend
from esign.http.pool import PooledTransport, build_client

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Outbound:
    """Where the connector may go: exact host names and `*.example.com` patterns; none means nowhere.

    `allow_loopback_http` adds plain http, to any port, for those listed hosts that are this machine. It comes from the
    stage's settings and is meant for a cloud that runs on the developer's own machine.
    """

    allowed_hosts: tuple[str, ...]
    allow_loopback_http: bool = False


@lru_cache(maxsize=32)
def guarded_client(outbound: Outbound, resolver: ssrfguard.Resolver = socket.getaddrinfo) -> httpx.Client:
    """The process's client for one `Outbound`. It raises `UnsafeAddress` and follows no redirect.

    A pattern that can mean nothing ("*", "a.*.example", "") is a ValueError.
    """
    if not outbound.allowed_hosts:  # to ssrfguard, an empty list would mean "any host"
        return build_client(_Nowhere())
    hosts = frozenset(outbound.allowed_hosts)
    public = ssrfguard.Policy(
        allowed_schemes=frozenset({"https"}), allowed_ports=frozenset({443}), allowed_hosts=hosts, max_url_length=4096
    )
    https = GuardedTransport(public, is_public, resolver)
    if not outbound.allow_loopback_http:
        return build_client(https)
    local = ssrfguard.Policy(
        allowed_schemes=frozenset({"http"}),
        allowed_ports=frozenset(range(1, 65536)),
        allowed_hosts=hosts,
        allowed_networks=_LOOPBACK,
    )
    return build_client(https, http=GuardedTransport(local, is_loopback, resolver))


def guarded_host(host: str, *, allow_loopback_http: bool = False) -> httpx.Client:
    """For an address that a provider gave in its answer. Raises UnsafeAddress."""
    return guarded_client(own_host(host, allow_loopback_http=allow_loopback_http))


def own_host(host: str, *, allow_loopback_http: bool = False) -> Outbound:
    """Where an address leads that may name any host: to its own, if that is a public one.

    Raises UnsafeAddress for what is no host but a pattern, or nothing that could be on a list.
    """
    if "*" in host:
        raise _refused()
    try:
        ssrfguard.Policy(allowed_hosts=frozenset({host}))
    except ValueError:
        raise _refused() from None
    return Outbound((host,), allow_loopback_http=allow_loopback_http)


def own_address(url: str, *, allow_loopback_http: bool = False) -> Outbound:
    """`own_host` of a whole address."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        raise _refused() from None
    return own_host(host, allow_loopback_http=allow_loopback_http)


class GuardedTransport(PooledTransport):
    """Judges the whole URL of every request, redirected ones too, before a socket is opened or reused for it."""

    def __init__(
        self, policy: ssrfguard.Policy, reachable: Callable[[IPAddress], bool], resolver: ssrfguard.Resolver
    ) -> None:
        super().__init__(_GuardedBackend(policy, reachable, resolver))
        self._policy = policy

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            self._policy.check_url(str(request.url))
        except ssrfguard.SSRFGuardError:
            raise _refused() from None
        return super().handle_request(request)


class _GuardedBackend(PunctualBackend):
    """Resolves once, judges every answer, and connects to one of the answers it judged."""

    def __init__(
        self, policy: ssrfguard.Policy, reachable: Callable[[IPAddress], bool], resolver: ssrfguard.Resolver
    ) -> None:
        super().__init__()
        self._policy = policy
        self._reachable = reachable
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in self._judged(host, port)[: self._policy.max_connection_attempts]:
            try:
                return super().connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _judged(self, host: str, port: int) -> tuple[IPAddress, ...]:
        target = ssrfguard.Target(scheme="tcp", host=host, port=port, host_as_written=host, address=_literal(host))
        try:
            self._policy.check_host(host)
            answers = ssrfguard.resolve(target, policy=self._policy, resolver=self._resolver)
        except ssrfguard.SSRFGuardError:
            raise _refused() from None
        except OSError as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        if not all(self._reachable(answer.ip) for answer in answers):
            raise _refused()
        return tuple(answer.ip for answer in answers)


class _Nowhere(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        raise _refused()


def is_public(address: IPAddress) -> bool:
    return address.is_global and not address.is_multicast


def is_loopback(address: IPAddress) -> bool:
    return address.is_loopback


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused() -> UnsafeAddress:
    """One sentence for every reason: to tell them apart would map our network for whoever asks."""
    return UnsafeAddress("the connector may not call this address: https, port 443, a listed host, a public network")
