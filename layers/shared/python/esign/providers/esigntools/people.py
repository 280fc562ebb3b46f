"""Who signs which document, when, and under which number. Pure functions; no place on a page is known here.

One agreement has one document, so a package is as many agreements as documents. A signer with fields signs the documents
that they lie in; one without any signs them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, FormField, Place, Recipient

_NUMBER = r"([1-9]\d{0,8})"
# seeds/003, About signature fields, methods 1 and 2: X is the signer's position.
FORM_FIELD = re.compile(rf"SignatorySignature_{_NUMBER}_\d+")
TAG = re.compile(rf"#signature{_NUMBER}#")


def signers(package: Package) -> tuple[Recipient, ...]:
    return tuple(r for r in package.recipients if r.signs)


def signers_of(package: Package, document: DocumentId) -> tuple[Recipient, ...]:
    return tuple(r for r in signers(package) if not r.fields or any(f.document == document for f in r.fields))


def steps(people: Sequence[Recipient]) -> dict[RecipientId, int]:
    """Counted from 1 without gaps; equal orders sign at the same time (seeds/003, CreateRecipientDTO, step)."""
    ranks = {order: rank for rank, order in enumerate(sorted({r.signing_order for r in people}), start=1)}
    return {r.id: ranks[r.signing_order] for r in people}


def positions(package: Package) -> dict[RecipientId, int]:
    """The number that a form field or text tag names (of several the lowest), else the first that is free."""
    named = {r.id: min(numbers) for r in signers(package) if (numbers := set(named_positions(r)))}
    free = (number for number in count(1) if number not in set(named.values()))
    return {r.id: named[r.id] if r.id in named else next(free) for r in signers(package)}


def named_positions(recipient: Recipient) -> Iterator[int]:
    for field in recipient.fields:
        if (number := named_position(field.place)) is not None:
            yield number


def named_position(place: Place) -> int | None:
    """The signer that the PDF itself names at this place."""
    match place:
        case FormField(name):
            found = FORM_FIELD.fullmatch(name)
        case Anchor(text):
            found = TAG.fullmatch(text)
        case _:
            return None
    return int(found[1]) if found else None
