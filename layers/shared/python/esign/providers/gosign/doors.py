"""What a door of GoSign does for the adapter: writing, reading and deleting may be done by different ones.

REST v1 does all three; an OAuth2 account with a companion reads by REST v1; SOAP writes and deletes, LegalBus only writes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Protocol

from esign.domain.errors import ProviderNotFound
from esign.http.outcome import Reply
from esign.http.renewal import Renew, never, renewed
from esign.ports import ProviderIdentity, TakenInCharge
from esign.providers.gosign.client_oauth import OAuthV2
from esign.providers.gosign.client_rest import RestV1
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.settings import GosignSettings
from esign.providers.gosign.wire import EnvelopeView
from esign.providers.gosign.words import DIALECTS
from esign.providers.gosign.write_oauth import insert_request as oauth_request
from esign.providers.gosign.write_rest import Files
from esign.providers.gosign.write_rest import insert_request as rest_request

NOBODY = "esign-verify"  # an envelope that nobody has: asking for it proves the credentials


class Writes(Protocol):
    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        """Out for signature when it returns None. Raises ProviderConflict (ENVELOPE_ALREADY_EXISTS)."""
        ...


class Deletes(Protocol):
    def delete(self, envelope: str) -> None:
        """Logically: hidden at once, gone after some days (§5.3). Raises ProviderNotFound."""
        ...


class Reads(Protocol):
    @property
    def shows_people(self) -> bool:
        """Whether `look` tells each person's state, and `fetch` the report."""
        ...

    def look(self, envelope: str, *, documents: bool = False) -> EnvelopeView:
        """Its state; with `documents` also which it has, without their bytes. Raises ProviderNotFound."""
        ...

    def fetch(self, envelope: str, into: IO[bytes]) -> EnvelopeView:
        """With its documents' bytes, which stay in `into`."""
        ...

    def identify(self) -> ProviderIdentity:
        """One cheap authenticated call. Raises CredentialsRefused."""
        ...


@dataclass(frozen=True, slots=True)
class RestDoor:
    """REST v1 (§4). The customer code stands in each body, so a call that is made anew is put together anew."""

    client: RestV1
    settings: GosignSettings
    renew: Renew = field(default=never, repr=False)
    shows_people: bool = True

    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        renewed(lambda: self.inserted(envelope, files), self.renew)
        return None

    def inserted(self, envelope: Envelope, files: Files) -> Reply:
        """What the service answered."""
        codes = self.client.codes()
        body = rest_request(
            envelope,
            files,
            customer_code=codes["customerCode"],
            external_system_code=codes["externalSystemCode"],
        )
        return self.client.insert(envelope.external_id, body)

    def look(self, envelope: str, *, documents: bool = False) -> EnvelopeView:  # noqa: ARG002 - they always come along
        return renewed(lambda: self.client.envelope(envelope), self.renew)

    def fetch(self, envelope: str, into: IO[bytes]) -> EnvelopeView:
        return renewed(lambda: self.client.envelope_with_bytes(envelope, into), self.renew)

    def delete(self, envelope: str) -> None:
        user = self.settings.deleted_by_ext_id or self.settings.loaded_by_ext_id
        renewed(lambda: self.client.delete(envelope, user), self.renew)

    def identify(self) -> ProviderIdentity:
        with suppress(ProviderNotFound):
            self.look(NOBODY)
        return ProviderIdentity("GoSign, REST v1")


@dataclass(frozen=True, slots=True)
class OAuthDoor:
    """OAuth2 v2 and GoSign 5 (§9)."""

    client: OAuthV2
    settings: GosignSettings
    shows_people: bool = False

    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        self.client.insert(oauth_request(envelope, files, DIALECTS[self.settings.integration]))
        return None

    def look(self, envelope: str, *, documents: bool = False) -> EnvelopeView:
        """The samples of GetEnvelope have no status (§9.3), so it is asked for by itself."""
        word = self.client.status(envelope)
        if not documents:
            return EnvelopeView(external_id=envelope, status=word)
        return self.client.envelope(envelope).model_copy(update={"status": word})

    def fetch(self, envelope: str, into: IO[bytes]) -> EnvelopeView:
        return self.client.envelope_with_documents(envelope, into)

    def delete(self, envelope: str) -> None:
        self.client.delete(envelope)

    def identify(self) -> ProviderIdentity:
        with suppress(ProviderNotFound):
            self.client.status(NOBODY)
        remarks = () if self.settings.companion else (_WITHOUT_COMPANION,)
        return ProviderIdentity("GoSign 5" if self.settings.v5 else "GoSign, OAuth2", remarks)


_WITHOUT_COMPANION = (
    "Without a companion REST v1 access GoSign shows no person's state and no report: recipients move by notifications, "
    "and the audit trail is the connector's own record."
)
