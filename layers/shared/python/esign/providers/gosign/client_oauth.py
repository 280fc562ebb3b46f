"""The calls of GoSign's OAuth2 v2 and GoSign 5 services that the connector makes, typed. No decision is taken here.

seeds/004 §9. Paths are absolute: three of the services lie beside one another. A token that is refused is renewed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar
from urllib.parse import quote

from esign.domain.errors import CredentialsRefused, ProviderError
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import JsonWithFiles
from esign.http.outcome import Reply
from esign.http.renewal import Renew, never, renewed
from esign.providers.gosign.answers import checked, envelope_on_disk
from esign.providers.gosign.client_rest import MAX_ENVELOPE
from esign.providers.gosign.errors import check, reclassified
from esign.providers.gosign.tokens import Bearer
from esign.providers.gosign.wire import EnvelopeView, envelope_in, not_found

T = TypeVar("T")
_QUOTES = "\"'“”„«»\u201c\u201d \r\n\t"  # §9.6 prints curly ones
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class OAuthV2:
    """One account's access, for one invocation. `path` is the services' own (§9.2, §9.7)."""

    http: ProviderHttp
    deadline: Deadline
    bearer: Callable[[], Bearer] = field(repr=False)  # of the account's credentials as they are now
    path: str
    get_url_path: str
    renew: Renew = field(default=never, repr=False)

    def insert(self, body: Mapping[str, Any]) -> Reply:
        """InsertEnvelope. `body` is write_oauth's; its files are encoded while they are sent."""
        return self._checked("POST", f"{self.path}/envelopes", content=JsonWithFiles(dict(body)))

    def envelope(self, envelope: str) -> EnvelopeView:
        """GetEnvelope "simple". Raises ProviderNotFound."""
        reply = self._checked("GET", self._envelope(envelope), safe=True)
        return envelope_in(reply.json() if reply.content.strip() else None, reply)

    def envelope_with_documents(self, envelope: str, into: IO[bytes]) -> EnvelopeView:
        """GetEnvelope withDocuments, whose bytes stay in `into`."""
        path = f"{self._envelope(envelope)}/withDocuments"
        try:
            self._renewing(lambda: self.http.download(path, into=into, max_bytes=MAX_ENVELOPE, deadline=self.deadline))
        except ProviderError as error:
            raise reclassified(error, safe=True) from error
        return envelope_on_disk(into, self.http.vendor)

    def status(self, envelope: str) -> str:
        """GetEnvelopeStatus: a bare word in quotes, straight or curly. Raises ProviderNotFound."""
        reply = self._checked_text("GET", f"{self._envelope(envelope)}/status")
        word = reply.content.decode("utf-8", "replace").strip(_QUOTES)
        if word == "ENVELOPE_NOT_FOUND":
            raise not_found(reply)
        if not word or not word.replace("_", "").isalpha():
            raise reply.broken("its status is no word")
        return word

    def delete(self, envelope: str) -> None:
        self._checked("POST", f"{self._envelope(envelope)}/delete/", safe=True)

    def signing_url(self, envelope: str, user: str, redirect: str | None) -> str:
        """GetUrl (§9.5): where this user signs."""
        params = {"command": "sign", "envelopeExtId": envelope, "extUserId": user}
        if redirect:
            params["extRedirect"] = redirect
        accept = {"Accept": "text/plain"}
        reply = self._checked_text("GET", self.get_url_path, params=params, headers=accept)
        url = reply.content.decode("utf-8", "replace").strip(_QUOTES)
        if not url.startswith(("https://", "http://")) or any(c.isspace() for c in url):
            raise reply.broken("its signing address is none")
        return url

    def _envelope(self, envelope: str) -> str:
        return f"{self.path}/envelopes/{quote(envelope, safe='')}"

    def _checked(self, method: str, path: str, **call: Any) -> Reply:  # noqa: ANN401 - arguments of a request
        return checked(lambda at, **rest: self._request(method, at, **rest), path, **call)

    def _checked_text(self, method: str, path: str, **call: Any) -> Reply:  # noqa: ANN401 - arguments of a request
        """For answers that are plain text; a result in JSON is still one."""
        try:
            reply = self._request(method, path, safe=True, **call)
        except ProviderError as error:
            raise reclassified(error, safe=True) from error
        if reply.content.lstrip().startswith(b"{"):
            check(reply.json(), reply)
        return reply

    def _request(self, method: str, path: str, **call: Any) -> Reply:  # noqa: ANN401 - arguments of a request
        return self._renewing(lambda: self.http.request(method, path, deadline=self.deadline, **call))

    def _renewing(self, call: Callable[[], T]) -> T:
        """A refused token (401, §12.2) changed nothing: once more with a new one; so are the credentials behind it."""
        return renewed(lambda: self._with_these_credentials(call), self.renew)

    def _with_these_credentials(self, call: Callable[[], T]) -> T:
        bearer = self.bearer()
        used = bearer.current()
        try:
            return call()
        except CredentialsRefused as refused:
            if refused.fault is None or refused.fault.status != _UNAUTHORIZED:
                raise
        bearer.drop(used)
        return call()
