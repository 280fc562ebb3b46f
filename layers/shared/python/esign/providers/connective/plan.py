"""A package as Connective will be told it: settings, options and places brought together, in no version's words yet.

`rules.py` judges it; `request_v3.py` and `request_v4.py` say it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from esign.domain.content import PDF, XML
from esign.domain.document import Document
from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package, Reminders
from esign.domain.recipient import Authentication, Delivery, Group, ProviderAuthentication, Recipient, Role
from esign.placement.place import Placement
from esign.providers.connective.names import LANGUAGES, clean_name, connective_language
from esign.providers.connective.options import (
    ConnectiveOptions,
    ConnectiveSettings,
    DocumentOptions,
    RecipientOptions,
    Signing,
)
from esign.providers.connective.places import SigningField, signing_field

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    id: DocumentId
    name: str
    language: str
    content_type: str
    fields: tuple[SigningField, ...]
    target_type: str | None
    pdf_error_handling: str | None
    correlation_id: str | None
    representation: DocumentId | None


@dataclass(frozen=True, slots=True)
class PlannedActor:
    """One recipient and their one step. `signing` has all defaults filled in."""

    id: RecipientId
    index: int  # in the package's list, for pointers
    role: Role
    order: int
    first_name: str
    last_name: str
    email: str | None
    group: Group | None
    language: str
    birth_date: date | None
    phone: str | None
    signing: Signing
    signing_type: str
    notify: bool
    redirect_url: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    reference: str  # our package id
    name: str
    initiator: str
    expires_at: datetime | None
    document_group_code: str | None
    theme_code: str | None
    download_unsigned_files: bool | None
    reassign_enabled: bool | None
    action_url_days: int | None
    f2f_redirect_url: str | None
    correlation_id: str | None
    external_package_data: str | None
    reminders: Reminders
    documents: tuple[PlannedDocument, ...]
    actors: tuple[PlannedActor, ...]

    def labels(self, recipient: RecipientId) -> tuple[tuple[DocumentId, str], ...]:
        """Which fields are this recipient's, document by document."""
        return tuple((d.id, f.label) for d in self.documents for f in d.fields if f.recipient == recipient)


def representations(package: Package, options: ConnectiveOptions) -> dict[DocumentId, DocumentId]:
    """The PDF that shows each XML document that names one. A PDF that stands for another is not signed itself."""
    found: dict[DocumentId, DocumentId] = {}
    for document in package.documents:
        named = _document_options(document, options).representation
        shown = package.document(named) if named else None
        if document.content_type == XML and shown and shown.content_type == PDF:
            found[document.id] = shown.id
    return found


def make_plan(package: Package, placement: Placement, settings: ConnectiveSettings, options: ConnectiveOptions) -> Plan:
    shown = representations(package, options)
    language = connective_language(package.language, settings) or settings.default_language
    correlation = package.external_id if settings.correlate_by_external_id else None
    return Plan(
        reference=package.id,
        name=clean_name(package.name),
        initiator=settings.initiator,
        expires_at=package.expires_at,
        document_group_code=options.document_group_code or settings.document_group_code,
        theme_code=options.theme_code or settings.theme_code,
        download_unsigned_files=_first(options.download_unsigned_files, settings.download_unsigned_files),
        reassign_enabled=_first(options.reassign_enabled, settings.reassign_enabled),
        action_url_days=(options.action_url_expiration_period_in_days or settings.action_url_expiration_period_in_days),
        f2f_redirect_url=options.f2f_redirect_url or settings.f2f_redirect_url,
        correlation_id=options.correlation_id or correlation,
        external_package_data=options.external_package_data,
        reminders=package.reminders,
        documents=tuple(
            _document(d, placement, settings, options, language, shown.get(d.id))
            for d in package.documents
            if d.id not in shown.values()
        ),
        actors=tuple(_actor(i, r, settings, options, language) for i, r in enumerate(package.recipients)),
    )


def _document(
    document: Document,
    placement: Placement,
    settings: ConnectiveSettings,
    options: ConnectiveOptions,
    language: str,
    representation: DocumentId | None,
) -> PlannedDocument:
    own = _document_options(document, options)
    asked = connective_language(own.language, settings) or language
    return PlannedDocument(
        id=document.id,
        name=clean_name(document.name),
        language=asked if asked in LANGUAGES else "en",  # signature texts exist in these five only
        content_type=document.content_type,
        fields=tuple(signing_field(n, place) for n, place in enumerate(placement.of(document.id), start=1)),
        target_type=own.target_type or options.target_type or settings.target_type,
        pdf_error_handling=own.pdf_error_handling or options.pdf_error_handling or settings.pdf_error_handling,
        correlation_id=own.correlation_id,
        representation=representation,
    )


def _actor(
    index: int, recipient: Recipient, settings: ConnectiveSettings, options: ConnectiveOptions, language: str
) -> PlannedActor:
    own = recipient_options(recipient, options)
    levels: tuple[Signing, ...] = (own, options, settings)
    link_only = recipient.delivery is Delivery.LINK
    asked = _first(own.send_notifications, options.send_notifications)
    return PlannedActor(
        id=recipient.id,
        index=index,
        role=recipient.role,
        order=recipient.signing_order,
        first_name=recipient.first_name,
        last_name=recipient.last_name,
        email=recipient.email,
        group=_group(recipient.group, settings, language),
        language=connective_language(recipient.language, settings) or language,
        birth_date=own.birth_date,
        phone=recipient.phone,
        signing=_merged(levels),
        signing_type=_signing_type(recipient, own, options, settings),
        notify=(settings.send_notifications if asked is None else asked) and not link_only,
        redirect_url=recipient.redirect_url or options.redirect_url or settings.redirect_url,
    )


def _group(group: Group | None, settings: ConnectiveSettings, language: str) -> Group | None:
    """The group with a language of Connective's for each member."""
    if group is None:
        return None
    spoken = (replace(m, language=connective_language(m.language, settings) or language) for m in group.members)
    return replace(group, members=tuple(spoken))


def _merged(levels: tuple[Signing, ...]) -> Signing:
    """Field by field, the first level that says something; a legal notice's code and text belong together."""
    values = {name: next((v for level in levels if (v := getattr(level, name))), None) for name in Signing.model_fields}
    notice = next((level for level in levels if level.legal_notice_code or level.legal_notice_text), None)
    if notice:
        values |= {"legal_notice_code": notice.legal_notice_code, "legal_notice_text": notice.legal_notice_text}
    return Signing.model_validate({name: value for name, value in values.items() if value})


def _signing_type(
    recipient: Recipient, own: RecipientOptions, options: ConnectiveOptions, settings: ConnectiveSettings
) -> str:
    match recipient.authentication:
        case ProviderAuthentication(method=method):
            return method
        case Authentication.SMS_OTP:
            return "SmsOtp"
        case Authentication.EMAIL_OTP:
            return "MailOtp"
        case _:
            return own.signing_type or options.signing_type or settings.signing_type or "Manual"


def recipient_options(recipient: Recipient, options: ConnectiveOptions) -> RecipientOptions:
    by_external = options.recipients.get(recipient.external_id) if recipient.external_id else None
    return options.recipients.get(recipient.id) or by_external or RecipientOptions()


def _document_options(document: Document, options: ConnectiveOptions) -> DocumentOptions:
    by_external = options.documents.get(document.external_id) if document.external_id else None
    return options.documents.get(document.id) or by_external or DocumentOptions()


def _first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one
