"""Why eSignTools could not take a package: what it would do wrong without a word, or too late.

What it refuses clearly by itself is left to it. Sources: seeds/003; contracts/esigntools.md §3.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from esign.domain.errors import Problem
from esign.domain.package import Package
from esign.domain.recipient import Anchor, Authentication, Recipient
from esign.placement.place import Placement
from esign.providers.esigntools.people import TAG, named_positions, signers, signers_of


def package_problems(package: Package, placement: Placement) -> tuple[Problem, ...]:
    """All of them, the placement's included."""
    return tuple(
        chain(
            placement.problems,
            *(_person(f"/recipients/{i}", r) for i, r in enumerate(package.recipients) if r.signs),
            _positions(package),
            _reminders(package),
            *(_signers(package, index) for index in range(len(package.documents))),
        )
    )


def _person(pointer: str, person: Recipient) -> Iterator[Problem]:
    if not person.email:
        yield Problem(f"{pointer}/email", "email_missing", "eSignTools mails every signer: give an e-mail address.")
    if person.authentication is Authentication.SMS_OTP and not person.phone:
        yield Problem(f"{pointer}/phone", "phone_missing", "A code by SMS needs a phone number.")
    if len(set(named_positions(person))) > 1:
        detail = "Form fields and tags of one signer bear one number, as in SignatorySignature_1_1 and #signature1#."
        yield Problem(f"{pointer}/fields", "several_positions", detail)
    for number, field in enumerate(person.fields):
        if isinstance(field.place, Anchor) and TAG.fullmatch(field.place.text) and field.place.moved:
            detail = (
                "eSignTools replaces a tag where it stands, in the default size: leave out dx, dy, width and height."
            )
            yield Problem(f"{pointer}/fields/{number}/anchor", "tag_moved", detail)


def _positions(package: Package) -> Iterator[Problem]:
    """A form field or tag belongs to whoever has its number, so two people cannot share one."""
    claimed = defaultdict[int, list[int]](list)
    for index, person in enumerate(package.recipients):
        for number in set(named_positions(person)) if person.signs else ():
            claimed[number].append(index)
    for number, indexes in claimed.items():
        for index in indexes[1:]:
            detail = f"Form fields and tags with the number {number} belong to /recipients/{indexes[0]} already."
            yield Problem(f"/recipients/{index}/fields", "position_taken", detail)


def _reminders(package: Package) -> Iterator[Problem]:
    first, every = package.reminders.first_after_days, package.reminders.every_days
    if first and every and first != every:
        detail = "eSignTools knows one delay for all reminders: give firstAfterDays and everyDays the same value."
        yield Problem("/reminders", "one_reminder_delay", detail)


def _signers(package: Package, index: int) -> Iterator[Problem]:
    """Each document is an agreement of its own, which knows nothing of the others' signers."""
    pointer, document = f"/documents/{index}", package.documents[index]
    here = signers_of(package, document.id)
    if not here:
        detail = "Nobody has a field in this document: give a signer one, or leave the document out."
        yield Problem(pointer, "document_without_signer", detail)
        return
    last = max(person.signing_order for person in here)
    if any(person.signing_order < last for person in signers(package) if person not in here):
        detail = (
            "At eSignTools signers wait for those before them document by document. Give everybody who signs earlier "
            "a field in this document too, or send it in a package of its own."
        )
        yield Problem(pointer, "order_across_documents", detail)
