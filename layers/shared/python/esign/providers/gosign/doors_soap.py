"""The SOAP door (seeds/004 §5): it inserts and deletes; it reads where the customer's own WSDL can (§1.1.1).

Only who opens this door imports zeep.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from esign.domain.errors import ProviderNotFound
from esign.http.renewal import Renew, never, renewed
from esign.ports import ProviderIdentity, TakenInCharge
from esign.providers.gosign.client_soap import SignBook
from esign.providers.gosign.doors import NOBODY
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.wire import EnvelopeView
from esign.providers.gosign.write_rest import Files


@dataclass(frozen=True, slots=True)
class SoapDoor:
    client: SignBook
    renew: Renew = field(default=never, repr=False)

    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        renewed(lambda: self.client.insert(envelope, files), self.renew)
        return None

    def delete(self, envelope: str) -> None:
        renewed(lambda: self.client.delete(envelope), self.renew)


@dataclass(frozen=True, slots=True)
class SoapReads:
    """By an operation of the customer's own WSDL; what it shows is judged like REST v1's."""

    client: SignBook
    operation: str
    renew: Renew = field(default=never, repr=False)
    shows_people: bool = True

    def look(self, envelope: str, *, documents: bool = False) -> EnvelopeView:  # noqa: ARG002 - they always come along
        return self._read(envelope, with_bytes=False)

    def fetch(self, envelope: str, into: IO[bytes]) -> EnvelopeView:  # noqa: ARG002 - XML cannot be left on disk
        return self._read(envelope, with_bytes=True)

    def identify(self) -> ProviderIdentity:
        with suppress(ProviderNotFound):
            self.look(NOBODY)
        return ProviderIdentity("GoSign, SOAP")

    def _read(self, envelope: str, *, with_bytes: bool) -> EnvelopeView:
        return renewed(lambda: self.client.read(self.operation, envelope, with_bytes=with_bytes), self.renew)
