"""An instant package: one PDF of the operator's own, started at Connective by one call. It is kept nowhere else.

Knows how such a package is said in our words; nothing of commands or tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from esign.domain.document import Document
from esign.domain.errors import OutcomeUnknown
from esign.domain.ids import AccountId, DocumentId, PackageId, document_id, new_package_id, recipient_id
from esign.domain.package import Package, ProviderReference, ProviderState
from esign.domain.recipient import Recipient, split_name
from esign.domain.status import DocumentStatus, PackageStatus

if TYPE_CHECKING:
    from esign.providers.connective.adapter import ConnectiveV3Provider


@dataclass(frozen=True, slots=True)
class LocalFile:
    """`DocumentSource` of one file on this machine."""

    path: Path

    @contextmanager
    def open(self, document: DocumentId) -> Iterator[BinaryIO]:  # noqa: ARG002 - there is only this one
        with self.path.open("rb") as file:
            yield file


def instant_package(
    account: AccountId,
    pdf: Path,
    people: list[tuple[str, str]],
    now: datetime,
    *,
    name: str | None,
    language: str | None,
    parallel: bool,
) -> Package:
    """A package in our words that is kept nowhere; its id is the reference at Connective."""
    identifier = new_package_id(now)
    document = Document(
        document_id(identifier, 1),
        None,
        name or pdf.name,
        "application/pdf",
        1,
        DocumentStatus.STORED,
        pdf.stat().st_size,
    )
    return Package(
        id=identifier,
        account=account,
        name=name or pdf.name,
        status=PackageStatus.DRAFT,
        created_at=now,
        updated_at=now,
        provider=ProviderState("connective"),
        language=language,
        documents=(document,),
        recipients=tuple(
            _recipient(identifier, number, person, order=1 if parallel else number)
            for number, person in enumerate(people, start=1)
        ),
    )


def _recipient(package: PackageId, number: int, person: tuple[str, str], *, order: int) -> Recipient:
    first, last = split_name(person[0])
    return Recipient(recipient_id(package, number), None, first, last, person[1], signing_order=order)


def parse_person(text: str) -> tuple[str, str]:
    """(name, e-mail address) of `Name <mail>`."""
    name, address = parseaddr(text)
    local, at, host = address.rpartition("@")
    if not (name and local and at and "." in host):
        raise typer.BadParameter('Write each signer as "Name <mail>".', param_hint="--signer")
    return name, address


def send_at_once(
    provider: ConnectiveV3Provider, package: Package, document: LocalFile, template: str | None
) -> ProviderReference:
    """A lost reply is looked for once: what Connective lists under our reference was a success."""
    from esign.ports import Found

    try:
        return provider.send_instantly(package, document, callback_url=None, template=template)
    except OutcomeUnknown:
        found = provider.find(package, {})
        if isinstance(found, Found):
            return found.reference
        raise
