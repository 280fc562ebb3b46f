"""The body of Create Contract, made from our package (seeds/002, Create Contract Interface). Pure.

The vendor knows no id of ours and no idempotency key, so the contract's name ends with a mark by which a search finds it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from esign.domain.ids import PackageId
from esign.domain.package import Package
from esign.domain.recipient import Authentication, Delivery, Recipient, Role
from esign.providers.contract_signatures.options import (
    ContractSignaturesOptions,
    ContractSignaturesSettings,
    SignerOptions,
    Watcher,
)

_MARK_LENGTH = 10  # the last characters of a ULID: 50 random bits
_MARKED = re.compile(rf" \[([0-9a-z]{{{_MARK_LENGTH}}})\]$")


def create_body(
    package: Package, template: str, settings: ContractSignaturesSettings, options: ContractSignaturesOptions
) -> dict[str, Any]:
    """Optional members that nobody spoke of are left out, `watchers` where the account does not have them."""
    signers = signers_of(package)
    body: dict[str, Any] = {
        "templateId": template,
        "name": f"{printable(package.name)} [{mark_of(package.id)}]",
        "sequentialSigning": is_sequential(package),
        "signers": [_signer(person, _said(person, settings, options)) for person in signers],
    }
    watchers = watchers_of(package, settings, options)
    return body | ({"watchers": [_watcher(one) for one in watchers]} if watchers and settings.watchers else {})


def mark_of(package: PackageId) -> str:
    return package[-_MARK_LENGTH:]


def mark_in(name: str) -> str | None:
    """Of a contract's name; None: it is none of ours."""
    found = _MARKED.search(name)
    return found[1] if found else None


def signers_of(package: Package) -> tuple[Recipient, ...]:
    """In the order in which they are sent, which is that of a sequential signing."""
    return tuple(sorted((r for r in package.recipients if r.signs), key=lambda r: r.signing_order))


def is_sequential(package: Package) -> bool:
    """One flag for all: mixed orders are refused before."""
    return len({r.signing_order for r in signers_of(package)}) > 1


def watchers_of(
    package: Package, settings: ContractSignaturesSettings, options: ContractSignaturesOptions
) -> tuple[Watcher, ...]:
    """Who gets a copy (checked when Coupa named them, and as long a name as they have), then those of the options."""
    copies = (
        Watcher.model_construct(name=one_name(r), email=r.email, notification_kinds=settings.cc_notification_kinds)
        for r in package.recipients
        if r.role is Role.CC and r.email
    )
    return (*copies, *options.watchers)


def one_name(person: Recipient) -> str:
    """The vendor knows one name. Who has but one bears it as first and last name in our model."""
    same = person.first_name == person.last_name
    return printable(person.first_name if same else person.full_name)


def printable(text: str) -> str:
    """Control characters become spaces ("printable Unicode string"); every letter of every script stays."""
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).strip()


def _signer(person: Recipient, said: dict[str, Any]) -> dict[str, Any]:
    """A phone goes along with SMS_OTP only: its mere presence turns the code by SMS on."""
    kind = "url" if person.delivery is Delivery.LINK else "email"
    signer: dict[str, Any] = {"fullName": one_name(person), "accessKind": kind}
    if person.email:
        signer["email"] = person.email
    if person.phone and person.authentication is Authentication.SMS_OTP:
        signer["phone"] = person.phone
    return signer | said


def _said(
    person: Recipient, settings: ContractSignaturesSettings, options: ContractSignaturesOptions
) -> dict[str, Any]:
    own = options.recipients.get(person.id) or options.recipients.get(person.external_id or "") or SignerOptions()
    said: dict[str, Any] = {}
    for level in (settings, options, own):
        if level.append_signature_macro is not None:
            said["appendSignatureMacro"] = level.append_signature_macro
        if level.receives_completed_contract is not None:
            said["receivesCompletedContract"] = level.receives_completed_contract
    return said


def _watcher(watcher: Watcher) -> dict[str, Any]:
    kinds = "|".join(watcher.notification_kinds)
    return {"name": printable(watcher.name), "email": watcher.email, "notificationKinds": kinds}
