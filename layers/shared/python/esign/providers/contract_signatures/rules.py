"""Why Contract Signatures could not take a package, beyond what its capabilities say. All problems at once; pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from esign.domain.errors import Problem
from esign.domain.package import Package
from esign.domain.recipient import Authentication, Delivery, Recipient, Role
from esign.providers.contract_signatures.capabilities import MAX_SIGNERS
from esign.providers.contract_signatures.options import ContractSignaturesOptions, ContractSignaturesSettings
from esign.providers.contract_signatures.templates import Unusable, read_template


def package_problems(
    package: Package, settings: ContractSignaturesSettings, options: ContractSignaturesOptions
) -> tuple[Problem, ...]:
    return tuple(
        chain(
            _templates(package, settings),
            _number(package),
            _option_keys(package, settings, options),
            *(_person(person, f"/recipients/{index}") for index, person in enumerate(package.recipients)),
        )
    )


def _templates(package: Package, settings: ContractSignaturesSettings) -> Iterator[Problem]:
    for index, document in enumerate(package.documents):
        if document.template is None:
            continue  # the capabilities say why an uploaded file is refused
        read = read_template(document.template, settings)
        if isinstance(read, Unusable):
            yield Problem(f"/documents/{index}/template/id", "template_not_usable", read.why)


def _number(package: Package) -> Iterator[Problem]:
    signers = sum(person.signs for person in package.recipients)
    if signers > MAX_SIGNERS:
        detail = (
            f"Contract Signatures takes {MAX_SIGNERS} signers at most; this package has {signers}. Use two packages."
        )
        yield Problem("/recipients", "too_many_signers", detail)


def _option_keys(
    package: Package, settings: ContractSignaturesSettings, options: ContractSignaturesOptions
) -> Iterator[Problem]:
    if options.watchers and not settings.watchers:
        detail = "The account has no watchers: set its `watchers`, or leave them out."
        yield Problem("/provider/options/watchers", "watchers_not_configured", detail)
    for name in options.recipients:
        found = package.recipient(name)
        if found is None or not found.signs:
            detail = "The package has no such signer."
            yield Problem(f"/provider/options/recipients/{name}", "unknown_recipient", detail)


def _person(person: Recipient, pointer: str) -> Iterator[Problem]:
    if not person.email and _needs_email(person):
        detail = (
            "Contract Signatures needs an e-mail address here: only a signer by link without a code by mail has none."
        )
        yield Problem(f"{pointer}/email", "email_missing", detail)
    if person.authentication is Authentication.SMS_OTP and not person.phone:
        yield Problem(f"{pointer}/phone", "phone_missing", "A code by SMS needs a phone number.")
    if not person.signs and person.authentication is not Authentication.NONE:
        detail = "At Contract Signatures only a signer is authenticated."
        yield Problem(f"{pointer}/authentication", "authentication_of_non_signer", detail)


def _needs_email(person: Recipient) -> bool:
    """seeds/002, Signer Creation Object and Watcher Object."""
    by_mail = person.delivery is Delivery.EMAIL or person.authentication is Authentication.EMAIL_OTP
    return person.role is Role.CC or (person.signs and by_mail)
