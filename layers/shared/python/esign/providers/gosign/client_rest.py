"""The calls of GoSign's REST v1 that the connector makes, typed. No decision is taken here.

seeds/004 §4.1, §4.2. Paths are relative to `…/gosign/services/v1`. Customer code and system code travel in every body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import quote

from esign.domain.errors import ProviderError
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import JsonWithFiles
from esign.http.outcome import Reply
from esign.providers.gosign.answers import checked, envelope_on_disk
from esign.providers.gosign.errors import reclassified
from esign.providers.gosign.wire import EnvelopeView, envelope_in

MAX_ENVELOPE = 300 * 1024 * 1024  # bytes of an answer with documents in base64


@dataclass(frozen=True, slots=True)
class RestV1:
    """One customer's access, for one invocation."""

    http: ProviderHttp
    deadline: Deadline
    customer_code: Callable[[], str] = field(repr=False)
    external_system_code: str

    def insert(self, envelope: str, body: Mapping[str, Any]) -> Reply:
        """InsertEnvelope: the outcome alone. `body` is write_rest's; its files are encoded while they are sent."""
        return checked(self._put, f"/envelopes/{quote(envelope, safe='')}", content=JsonWithFiles(dict(body)))

    def insert2(self, envelope: str, body: Mapping[str, Any]) -> EnvelopeView:
        """InsertEnvelope2: the envelope as it was inserted."""
        path = f"/envelopes2/{quote(envelope, safe='')}"
        reply = checked(self._put, path, content=JsonWithFiles(dict(body)))
        return envelope_in(reply.json(), reply)

    def envelope(self, envelope: str) -> EnvelopeView:
        """GetEnvelope without bytes. Raises ProviderNotFound."""
        body = self._find(envelope, with_bytes=False)
        reply = checked(self._post, self._path(envelope), json=body, safe=True)
        return envelope_in(reply.json() if reply.content.strip() else None, reply)

    def envelope_with_bytes(self, envelope: str, into: IO[bytes]) -> EnvelopeView:
        """GetEnvelope with bytes, which stay in `into`: each document's `content` reads them from there."""
        try:
            self.http.download(
                self._path(envelope),
                into=into,
                max_bytes=MAX_ENVELOPE,
                deadline=self.deadline,
                method="POST",
                json=self._find(envelope, with_bytes=True),
            )
        except ProviderError as error:
            raise reclassified(error, safe=True) from error
        return envelope_on_disk(into, self.http.vendor)

    def delete(self, envelope: str, user: str | None) -> None:
        """DeleteEnvelope, by a secretariat's user."""
        body = {"customerCode": self.customer_code(), "usrExtId": user}
        checked(self._post, f"{self._path(envelope)}/delete/", json=body, safe=True)

    def user_service(self, service: str, body: Mapping[str, Any]) -> Reply:
        """One of the six of §4.2; `body` is users.py's."""
        return checked(self._put, f"/{service}/", json={**self.codes(), **body})

    def codes(self) -> dict[str, str]:
        return {"customerCode": self.customer_code(), "externalSystemCode": self.external_system_code}

    def _find(self, envelope: str, *, with_bytes: bool) -> dict[str, Any]:
        return {**self.codes(), "enveExtId": envelope, "withDocBytes": with_bytes}

    def _path(self, envelope: str) -> str:
        return f"/envelopes/{quote(envelope, safe='')}"

    def _put(self, path: str, **call: Any) -> Reply:  # noqa: ANN401 - arguments of a request
        return self.http.request("PUT", path, deadline=self.deadline, **call)

    def _post(self, path: str, **call: Any) -> Reply:  # noqa: ANN401 - arguments of a request
        return self.http.request("POST", path, deadline=self.deadline, **call)
