"""What of a package is personal, and what is left when that goes: counts, times, statuses, hashes, and pseudonyms.

Pure functions; nothing here knows when anything has to go (`esign.domain.retention`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from esign.domain.document import Document, EvidenceFile
from esign.domain.ids import number_of
from esign.domain.package import Message, Package
from esign.domain.recipient import Group, Recipient

_GONE = "…"


def subject_hash(email: str) -> str:
    """How an address is known after it is gone: its SHA-256 in hex, without case and blanks around it."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def subjects_of(package: Package) -> frozenset[str]:
    """Everybody whom the package, or the evidence that it keeps, may name."""
    return frozenset(subject for recipient in package.recipients for subject in _subjects(recipient))


def untitled(package: Package) -> Package:
    """Without people's names in those of documents and files: written before all else is `forgotten`, since a package of 50
    people and 30 documents has more parts than one transaction takes."""
    people = _names(package.recipients)
    return replace(
        package,
        documents=tuple(_unstaged(document, people) for document in package.documents),
        files=tuple(_renamed(file, people) for file in package.files),
    )


def forgotten(package: Package, now: datetime) -> Package:
    """Without anything personal. The hashes of addresses stay, as long as there is evidence that names the people."""
    return replace(
        untitled(package),
        name=_without(package.name, _names(package.recipients)),
        description=None,
        message=Message(),
        metadata={},
        status_reason=None,
        told_reason=None,
        withdraw_requested="" if package.withdrawing else None,
        provider=replace(package.provider, options={}, progress={}),
        recipients=tuple(_pseudonym(recipient, keep=bool(package.files)) for recipient in package.recipients),
        forgotten_at=now,
    )


def without_subject(package: Package, subject: str) -> Package:
    """Without this one person (`subject_hash`); the others of the package stay."""
    mine = tuple(recipient for recipient in package.recipients if subject in _subjects(recipient))
    people, keep = _names(mine), bool(package.files)
    return replace(
        package,
        name=_without(package.name, people),
        description=_without(package.description, people) if package.description else None,
        message=Message(),
        told_reason=None,
        documents=tuple(_unstaged(document, people) for document in package.documents),
        recipients=tuple(_pseudonym(r, keep=keep) if r in mine else r for r in package.recipients),
        files=tuple(_renamed(file, people) for file in package.files),
    )


def unlinked(package: Package) -> Package:
    """Without the hashes that lead to the evidence."""
    return replace(package, recipients=tuple(replace(recipient, subjects=()) for recipient in package.recipients))


def traceless(package: Package) -> Package:
    """Without the evidence that is gone, nor what led to it. Written after `unlinked`: both are too much at once."""
    return replace(unlinked(package), files=())


def is_forgotten(recipient: Recipient) -> bool:
    return recipient.email is None and (recipient.group is None or not recipient.group.members)


def _subjects(recipient: Recipient) -> tuple[str, ...]:
    members = recipient.group.members if recipient.group else ()
    known = [subject_hash(email) for email in (recipient.email, *(m.email for m in members)) if email]
    return tuple(dict.fromkeys((*recipient.subjects, *known)))


def _pseudonym(recipient: Recipient, *, keep: bool) -> Recipient:
    """Named by its number. An external id is the caller's choice and may be an address; a provider's names the person.

    Whom a provider brought is from now on like somebody who was named: it cannot bring them again.
    """
    return replace(
        recipient,
        first_name="Recipient",
        last_name=f"{number_of(recipient.id):02d}",
        external_id=None if recipient.met or "@" in (recipient.external_id or "") else recipient.external_id,
        email=None,
        phone=None,
        message=None,
        redirect_url=None,
        group=Group(_GONE) if recipient.group else None,
        fields=(),  # an anchor's text may be a name
        acted_by=None,
        decline_reason=None,
        ip_address=None,
        subjects=_subjects(recipient) if keep else (),
        met=False,
    )


def _unstaged(document: Document, people: Collection[str]) -> Document:
    return replace(document, name=_without(document.name, people), key=None)


def _renamed(file: EvidenceFile, people: Collection[str]) -> EvidenceFile:
    return replace(file, name=_without(file.name, people))


def _names(recipients: Collection[Recipient]) -> frozenset[str]:
    """What a title may call people by."""
    found = {text for r in recipients for text in (r.first_name, r.last_name, r.email)}
    members = [m for r in recipients for m in (r.group.members if r.group else ())]
    found |= {text for m in members for text in (m.first_name, m.last_name, m.email)}
    return frozenset(text for text in found if text and len(text) > 1)


def _without(text: str, names: Collection[str]) -> str:
    """Whole words only, whatever their case: a signer called An is no part of "Annex"."""
    if not names:
        return text
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{any_name})(?!\w)", _GONE, text, flags=re.IGNORECASE)
