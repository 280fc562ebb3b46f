"""The SOAP door (seeds/004 §5): it inserts and deletes; it reads where the customer's own WSDL can (§1.1.1).

Only who opens this door imports zeep.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from esign.domain.errors import ProviderNotFound
from esign.ports import ProviderIdentity, TakenInCharge
from esign.providers.gosign.client_soap import SignBook
from esign.providers.gosign.doors import NOBODY
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.wire import EnvelopeView
from esign.providers.gosign.write_rest import Files


@dataclass(frozen=True, slots=True)
class SoapDoor:
    client: SignBook

    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        self.client.insert(envelope, files)
        return None

    def delete(self, envelope: str) -> None:
        self.client.delete(envelope)


@dataclass(frozen=True, slots=True)
class SoapReads:
    """By an operation of the customer's own WSDL; what it shows is judged like REST v1's."""

    client: SignBook
    operation: str
    shows_people: bool = True

    def look(self, envelope: str, *, documents: bool = False) -> EnvelopeView:  # noqa: ARG002 - they always come along
        return self.client.read(self.operation, envelope, with_bytes=False)

    def fetch(self, envelope: str, into: IO[bytes]) -> EnvelopeView:  # noqa: ARG002 - XML cannot be left on disk
        return self.client.read(self.operation, envelope, with_bytes=True)

    def identify(self) -> ProviderIdentity:
        with suppress(ProviderNotFound):
            self.look(NOBODY)
        return ProviderIdentity("GoSign, SOAP")
