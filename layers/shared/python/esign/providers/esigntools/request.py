"""A package in the words of createAgreement (seeds/003, CreateAgreementDTO): one body for each document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from esign.domain.document import Document
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Authentication, Recipient
from esign.placement.place import Placement
from esign.providers.esigntools.capabilities import EXTENSIONS
from esign.providers.esigntools.options import EsignToolsOptions, EsignToolsSettings
from esign.providers.esigntools.people import positions, signers_of, steps
from esign.providers.esigntools.places import zones

Json = dict[str, Any]
DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Agreement:
    """One document to be signed. `file_name` tells nothing but the format; `body` lacks the callback address."""

    document: DocumentId
    body: Json = field(repr=False)
    file_name: str
    content_type: str


def agreements(
    package: Package, placement: Placement, settings: EsignToolsSettings, options: EsignToolsOptions
) -> tuple[Agreement, ...]:
    """In the order of the documents."""
    return tuple(
        Agreement(
            document.id,
            _body(package, document, placement, settings, options),
            f"{document.id}.{EXTENSIONS[document.content_type]}",
            document.content_type,
        )
        for document in package.documents
        if document.content_type in EXTENSIONS
    )


def _body(
    package: Package,
    document: Document,
    placement: Placement,
    settings: EsignToolsSettings,
    options: EsignToolsOptions,
) -> Json:
    here = signers_of(package, document.id)
    turn, number = steps(here), positions(package)
    may_renew = settings.can_renew if options.can_renew is None else options.can_renew
    return _present(
        name=agreement_name(package, document),
        recipients=[
            _recipient(person)
            | _present(
                canRenew=may_renew,
                position=number[person.id],
                step=turn[person.id],
                fields=zones(placement, document.id, person.id) or None,
            )
            for person in here
        ],
        reminderDelay=_reminder_delay(package, settings),
        textTemplateName=options.text_template_name or settings.text_template_name,
        defaultFieldWidth=options.default_field_width or settings.default_field_width,
        defaultFieldHeight=options.default_field_height or settings.default_field_height,
    )


def _recipient(person: Recipient) -> Json:
    """A phone turns the code by SMS on by its mere presence, so it goes only with SMS_OTP."""
    return _present(
        email=person.email,
        firstname=person.first_name,
        lastname=person.last_name,
        phone=person.phone if person.authentication is Authentication.SMS_OTP else None,
    )


def agreement_name(package: Package, document: Document) -> str:
    """What signers read in their mails, and what a person looks for when a reply was lost."""
    if len(package.documents) == 1:
        return package.name
    number = package.documents.index(document) + 1
    return f"{package.name} ({number}/{len(package.documents)}): {document.name}"


def _reminder_delay(package: Package, settings: EsignToolsSettings) -> int | None:
    """Minutes; without any eSignTools sends none."""
    days = package.reminders.every_days or package.reminders.first_after_days
    return days * DAY if days else settings.reminder_delay


def _present(**values: Any) -> Json:  # noqa: ANN401 - JSON
    return {name: value for name, value in values.items() if value is not None}
