"""The seven calls of eSignTools' API (seeds/003), typed. No decision is taken here.

Paths are relative to `{base}`: authenticate under /v1, everything else under /signing/v1. `safe` marks calls whose
repetition changes nothing; of the others a lost answer is OutcomeUnknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, TypeVar

from esign.domain.errors import CredentialsRefused, ProviderConflict, ProviderError
from esign.http.body import Saved
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.oauth import Token
from esign.http.outcome import Reply
from esign.http.renewal import Renew, never, renewed
from esign.http.tokens import Tokens, process_tokens
from esign.providers.esigntools.credentials import EsignToolsCredentials
from esign.providers.esigntools.wire import AgreementView, read_agreement, read_created, read_token

MAX_DOCUMENT = 150 * 1024 * 1024  # bytes of a download; signatures make a document grow
_AGREEMENTS = "/signing/v1/agreements"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EsignTools:
    """One API user, for one invocation. Agreement ids are the decimal digits of an int64."""

    http: ProviderHttp
    deadline: Deadline
    credentials: Callable[[], EsignToolsCredentials] = field(repr=False)
    tokens: Tokens = field(default_factory=process_tokens, repr=False)
    renew: Renew = field(default=never, repr=False)

    def authenticate(self) -> None:
        """A fresh token, which then serves the calls that follow. Raises CredentialsRefused."""
        renewed(self._authenticate, self.renew)

    def _authenticate(self) -> None:
        user = self.credentials()
        self.tokens.renew(self._key(user), lambda: self._login(user))

    def create_agreement(self, agreement: Mapping[str, Any], document: BinaryIO, name: str, content_type: str) -> str:
        """Makes it and mails the signers. `name` bears the true extension, by which other formats are converted; the
        document is read while it is sent, and stays the caller's to close.

        Part names: seeds/003, Create a new agreement; their order and types: contracts/esigntools.md §3.2.
        """
        parts: Mapping[str, tuple[str | None, bytes | BinaryIO, str]] = {
            "agreement": (None, json.dumps(agreement, ensure_ascii=False).encode(), "application/json"),
            "pdf": (name, document, content_type),
        }
        return read_created(self._call("POST", _AGREEMENTS, files=parts))

    def agreement(self, agreement: str) -> AgreementView:
        return read_agreement(self._call("GET", f"{_AGREEMENTS}/{agreement}"))

    def delete_agreement(self, agreement: str) -> None:
        """Nobody can sign it then. Raises ProviderConflict where eSignTools does not allow that: it is signed."""
        try:
            self._call("DELETE", f"{_AGREEMENTS}/{agreement}", safe=True)
        except ProviderError as refused:
            # With which code is not documented; 404 means that it is gone, 401 that nobody was asked.
            if refused.fault and refused.fault.status in {400, 403, 405, 409, 412, 422}:
                raise ProviderConflict(refused.detail, fault=refused.fault) from refused
            raise

    def send_mails(self, agreement: str) -> bool:
        """Whether mails went out. A GET with effects: never repeated."""
        reply = self._call("GET", f"{_AGREEMENTS}/{agreement}/send-mails", safe=False)
        return reply.content.strip().lower() != b"false"

    def current_file(self, agreement: str, into: IO[bytes]) -> Saved:
        """The document at any stage, unsigned too: look at the status first. `into` is seekable, emptied first."""
        return self._download(f"{_AGREEMENTS}/{agreement}/current-file", into)

    def proof(self, agreement: str, into: IO[bytes]) -> Saved:
        """A PDF."""
        return self._download(f"{_AGREEMENTS}/{agreement}/proof", into)

    def _call(self, method: str, path: str, **call: Any) -> Reply:  # noqa: ANN401
        return self._with_token(
            lambda headers: self.http.request(method, path, deadline=self.deadline, headers=headers, **call)
        )

    def _download(self, path: str, into: IO[bytes]) -> Saved:
        return self._with_token(
            lambda headers: self.http.download(
                path, into=into, max_bytes=MAX_DOCUMENT, deadline=self.deadline, headers=headers
            )
        )

    def _with_token(self, call: Callable[[Mapping[str, str]], T]) -> T:
        """A token that is no longer taken (401: nothing was done) is renewed once; so are the credentials behind it."""
        return renewed(lambda: self._with_this_user(call), self.renew)

    def _with_this_user(self, call: Callable[[Mapping[str, str]], T]) -> T:
        user = self.credentials()
        token = self._token(user)
        try:
            return call(_bearer(token))
        except CredentialsRefused as refused:
            if not (refused.fault and refused.fault.status == 401):
                raise
            self.tokens.drop(self._key(user), token)
            return call(_bearer(self._token(user)))

    def _token(self, user: EsignToolsCredentials) -> str:
        return self.tokens.get(self._key(user), lambda: self._login(user))

    def _key(self, user: EsignToolsCredentials) -> tuple[str, str]:
        return self.http.base_url, user.mark

    def _login(self, user: EsignToolsCredentials) -> Token:
        reply = self.http.request("POST", "/v1/authenticate", deadline=self.deadline, json=user.body(), safe=True)
        return read_token(reply)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
