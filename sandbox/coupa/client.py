"""Coupa's side of the connector's API: one method per operation, each answering with what was measured and said.

No status raises: the demo and the tests are about statuses. Shapes: contracts/coupa.md §2; bodies are plain JSON.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, BinaryIO

import httpx

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `json` is {} where the body is none. Header names are lower case, times in milliseconds."""

    operation: str
    status: int
    milliseconds: float
    json: Json
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    request: httpx.Request = field(repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str | None:
        """The problem's stable code, where the answer is one."""
        code = self.json.get("code")
        return code if isinstance(code, str) else None


class CoupaClient(AbstractContextManager["CoupaClient"]):
    """One e-signature account of Coupa. `base_url` is what stands before `/v1`; `watch` is told of each answer."""

    def __init__(
        self,
        base_url: str,
        account_id: str,
        secret: str,
        *,
        timeout: float = 35.0,
        watch: Callable[[Answer], None] = lambda _answer: None,
    ) -> None:
        self._http = httpx.Client(base_url=f"{base_url.rstrip('/')}/v1", auth=(account_id, secret), timeout=timeout)
        self._storage = httpx.Client(timeout=timeout)  # presigned links bear their own authority, and no other may go
        self._watch = watch

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()
        self._storage.close()

    # Coupa's nine operations, and the account

    def create_package(self, package: Json, *, key: str | None = None) -> Answer:
        return self.call("createPackage", "POST", "/packages", json=package, key=key)

    def add_documents(self, package_id: str, documents: Iterable[Json], *, key: str | None = None) -> Answer:
        body = {"documents": list(documents)}
        return self.call("addDocuments", "POST", f"/packages/{package_id}/documents", json=body, key=key)

    def add_recipients(self, package_id: str, recipients: Iterable[Json], *, key: str | None = None) -> Answer:
        body = {"recipients": list(recipients)}
        return self.call("addRecipients", "POST", f"/packages/{package_id}/recipients", json=body, key=key)

    def send_package(self, package_id: str, *, key: str | None = None) -> Answer:
        return self.call("sendPackage", "POST", f"/packages/{package_id}/send", key=key)

    def get_package(self, package_id: str, *, refresh: bool = False) -> Answer:
        return self.call("getPackage", "GET", f"/packages/{package_id}", params=_refresh(refresh))

    def get_package_summary(self, package_id: str, *, refresh: bool = False) -> Answer:
        return self.call("getPackageSummary", "GET", f"/packages/{package_id}/summary", params=_refresh(refresh))

    def get_signed_documents(self, package_id: str, *, delivery: str | None = None) -> Answer:
        """`delivery`: auto, inline or url."""
        params = {"delivery": delivery} if delivery else {}
        return self.call("getSignedDocuments", "GET", f"/packages/{package_id}/signed-documents", params=params)

    def get_signed_document(self, package_id: str, document_id: str) -> Answer:
        """A 302 whose `location` is a link for `download`."""
        return self.call("getSignedDocuments", "GET", f"/packages/{package_id}/signed-documents/{document_id}")

    def delete_package(self, package_id: str, *, reason: str | None = None, key: str | None = None) -> Answer:
        body = {"reason": reason} if reason else None
        return self.call("deletePackage", "DELETE", f"/packages/{package_id}", json=body, key=key)

    def configure_callback(self, callback: Json, *, package_id: str | None = None, key: str | None = None) -> Answer:
        return self.call("configureCallback", "PUT", _callback(package_id), json=callback, key=key)

    def get_callback(self, *, package_id: str | None = None) -> Answer:
        return self.call("configureCallback", "GET", _callback(package_id))

    def delete_callback(self, *, package_id: str | None = None) -> Answer:
        return self.call("configureCallback", "DELETE", _callback(package_id))

    def verify_account(self) -> Answer:
        return self.call("verifyAccount", "GET", "/account")

    # Beyond the nine

    def list_packages(self, **filters: str) -> Answer:
        """Filters: status, externalId, createdAfter, cursor, limit."""
        return self.call("listPackages", "GET", "/packages", params=filters)

    def list_events(self, package_id: str) -> Answer:
        return self.call("listEvents", "GET", f"/packages/{package_id}/events")

    def remind_recipients(self, package_id: str, *, key: str | None = None) -> Answer:
        return self.call("remindRecipients", "POST", f"/packages/{package_id}/reminders", key=key)

    def extend_expiry(self, package_id: str, expires_at: str, *, key: str | None = None) -> Answer:
        """`expires_at`: RFC 3339, UTC."""
        body = {"expiresAt": expires_at}
        return self.call("extendExpiry", "PUT", f"/packages/{package_id}/expiry", json=body, key=key)

    def skip_recipients(self, package_id: str, *, key: str | None = None) -> Answer:
        return self.call("skipRecipients", "POST", f"/packages/{package_id}/skip-signers", key=key)

    def get_signing_url(self, package_id: str, recipient_id: str) -> Answer:
        path = f"/packages/{package_id}/recipients/{recipient_id}/signing-url"
        return self.call("getSigningUrl", "GET", path)

    # Files, by the presigned links of the answers

    def upload(self, upload: Json, content: bytes | BinaryIO) -> Answer:
        """Send a file to the `upload` of an added document, with exactly the headers that were signed."""
        return self._timed(
            "upload",
            lambda: self._storage.request(
                upload["method"], upload["url"], headers=upload.get("headers", {}), content=content
            ),
        )

    def download(self, url: str) -> Answer:
        return self._timed("download", lambda: self._storage.get(url))

    # Anything else, for requests that Coupa would never make

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        json: Any = None,  # noqa: ANN401 - any JSON, the wrong ones too
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Answer:
        """`path` is below `/v1`; `key` is the Idempotency-Key; a header given here replaces the client's own."""
        extra = dict(headers or {}) | ({"idempotency-key": key} if key else {})
        auth = None if "authorization" in {name.lower() for name in extra} else httpx.USE_CLIENT_DEFAULT
        return self._timed(
            operation,
            lambda: self._http.request(
                method, path, json=json, content=content, params=dict(params or {}), headers=extra, auth=auth
            ),
        )

    def _timed(self, operation: str, send: Callable[[], httpx.Response]) -> Answer:
        began = time.perf_counter()
        response = send()
        milliseconds = (time.perf_counter() - began) * 1000
        headers = {name.lower(): value for name, value in response.headers.items()}
        told = (_json(response), headers, response.content, response.request)
        answer = Answer(operation, response.status_code, milliseconds, *told)
        self._watch(answer)
        return answer


def inline(name: str, content: bytes, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    """A document item that carries its bytes (4 MiB at most in all of one request)."""
    return {"name": name, "content": base64.b64encode(content).decode(), **more}


def by_upload(name: str, content: bytes, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    """A document item that announces an upload; the answer's item holds where to send it."""
    return {"name": name, "upload": {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}, **more}


def _callback(package_id: str | None) -> str:
    return f"/packages/{package_id}/callback" if package_id else "/callback"


def _refresh(wanted: bool) -> dict[str, str]:  # noqa: FBT001
    return {"refresh": "true"} if wanted else {}


def _json(response: httpx.Response) -> Json:
    if not response.content or "json" not in response.headers.get("content-type", ""):
        return {}
    body = response.json()
    return body if isinstance(body, dict) else {"body": body}
