"""The sockets beneath httpx: each connect, read and write obeys the call's deadline.

Plugs into httpcore's public seam for network backends; knows nothing of URLs, policies or vendors.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

from esign.http.deadline import clip

_PIECE = 256 * 1024  # bytes written before the deadline is asked again


class PunctualStream(httpcore.NetworkStream):
    """A connected socket that never waits past the applying deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for piece in _pieces(buffer):
            self._inner.write(piece, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = _left(timeout, httpcore.ConnectTimeout)
        return PunctualStream(self._inner.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        return self._inner.get_extra_info(info)


class PunctualBackend(httpcore.SyncBackend):
    """Opens `PunctualStream`s."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _left(timeout, httpcore.ConnectTimeout)
        return PunctualStream(super().connect_tcp(host, port, seconds, local_address, socket_options))


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    seconds = clip(timeout)
    if seconds == 0.0:  # to a socket, 0 would mean "do not block"
        raise late("the call's deadline has passed")
    return seconds


def _pieces(buffer: bytes) -> Iterator[bytes]:
    if len(buffer) <= _PIECE:
        yield buffer
        return
    view = memoryview(buffer)
    for start in range(0, len(view), _PIECE):
        yield bytes(view[start : start + _PIECE])
