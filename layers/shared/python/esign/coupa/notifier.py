"""Tells Coupa of one event: Standard Webhooks 1.0.0 headers, a small JSON body, one POST (a second one after 401, where
a kept OAuth2 token may have ended early).

It must not know when to try again, nor where events come from; HTTP is the injected `post`, behind the SSRF guard.
Source: contracts/coupa.md §2, Notifications to Coupa; standardwebhooks.com, specification 1.0.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from esign.coupa.bearer import Bearers
from esign.coupa.reports import notification
from esign.domain.errors import ConnectorError, UnsafeAddress
from esign.domain.events import Event
from esign.domain.package import Callback
from esign.domain.webhook_secret import signing
from esign.http.deadline import Deadline
from esign.ports import Clock, Delivered, DeliveryAnswer

if TYPE_CHECKING:
    from esign.http.outbound import Posted

    # (url, body, headers, deadline), once, redirects not followed; raises UnsafeAddress only
    Post = Callable[[str, bytes, Mapping[str, str], Deadline], Posted]

SECRET_PREFIX = "whsec_"  # noqa: S105 - the specification's prefix, no secret
_LOG = logging.getLogger(__name__)
AGAIN = frozenset({401, 403, 408, 425, 429})  # the 4xx that may change without us


class StandardWebhooks:
    """`CoupaNotifier` over an injected `post`."""

    def __init__(self, post: Post, clock: Clock, *, bearers: Bearers, seconds: float) -> None:
        """`seconds`: what one notification may take in all, its token included."""
        self._post = post
        self._clock = clock
        self._bearers = bearers
        self._seconds = seconds

    def notify(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> DeliveryAnswer:
        """`secrets` as `operations.notification_secrets` gives them; the answer never holds one. Raises nothing: a try
        that could not even be made counts too, or it would be made for ever."""
        try:
            answer = self._told(event, callback, secrets)
        except UnsafeAddress:  # an administrator may allow the host before the schedule ends
            return DeliveryAnswer(Delivered.RETRY, None, "the address is not allowed")
        except ConnectorError as error:  # no token: the credentials may be mended, the token endpoint may come back
            return DeliveryAnswer(Delivered.RETRY, None, error.detail)
        except Exception as error:  # noqa: BLE001 - our own defect: a person gets its places, the schedule goes on
            kind = type(error).__name__
            _LOG.error("%s broke a try to tell Coupa of %s, at %s", kind, event.id, _places(error))
            return DeliveryAnswer(Delivered.RETRY, None, f"the connector failed ({kind})")
        return DeliveryAnswer(
            judge(answer.status), answer.status, _detail(answer), answer.retry_after, answer.milliseconds
        )

    def _told(self, event: Event, callback: Callback, secrets: Mapping[str, Any]) -> Posted:
        body = json.dumps(notification(event), ensure_ascii=False, separators=(",", ":")).encode()
        now = self._clock.now()
        headers = {
            "content-type": "application/json; charset=utf-8",
            **signed_headers(event.id, int(now.timestamp()), body, signing(secrets, now)),
            **_basic(secrets.get("basic")),
        }
        return self._posted(callback.url, body, headers, secrets.get("oauth2"))

    def _posted(self, url: str, body: bytes, headers: Mapping[str, str], oauth2: Mapping[str, Any] | None) -> Posted:
        deadline = Deadline(self._seconds)
        if not oauth2:
            return self._post(url, body, headers, deadline)
        kept = self._bearers.known(oauth2)
        token = kept or self._bearers.fresh(oauth2, deadline)
        answer = self._post(url, body, {**headers, **_bearer(token)}, deadline)
        if answer.status != HTTPStatus.UNAUTHORIZED or kept is None:
            return answer
        return self._post(url, body, {**headers, **_bearer(self._bearers.fresh(oauth2, deadline))}, deadline)


def signed_headers(identifier: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The specification's headers; every live secret signs, so that a rotation loses nothing. No secret: no signature."""
    headers = {"webhook-id": identifier, "webhook-timestamp": str(timestamp)}
    signatures = " ".join(signature(identifier, timestamp, body, secret) for secret in secrets)
    return headers | ({"webhook-signature": signatures} if signatures else {})


def signature(identifier: str, timestamp: int, body: bytes, secret: str) -> str:
    """`v1,` + base64 of HMAC-SHA256 over `id.timestamp.body`; `secret` is whsec_ + base64 of the key."""
    signed = b".".join((identifier.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def judge(status: int | None) -> Delivered:
    """What a status says: 2xx done, 410 gone, a 4xx that will not change rejected, all else (a redirect too) again."""
    if status is None:
        return Delivered.RETRY
    if 200 <= status < 300:
        return Delivered.OK
    if status == 410:
        return Delivered.GONE
    return Delivered.REJECTED if 400 <= status < 500 and status not in AGAIN else Delivered.RETRY


def _detail(answer: Posted) -> str:
    if answer.status is None:
        return f"no answer ({answer.failure})"
    redirect = 300 <= answer.status < 400
    return f"HTTP {answer.status}, a redirect, which is not followed" if redirect else f"HTTP {answer.status}"


def _places(error: Exception) -> str:
    """Files and lines, innermost last; never a value, nor the message, which may hold one."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("A webhook secret of the account is not whsec_ + base64.") from None


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _basic(credentials: Mapping[str, str] | None) -> dict[str, str]:
    if not credentials:
        return {}
    pair = f"{credentials['username']}:{credentials['password']}".encode()
    return {"authorization": "Basic " + base64.b64encode(pair).decode()}
