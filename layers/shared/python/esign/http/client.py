"""Calls to a provider: a deadline over every call, retries where they are harmless, errors that say what to do.

`ProviderHttp` is what a vendor's own client is written with. It knows no vendor: it is told where the vendor is, with
which credentials, and how its errors read (`esign.http.outcome.Vendor`). The connection pool is the process's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any, BinaryIO, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from esign.domain.errors import ContractBroken, ProviderFault, ProviderUnavailable, UnsafeAddress
from esign.http.body import BodyTooLarge, Saved, pieces, save
from esign.http.deadline import Deadline
from esign.http.outcome import Reply, Vendor, no_answer
from esign.http.pool import addressed, http_client, timeouts
from esign.http.redaction import Exchange, safe_path
from esign.http.renewal import Renew, never, renewed
from esign.http.retry import with_retries

MAX_REPLY = 16 * 1024 * 1024
MAX_REDIRECTS = 3  # of a download
_MAX_ERROR_BODY = 64 * 1024

Scalar = str | int | bool
Params = Mapping[str, Scalar | Sequence[Scalar]]
Files = Mapping[str, tuple[str | None, bytes | BinaryIO, str]]  # field -> (file name, content, media type)


class SizedBody(Protocol):
    """A request body that is made while it is sent, as often as it must be: `esign.http.jsonstream.JsonWithFiles`."""

    length: int
    content_type: str

    def __iter__(self) -> Iterator[bytes]: ...


def no_credentials() -> Mapping[str, str]:
    return {}


def unobserved(_exchange: Exchange) -> None:
    """For calls that nobody keeps a record of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHttp:
    """HTTP to one provider account.

    `base_url` has no slash at its end, `path` one at its start. `credentials` gives the authentication headers and is
    asked before every try, so that a renewed token counts at once; `renew` says whether a refused call is worth another
    one (`esign.http.renewal`). `observe` is told of every try, in safe words.
    `onward` gives the client for a host that a download is redirected to; without it a redirect is no answer.
    """

    vendor: Vendor
    base_url: str
    credentials: Callable[[], Mapping[str, str]] = field(default=no_credentials, repr=False)
    renew: Renew = field(default=never, repr=False)
    observe: Callable[[Exchange], None] = field(default=unobserved, repr=False)
    client: Callable[[], httpx.Client] = field(default=http_client, repr=False)
    onward: Callable[[str], httpx.Client] | None = field(default=None, repr=False)

    def request(
        self,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        safe: bool | None = None,
        json: Any = None,  # noqa: ANN401 - any JSON value
        content: bytes | SizedBody | None = None,
        files: Files | None = None,
        data: Mapping[str, str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[int] = range(200, 300),
        max_bytes: int = MAX_REPLY,
    ) -> Reply:
        """The reply, whose status is in `expected`; everything else raises an error of `esign.http.outcome`.

        `safe` means that repeating the call changes nothing; by itself that is GET and HEAD only. An answer longer
        than `max_bytes` breaks the contract.
        """
        safe = method in {"GET", "HEAD"} if safe is None else safe
        body = {"json": json, "content": content, "files": files, "data": data, "params": params}
        call = _Call(method, path, deadline, safe=safe, headers=_described(content) | dict(headers or {}), body=body)

        def attempt() -> Reply:
            with self._answer(call) as response:
                reply = self._read(response, call, max_bytes)
            if reply.status not in expected:
                raise reply.refusal()
            return reply

        return renewed(lambda: with_retries(attempt, safe=safe, deadline=deadline), self.renew)

    def download(
        self,
        path: str,
        *,
        into: IO[bytes],
        max_bytes: int,
        deadline: Deadline,
        method: str = "GET",
        json: Any = None,  # noqa: ANN401 - any JSON value
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: int = MAX_REDIRECTS,
    ) -> Saved:
        """Read a file into a seekable one, whose content it replaces; more than `max_bytes` breaks the contract.

        `method` and `json`: for services that are asked for a file by a POST which changes nothing.

        With `onward`, up to `redirects` redirects are followed; another origin hears nothing of this call: no
        credentials, no headers.
        """
        body = {"json": json, "params": params}
        call = _Call(method, path, deadline, safe=True, headers=dict(headers or {}), body=body)
        follow = self.onward is not None and redirects > 0

        def attempt() -> Saved | str:
            return self._fetch(call, into, max_bytes, follow=follow)

        landed = renewed(lambda: with_retries(attempt, safe=True, deadline=deadline), self.renew)
        if isinstance(landed, Saved):
            return landed
        there, rest = self._at(landed)
        kept = headers if there.base_url == self._origin else None
        with self._unsafe_is_broken():
            return there.download(
                rest, into=into, max_bytes=max_bytes, deadline=deadline, headers=kept, redirects=redirects - 1
            )

    def _fetch(self, call: _Call, into: IO[bytes], max_bytes: int, *, follow: bool) -> Saved | str:
        """The file, or where it is."""
        with self._answer(call) as response:
            if follow and response.has_redirect_location:
                return _pointed(response)
            if response.status_code != httpx.codes.OK:
                raise self._read(response, call, _MAX_ERROR_BODY).refusal()
            try:
                return save(response, into, max_bytes=max_bytes, deadline=call.deadline)
            except BodyTooLarge:
                raise self._empty(response, call).broken(f"a file is longer than {max_bytes} bytes") from None

    @contextmanager
    def _unsafe_is_broken(self) -> Iterator[None]:
        """Where an answer points is the provider's own saying."""
        try:
            yield
        except UnsafeAddress:
            detail = f"{self.vendor.name}: it points to an address that must not be called"
            raise ContractBroken(detail, fault=ProviderFault(self.vendor.name)) from None

    @property
    def _origin(self) -> str:
        return _origin_of(self.base_url)

    def _at(self, url: str) -> tuple[ProviderHttp, str]:
        """Where a redirect points, and the path there: still this provider, or a stranger who gets no credentials."""
        parts, origin = urlsplit(url), _origin_of(url)
        path = parts._replace(scheme="", netloc="", fragment="").geturl()
        onward, host = self.onward, parts.hostname or ""
        if origin == self._origin or onward is None:
            return replace(self, base_url=origin), path
        return replace(
            self, base_url=origin, credentials=no_credentials, renew=never, client=lambda: onward(host)
        ), path

    @contextmanager
    def _answer(self, call: _Call) -> Iterator[httpx.Response]:
        """The open answer; tells `observe` when the caller is done with it, however that ends."""
        if call.deadline.passed:
            fault = ProviderFault(self.vendor.name)
            raise ProviderUnavailable(f"no time was left to call {self.vendor.name}; nothing was sent", fault=fault)
        began, status, failure = time.monotonic(), None, None
        try:
            response = self._send(call)
            status = response.status_code
            try:
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            failure = type(error).__name__
            raise no_answer(error, vendor=self.vendor.name, safe=call.safe) from error
        finally:
            self.observe(self._told(call, status, failure, time.monotonic() - began))

    def _send(self, call: _Call) -> httpx.Response:
        client = self.client()
        headers = {**call.headers, **self.credentials()}
        request = client.build_request(
            call.method, self.base_url + call.path, headers=headers, timeout=timeouts(call.deadline), **call.body
        )
        try:
            with call.deadline.applies(), addressed():
                return client.send(request, stream=True, follow_redirects=False)
        except httpx.InvalidURL:  # where its answer points: httpx says it so itself, of most such addresses
            raise _leads_nowhere() from None

    def _read(self, response: httpx.Response, call: _Call, max_bytes: int) -> Reply:
        reply = self._empty(response, call)
        try:
            content = b"".join(pieces(response, max_bytes=max_bytes, deadline=call.deadline))
        except BodyTooLarge:
            raise reply.broken(f"its answer is longer than {max_bytes} bytes") from None
        return Reply(reply.status, reply.headers, content, self.vendor, call.safe)

    def _empty(self, response: httpx.Response, call: _Call) -> Reply:
        return Reply(response.status_code, response.headers, b"", self.vendor, call.safe)

    def _told(self, call: _Call, status: int | None, failure: str | None, seconds: float) -> Exchange:
        url = urlsplit(self.base_url + call.path)
        path = safe_path(url.path + ("?" if url.query or call.body.get("params") else ""))
        return Exchange(call.method, url.hostname or "", path, status, round(seconds * 1000), failure)


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    deadline: Deadline
    safe: bool
    headers: dict[str, str]
    body: dict[str, Any]


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pointed(response: httpx.Response) -> str:
    """Where a redirect points: what urlsplit can read too, which is stricter than httpx."""
    try:
        return urlsplit(urljoin(str(response.url), response.headers["location"])).geturl()
    except ValueError:
        raise _leads_nowhere() from None


def _leads_nowhere() -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError("the answer points to what is no address")


def _described(content: bytes | SizedBody | None) -> dict[str, str]:
    if content is None or isinstance(content, bytes):
        return {}
    return {"content-length": str(content.length), "content-type": content.content_type}
