"""addRecipients: who signs, approves, views or gets a copy, into a package in DRAFT."""

from __future__ import annotations

from dataclasses import dataclass, replace

from esign.domain.document import MAX_FIELDS, MAX_RECIPIENTS
from esign.domain.drafts import NewField, NewRecipient
from esign.domain.errors import Clash, Problem, Unprocessable
from esign.domain.events import EntryKind, entry
from esign.domain.ids import AccountId, RecipientId, number_of, recipient_id
from esign.domain.package import Package
from esign.domain.recipient import Delivery, Field, Recipient
from esign.domain.status import PackageStatus
from esign.domain.wording import many
from esign.operations.check_package import warnings_of
from esign.operations.claim import Claim
from esign.operations.packages import Change, change, load, refuse_repeated, require
from esign.operations.provider_access import ProviderAccess
from esign.ports import Clock, PackageStore


@dataclass(frozen=True, slots=True)
class AddedRecipients:
    """`warnings`: what the provider could not take of the package as it is now; Send would refuse it."""

    recipients: tuple[Recipient, ...]
    warnings: tuple[Problem, ...] = ()


def add_recipients(
    account: AccountId,
    package_id: str,
    items: tuple[NewRecipient, ...],
    *,
    packages: PackageStore,
    access: ProviderAccess,
    clock: Clock,
    claim: Claim | None = None,
) -> AddedRecipients:
    """All or none. One query (who is there, which documents fields may name), one transaction, the account for warnings.

    Raises NotFound, WrongState, Unprocessable with every problem, Clash (same external id, another recipient).
    """
    package = load(packages, account, package_id)
    refuse_repeated([item.external_id for item in items], pointer="/recipients")
    numbered: tuple[Recipient, ...] = ()

    def decide(current: Package) -> Change | None:
        nonlocal numbered
        _check(current, items)
        numbered = _numbered(current, items)
        return _add(current, numbered, clock)

    changed = change(packages, package, decide, claim=claim)
    added = tuple(recipient for r in numbered if (recipient := changed.recipient(r.id)) is not None)
    return AddedRecipients(added, warnings_of(changed, access))


def _check(package: Package, items: tuple[NewRecipient, ...]) -> None:
    require(package, PackageStatus.DRAFT, to="add recipients")
    problems = [
        problem for index, item in enumerate(items) for problem in _problems(package, item, f"/recipients/{index}")
    ]
    if problems:
        raise Unprocessable("Not every recipient can be taken; none was.", problems=tuple(problems))


def _add(package: Package, numbered: tuple[Recipient, ...], clock: Clock) -> Change | None:
    added = tuple(r for r in numbered if _is_new(package, r))
    if not added:
        return None
    after = replace(package, recipients=package.recipients + added, updated_at=clock.now())
    _check_limits(after, len(numbered))
    text = f"Coupa added {many(len(added), 'recipient')}."
    told = entry(clock.now(), EntryKind.COUPA_CALL, text)
    return Change(after, timeline=(told,), made=[recipient.id for recipient in numbered])


def _numbered(package: Package, items: tuple[NewRecipient, ...]) -> tuple[Recipient, ...]:
    """The items as recipients of this package; those that are there already keep their number."""
    number = max((number_of(r.id) for r in package.recipients), default=0)
    order = max((r.signing_order for r in package.recipients), default=0)
    recipients = []
    for item in items:
        known = package.recipient(item.external_id) if item.external_id else None
        if known is None:
            number, order = number + 1, order + 1
        identifier = known.id if known else recipient_id(package.id, number)
        default = (known.signing_order if known else order) if package.sequential_signing else 1
        recipients.append(_recipient(package, item, identifier, default))
    return tuple(recipients)


def _recipient(package: Package, item: NewRecipient, identifier: RecipientId, default_order: int) -> Recipient:
    return Recipient(
        id=identifier,
        external_id=item.external_id,
        first_name=item.first_name,
        last_name=item.last_name,
        email=item.email,
        role=item.role,
        signing_order=item.signing_order if item.signing_order is not None else default_order,
        phone=item.phone,
        language=item.language,
        message=item.message,
        redirect_url=item.redirect_url,
        group=item.group,
        authentication=item.authentication,
        delivery=item.delivery,
        fields=tuple(field for f in item.fields if (field := _field(package, f)) is not None),
    )


def _field(package: Package, new: NewField) -> Field | None:
    document = package.document(new.document)
    return Field(document.id, new.place, new.type) if document else None


def _is_new(package: Package, recipient: Recipient) -> bool:
    known = next((r for r in package.recipients if r.id == recipient.id), None)
    if known is not None and known != recipient:
        raise Clash("The package has another recipient of this externalId.", code="external_id_in_use")
    return known is None


def _problems(package: Package, item: NewRecipient, pointer: str) -> list[Problem]:
    problems = [
        Problem(
            f"{pointer}/fields/{index}/documentId",
            "unknown_document",
            "The package has no such document; add it first.",
        )
        for index, field in enumerate(item.fields)
        if package.document(field.document) is None
    ]
    if item.email is None and item.group is None and item.delivery is Delivery.EMAIL:
        detail = "A recipient needs an e-mail address unless delivery is LINK and the provider allows it."
        problems.append(Problem(f"{pointer}/email", "email_required", detail))
    return problems


def _check_limits(package: Package, items: int) -> None:
    if len(package.recipients) > MAX_RECIPIENTS:
        detail = f"A package has {MAX_RECIPIENTS} recipients at most."
        raise Unprocessable(detail, problems=(Problem(f"/recipients/{items - 1}", "too_many_recipients", detail),))
    if sum(len(r.fields) for r in package.recipients) > MAX_FIELDS:
        detail = f"A package has {MAX_FIELDS} fields at most."
        raise Unprocessable(detail, problems=(Problem("/recipients", "too_many_fields", detail),))
