"""Fetching a document that Coupa points to, and posting a notification: both only through the SSRF guard.

Nothing but what is passed in is ever sent along: no credentials, no cookies. Knows neither what a document must be nor
what a notification says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import httpx

from esign.domain.errors import ConnectorError, TooLarge, Unprocessable, UnsafeAddress
from esign.http.body import BodyTooLarge, Saved, pieces, save
from esign.http.deadline import Deadline
from esign.http.outcome import retry_after
from esign.http.pool import addressed, timeouts
from esign.http.ssrf import Outbound, guarded_client

FETCH_SECONDS = 20.0
MAX_REDIRECTS = 3
_MAX_ACKNOWLEDGEMENT = 64 * 1024  # what is read of an endpoint's answer, to keep its connection


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that was written to the caller's file; `content_type` is what the source claims, lower case."""

    size: int
    sha256: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Posted:
    """An endpoint's answer; `status` is None when there was none, then `failure` names how (a class name)."""

    status: int | None
    milliseconds: int
    retry_after: float | None = None
    failure: str | None = None


def fetch_document(
    url: str,
    *,
    into: IO[bytes],
    policy: Outbound,
    max_bytes: int,
    deadline: Deadline,
    client_for: Callable[[Outbound], httpx.Client] = guarded_client,
) -> Fetched:
    """GET `url` into a seekable file, over at most three redirects, each judged anew, within 20 s in all.

    Raises UnsafeAddress, TooLarge, or Unprocessable (`source_unavailable`) when the source gives no document.
    """
    deadline = deadline.within(FETCH_SECONDS)
    client = client_for(policy)
    try:
        with addressed():
            request = client.build_request("GET", url, timeout=timeouts(deadline))
        for _hop in range(MAX_REDIRECTS + 1):
            with deadline.applies(), addressed():
                response = client.send(request, stream=True)
            try:
                if response.status_code == httpx.codes.OK:
                    return _fetched(response, save(response, into, max_bytes=max_bytes, deadline=deadline))
                if response.next_request is None:
                    raise _unavailable(f"the source answered {response.status_code}")
                request = _bare(client, response.next_request, deadline)
            finally:
                response.close()
    except BodyTooLarge:
        raise TooLarge(f"the document is longer than {max_bytes} bytes") from None
    except httpx.InvalidURL:
        raise UnsafeAddress("the address is not a URL") from None
    except httpx.HTTPError as error:
        raise _unavailable(f"the source could not be read ({type(error).__name__})") from error
    raise UnsafeAddress(f"the source redirects more than {MAX_REDIRECTS} times")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    policy: Outbound,
    deadline: Deadline,
    client_for: Callable[[Outbound], httpx.Client] = guarded_client,
) -> Posted:
    """POST `body` once and tell what came of it; a redirect is an answer like any other and is not followed.

    Raises UnsafeAddress only.
    """
    client = client_for(policy)
    began = time.monotonic()
    try:
        with deadline.applies(), addressed():
            request = client.build_request("POST", url, content=body, headers=dict(headers), timeout=timeouts(deadline))
            response = client.send(request, stream=True)
        _drain(response, deadline)
    except httpx.InvalidURL:
        raise UnsafeAddress("the address is not a URL") from None
    except httpx.HTTPError as error:
        return Posted(None, _since(began), failure=type(error).__name__)
    return Posted(response.status_code, _since(began), retry_after(response.headers))


def _bare(client: httpx.Client, redirected: httpx.Request, deadline: Deadline) -> httpx.Request:
    """A fresh request to where a redirect points, so that nothing of the first one goes along."""
    return client.build_request("GET", redirected.url, timeout=timeouts(deadline))


def _drain(response: httpx.Response, deadline: Deadline) -> None:
    """Read a short answer so that the connection can be kept; the status counts even if the rest never comes."""
    try:
        for _piece in pieces(response, max_bytes=_MAX_ACKNOWLEDGEMENT, deadline=deadline.within(1.0)):
            pass
    except (BodyTooLarge, httpx.HTTPError):
        return
    finally:
        response.close()


def _fetched(response: httpx.Response, saved: Saved) -> Fetched:
    media_type = response.headers.get("content-type", "").partition(";")[0]
    return Fetched(saved.size, saved.sha256, media_type.strip().lower())


def _unavailable(detail: str) -> ConnectorError:
    return Unprocessable(detail, code="source_unavailable")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
