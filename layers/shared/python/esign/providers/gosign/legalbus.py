"""LegalBus, the REST proxy before GoSign's queues (seeds/004 §1.1.4, §11): it takes an envelope in charge, and the outcome
comes later, by itself, as OperationDone.

Before that "any operation on a loaded document" is forbidden: nothing is asked, not even after a lost reply. It documents
an insertion and nothing else, so reads and deletions go to the companion REST v1 access.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from esign.domain.package import Package, Progress
from esign.http.jsontext import mended
from esign.http.outcome import Reply
from esign.http.renewal import renewed
from esign.ports import Absent, Found, TakenInCharge, Unknown
from esign.providers.gosign.adapter import GosignProvider
from esign.providers.gosign.doors import RestDoor
from esign.providers.gosign.envelope import Envelope
from esign.providers.gosign.write_rest import Files

_LONGEST_RECEIPT = 200  # more is no id


@dataclass(frozen=True, slots=True)
class LegalbusDoor:
    """The same REST call, at LegalBus's address."""

    rest: RestDoor

    def insert(self, envelope: Envelope, files: Files) -> TakenInCharge | None:
        return TakenInCharge(receipt(renewed(lambda: self.rest.inserted(envelope, files), self.rest.renew)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalbusProvider(GosignProvider):
    def find(self, package: Package, progress: Progress) -> Found | Absent | Unknown:
        if not package.verdicts:
            return Unknown("LegalBus says by itself what became of the envelope; nothing may be asked before.")
        return GosignProvider.find(self, package, progress)


def receipt(reply: Reply) -> str | None:
    """§11: "the field message holds an ID to allow associating the request"; with 204 there is no body, and none."""
    try:
        told = json.loads(mended(reply.content))
    except ValueError:
        return None
    told = told.get("returnStatus", told) if isinstance(told, dict) else None
    message = told.get("message") if isinstance(told, dict) else None
    name = str(message).strip() if isinstance(message, str | int) else ""
    return name if 0 < len(name) <= _LONGEST_RECEIPT else None
