"""People whom the provider's own process brings, such as the managers of a policy: recipients that Coupa did not name.

A step and somebody at it are one recipient, however often, in whatever order and by how many readers at once they are read.
Pure functions; what the process is called is known in the vendor's folder only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from esign.domain.document import MAX_RECIPIENTS
from esign.domain.ids import RecipientId, number_of, recipient_id
from esign.domain.package import Package
from esign.domain.recipient import Recipient
from esign.domain.status import PackageStatus

NOT_YET = RecipientId("")  # of somebody who is no recipient yet


@dataclass(frozen=True, slots=True)
class Welcome:
    """`known` are there already, since another read was faster; `new` have the ids that they get. `left_out`: how many
    more there are than a package can have."""

    known: dict[RecipientId, Recipient]
    new: tuple[Recipient, ...] = ()
    left_out: int = 0


def welcome(package: Package, shown: Sequence[Recipient], *, taken: Collection[RecipientId] = ()) -> Welcome:
    """`shown`: whom the provider shows and nobody recognised; `taken`: the recipients that it shows besides.

    People come only while signing goes on, and only where Coupa named nobody: beside people whom it named they might be
    the same ones under another name. What was forgotten afterwards cannot come back so either.
    """
    if package.status is not PackageStatus.IN_PROCESS or not package.unnamed:
        return Welcome({})
    free = [r for r in package.recipients if r.met and r.id not in taken]
    known: dict[RecipientId, Recipient] = {}
    new: list[Recipient] = []
    for person in shown:
        there = next((r for r in free if r.id not in known and same_person(r, person)), None)
        if there is None:
            new.append(person)
        else:
            known[there.id] = replace(person, id=there.id)
    room = max(MAX_RECIPIENTS - len(package.recipients), 0)
    return Welcome(known, _numbered(package, new[:room]), len(new[room:]))


def same_person(one: Recipient, other: Recipient) -> bool:
    """At the same step, and of the same id at the provider; by name only where it shows no id for either."""
    if one.signing_order != other.signing_order:
        return False
    if one.external_id or other.external_id:
        return one.external_id == other.external_id
    return one.full_name.casefold() == other.full_name.casefold()


def _numbered(package: Package, people: Sequence[Recipient]) -> tuple[Recipient, ...]:
    last = max((number_of(r.id) for r in package.recipients), default=0)
    return tuple(replace(r, id=recipient_id(package.id, last + n), met=True) for n, r in enumerate(people, 1))
