"""The answers that are no package, and the notification: files, callbacks, accounts, timelines. As `esign.coupa.views`."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Protocol

from esign.coupa.views import View, callback, instant, present
from esign.domain.account import Account
from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import EvidenceFile
from esign.domain.events import Event, TimelineEntry
from esign.domain.package import Callback


class Delivered(Protocol):
    """A file that came back, with its bytes or a link to them that ends at `expires_at`."""

    @property
    def id(self) -> str: ...
    @property
    def file(self) -> EvidenceFile: ...
    @property
    def content(self) -> bytes | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def expires_at(self) -> datetime | None: ...


class Standing(Protocol):
    """What stands on the provider's platform: our address there, and when it was last called."""

    @property
    def url(self) -> str | None: ...
    @property
    def registration(self) -> str: ...
    @property
    def last_call_at(self) -> datetime | None: ...


def signed_document(item: Delivered) -> View:
    """One file of getSignedDocuments, with its bytes (base64) or a link to them."""
    return present(
        id=item.id,
        kind=item.file.kind.value,
        documentId=item.file.document,
        name=item.file.name,
        contentType=item.file.content_type,
        size=item.file.size,
        sha256=item.file.sha256,
        collectedAt=instant(item.file.collected_at),
        content=None if item.content is None else base64.b64encode(item.content).decode(),
        url=item.url,
        urlExpiresAt=instant(item.expires_at),
    )


def callback_answer(item: Callback | None, standing: Standing) -> View:
    """configureCallback's answer: Coupa's callback, if any, and what stands on the provider's platform."""
    there = present(url=standing.url, registration=standing.registration, lastCallAt=instant(standing.last_call_at))
    return (callback(item) or {}) | {"providerCallback": there}


def account(record: Account, capabilities: Capabilities, *, identity: str, remarks: tuple[str, ...]) -> View:
    """verifyAccount's answer. Settings and source hosts are the administrator's and stay out."""
    return {
        "id": record.id,
        "name": record.name,
        "createdAt": instant(record.created_at),
        "provider": {"name": capabilities.provider, "identity": identity, "remarks": list(remarks)},
        "capabilities": {
            "features": [_feature(feature, capabilities.why_not(feature)) for feature in Feature],
            "contentTypes": sorted(capabilities.content_types),
            "callbackRegistration": capabilities.callback_registration,
        },
    }


def _feature(feature: Feature, why_not: str | None) -> View:
    return present(name=feature.value, supported=why_not is None, reason=why_not)


def timeline_entry(item: TimelineEntry) -> View:
    """One line of listEvents."""
    return present(
        id=item.id,
        at=instant(item.at),
        kind=item.kind.value,
        text=item.text,
        code=item.code,
        milliseconds=item.milliseconds,
    )


def page(name: str, items: list[View], cursor: str | None) -> View:
    """A page of a list; without `cursor` it is the last."""
    return present(**{name: items, "cursor": cursor})


def notification(event: Event) -> View:
    """What is posted to Coupa: contracts/coupa.md §2, Notifications."""
    return present(
        eventId=event.id,
        type=event.type.value,
        sequence=event.sequence,
        occurredAt=instant(event.occurred_at),
        packageId=event.package,
        externalId=event.external_id,
        status=event.status.value,
        previousStatus=event.previous_status.value,
        recipient=event.recipient,
        reason=event.reason,
    )
