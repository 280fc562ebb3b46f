"""From the domain to what Coupa reads: plain dicts in camelCase, contracts/coupa.md §2. Standard library only.

One rule throughout: what is absent is left out, and times are RFC 3339 in UTC with milliseconds. `esign.coupa.answers`
says the same as schemas; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from esign.domain.document import Document, Upload
from esign.domain.errors import Problem
from esign.domain.package import AttentionNote, Callback, Package, PackageHead, ProviderState
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Field,
    FormField,
    Group,
    Place,
    ProviderAuthentication,
    Recipient,
    Rectangle,
    ZonePosition,
)
from esign.domain.status import SIGNING_STATUS

View = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """RFC 3339, UTC, milliseconds: 2027-01-31T17:00:00.000Z."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def present(**members: object) -> View:
    """Without what is absent: None, an empty object."""
    return {key: value for key, value in members.items() if value is not None and value != {}}


# --------------------------------------------------------------------------------------------------------- packages


def package_head(head: PackageHead) -> View:
    """A package without its documents and recipients: a line of listPackages."""
    return present(
        id=head.id,
        externalId=head.external_id,
        revision=head.revision,
        name=head.name,
        description=head.description,
        message=present(subject=head.message.subject, text=head.message.text),
        language=head.language,
        status=head.status.value,
        statusReason=head.status_reason,
        attention=_attention(head.attention),
        sequentialSigning=head.sequential_signing,
        expiresAt=instant(head.expires_at),
        reminders=present(firstAfterDays=head.reminders.first_after_days, everyDays=head.reminders.every_days),
        createdAt=instant(head.created_at),
        sentAt=instant(head.sent_at),
        completedAt=instant(head.completed_at),
        updatedAt=instant(head.updated_at),
        archived=head.archived,
        callback=callback(head.callback),
        provider=_provider(head.provider),
        metadata=dict(head.metadata),
    )


def package(whole: Package) -> View:
    """Package."""
    return package_head(whole) | {
        "documents": [document(item) for item in whole.documents],
        "recipients": [recipient(item) for item in whole.recipients],
    }


def warnings(found: Sequence[Problem]) -> list[View] | None:
    """What Send would refuse; None: nothing known."""
    return [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in found] or None


def summary(head: PackageHead) -> View:
    """PackageSummary."""
    return present(
        id=head.id,
        externalId=head.external_id,
        status=head.status.value,
        signingStatus=SIGNING_STATUS[head.status],
        signed=head.counts.signed,
        pending=head.counts.pending,
        skipped=head.counts.skipped,
        total=head.counts.total,
        providerReadAt=instant(head.provider.read_at),
        updatedAt=instant(head.updated_at),
    )


def callback(item: Callback | None) -> View | None:
    """Where Coupa hears of events; never a credential."""
    if item is None:
        return None
    return present(url=item.url, events=list(item.events), disabledAt=instant(item.disabled_at), reason=item.reason)


def _attention(note: AttentionNote | None) -> View | None:
    if note is None:
        return None
    return {"code": note.code.value, "since": instant(note.since), "nextStep": note.next_step}


def _provider(state: ProviderState) -> View:
    return present(
        name=state.name, reference=list(state.reference) or None, status=state.status, options=dict(state.options)
    )


# -------------------------------------------------------------------------------------------------------- documents


def document(item: Document, *, upload: Upload | None = None) -> View:
    """Document; `upload` only in addDocuments' answer, since its link is a key for a short while."""
    return present(
        id=item.id,
        name=item.name,
        externalId=item.external_id,
        contentType=item.content_type,
        size=item.size,
        sha256=item.sha256,
        pages=item.pages,
        order=item.order,
        status=item.status.value,
        template=None if item.template is None else {"id": item.template},
        upload=upload and _upload(upload),
    )


def _upload(upload: Upload) -> View:
    return {
        "method": upload.method,
        "url": upload.url,
        "headers": dict(upload.headers),
        "expiresAt": instant(upload.expires_at),
    }


# ------------------------------------------------------------------------------------------------------- recipients


def recipient(person: Recipient) -> View:
    """Recipient: what Coupa asked, and what became of it."""
    return present(
        id=person.id,
        externalId=person.external_id,
        fullName=person.full_name,
        firstName=person.first_name,
        lastName=person.last_name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        message=person.message,
        redirectUrl=person.redirect_url,
        group=_group(person.group),
        role=person.role.value,
        signingOrder=person.signing_order,
        authentication=_authentication(person.authentication),
        delivery=person.delivery.value,
        fields=[_field(item) for item in person.fields],
        status=person.status.value,
        signedAt=instant(person.signed_at),
        signedWith=person.signed_with,
        actedBy=person.acted_by,
        declineReason=person.decline_reason,
        ipAddress=person.ip_address,
    )


def _group(group: Group | None) -> View | None:
    if group is None:
        return None
    members = [
        present(firstName=m.first_name, lastName=m.last_name, email=m.email, language=m.language) for m in group.members
    ]
    return {"name": group.name, "members": members}


def _authentication(given: Authentication | ProviderAuthentication) -> str | View:
    if isinstance(given, ProviderAuthentication):
        return {"provider": given.provider, "method": given.method}
    return given.value


def _field(item: Field) -> View:
    return {"documentId": item.document, "type": item.type.value} | _place(item.place)


def _place(place: Place) -> View:
    match place:
        case Rectangle(page, x, y, width, height):
            return {"rectangle": {"page": page, "x": x, "y": y, "width": width, "height": height}}
        case Anchor(text, dx, dy, width, height):
            return {"anchor": present(text=text, dx=dx, dy=dy, width=width, height=height)}
        case FormField(name):
            return {"formField": {"name": name}}
        case ZonePosition(page, position):
            return {"zone": {"page": page, "position": position.value}}
