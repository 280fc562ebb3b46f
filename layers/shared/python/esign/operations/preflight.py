"""What a provider could not be told accurately, found before anything is sent: every problem at once.

The neutral part reads the declared capabilities; what only the vendor's folder knows comes from its own `preflight`.
"""

from __future__ import annotations

from collections.abc import Iterator

from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import Document
from esign.domain.errors import Problem
from esign.domain.package import Package
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    FieldType,
    FormField,
    ProviderAuthentication,
    Recipient,
    Rectangle,
    Role,
    ZonePosition,
)
from esign.domain.status import DocumentStatus
from esign.ports import BringsPeople, DocumentSource, SignatureProvider

Use = tuple[Feature, str]  # a feature that the package asks for, and the pointer of the asking

ROLE_FEATURES = {Role.APPROVER: Feature.APPROVER, Role.VIEWER: Feature.VIEWER, Role.CC: Feature.CC}
AUTHENTICATION_FEATURES = {
    Authentication.EMAIL_OTP: Feature.EMAIL_OTP,
    Authentication.SMS_OTP: Feature.SMS_OTP,
}
PLACE_FEATURES = {
    Rectangle: Feature.RECTANGLE,
    Anchor: Feature.ANCHOR,
    FormField: Feature.FORM_FIELD,
    ZonePosition: Feature.ZONE,
}
FIELD_FEATURES = {FieldType.INITIALS: Feature.INITIALS, FieldType.APPROVAL: Feature.APPROVAL_FIELD}

# What somebody can do whose package asks for a missing feature; for all others: leave it out.
REMEDIES = {
    Feature.UPLOADED_DOCUMENT: "Name a template of the provider's instead of a file.",
    Feature.TEMPLATE_DOCUMENT: "Add the file itself.",
    Feature.SEVERAL_DOCUMENTS: "Make a package of each document.",
    Feature.SEQUENTIAL_ORDER: "Give everybody the same signing order.",
    Feature.PARALLEL_ORDER: "Give everybody a signing order of their own.",
    Feature.MIXED_ORDER: "Let all act one after another, or all at once.",
    Feature.APPROVER: "Leave the approver out, or make them a signer.",
    Feature.VIEWER: "Leave the viewer out, or make them a receiver of a copy.",
    Feature.CC: "Leave the receiver out; Coupa can send them the signed document.",
    Feature.RECIPIENTS_BY_PROVIDER: "Name the recipients.",
    Feature.GROUP: "Name one person.",
    Feature.DELIVERY_BY_LINK: "Use delivery EMAIL.",
    Feature.RECTANGLE: "Give another kind of place, or none.",
    Feature.ANCHOR: "Give another kind of place, or none.",
    Feature.FORM_FIELD: "Give another kind of place, or none.",
    Feature.ZONE: "Give another kind of place, or none.",
    Feature.DEFAULT_PLACE: "Say where this person signs.",
    Feature.INITIALS: "Make it a signature, or leave the field out.",
    Feature.APPROVAL_FIELD: "Leave the field out.",
}


def every_problem(package: Package, provider: SignatureProvider, documents: DocumentSource) -> tuple[Problem, ...]:
    """What the provider declares that it cannot do, and what breaks its own rules: each once, in that order."""
    brought = package.unnamed and isinstance(provider, BringsPeople) and provider.brings_people(package)
    found = neutral_problems(package, provider.capabilities, brought=brought)
    if package.documents and (package.recipients or brought):
        found += provider.preflight(package, documents)
    return tuple({(problem.pointer, problem.code): problem for problem in found}.values())


def neutral_problems(package: Package, capabilities: Capabilities, *, brought: bool = False) -> tuple[Problem, ...]:
    """What is missing in the package itself, and what its provider declares that it cannot do. `brought`: nobody is named
    who acts, since a process of the provider's own does that."""
    problems = [*_incomplete(package, brought=brought)]
    uses = [*_uses(package), *([(Feature.RECIPIENTS_BY_PROVIDER, "/recipients")] if brought else [])]
    problems += [problem for use in uses if (problem := _unsupported(capabilities, use)) is not None]
    problems += [p for n, d in enumerate(package.documents) if (p := _untakable(d, n, capabilities)) is not None]
    return tuple(problems)


def _incomplete(package: Package, *, brought: bool) -> Iterator[Problem]:
    if not package.documents:
        yield Problem("/documents", "no_documents", "Add at least one document before sending.")
    if not brought and not any(r.acts for r in package.recipients):
        yield Problem("/recipients", "no_signers", "Add at least one signer before sending.")
    for index, document in enumerate(package.documents):
        if document.status is DocumentStatus.AWAITING_UPLOAD:
            detail = "The document has not been uploaded. PUT it to its upload link, or add it again for a fresh link."
            yield Problem(f"/documents/{index}", "upload_missing", detail)


def _unsupported(capabilities: Capabilities, use: Use) -> Problem | None:
    feature, pointer = use
    reason = capabilities.why_not(feature)
    if reason is None:
        return None
    remedy = REMEDIES.get(feature, "Leave it out.")
    detail = f"{capabilities.provider} cannot do this ({feature.value}): {reason}. {remedy}"
    return Problem(pointer, "unsupported_feature", detail)


def _untakable(document: Document, index: int, capabilities: Capabilities) -> Problem | None:
    if document.template or not capabilities.content_types:  # who takes no files at all has said so already
        return None
    if document.content_type in capabilities.content_types:
        return None
    taken = ", ".join(sorted(capabilities.content_types))
    detail = f"{capabilities.provider} takes {taken}. Convert the document first."
    return Problem(f"/documents/{index}/contentType", "unsupported_content_type", detail)


def _uses(package: Package) -> Iterator[Use]:
    if len(package.documents) > 1:
        yield Feature.SEVERAL_DOCUMENTS, "/documents"
    for index, document in enumerate(package.documents):
        yield Feature.TEMPLATE_DOCUMENT if document.template else Feature.UPLOADED_DOCUMENT, f"/documents/{index}"
    for asked, feature, pointer in (
        (package.message.subject or package.message.text, Feature.MESSAGE, "/message"),
        (package.language, Feature.LANGUAGE, "/language"),
        (package.expires_at, Feature.EXPIRY, "/expiresAt"),
        (package.reminders.first_after_days or package.reminders.every_days, Feature.AUTOMATIC_REMINDERS, "/reminders"),
    ):
        if asked:
            yield feature, pointer
    yield from _order_use(package)
    for index, recipient in enumerate(package.recipients):
        yield from _recipient_uses(recipient, f"/recipients/{index}")


def _order_use(package: Package) -> Iterator[Use]:
    orders = [r.signing_order for r in package.recipients if r.acts]
    if len(orders) < 2:
        return
    distinct = len(set(orders))
    if distinct == 1:
        yield Feature.PARALLEL_ORDER, "/recipients"
    elif distinct == len(orders):
        yield Feature.SEQUENTIAL_ORDER, "/recipients"
    else:
        yield Feature.MIXED_ORDER, "/recipients"


def _recipient_uses(recipient: Recipient, pointer: str) -> Iterator[Use]:
    if recipient.role in ROLE_FEATURES:
        yield ROLE_FEATURES[recipient.role], f"{pointer}/role"
    if isinstance(recipient.authentication, ProviderAuthentication):
        yield Feature.PROVIDER_AUTHENTICATION, f"{pointer}/authentication"
    elif recipient.authentication in AUTHENTICATION_FEATURES:
        yield AUTHENTICATION_FEATURES[recipient.authentication], f"{pointer}/authentication"
    for asked, feature, name in (
        (recipient.group, Feature.GROUP, "group"),
        (recipient.delivery is Delivery.LINK, Feature.DELIVERY_BY_LINK, "delivery"),
        (recipient.message, Feature.RECIPIENT_MESSAGE, "message"),
        (recipient.language, Feature.LANGUAGE, "language"),
        (recipient.redirect_url, Feature.REDIRECT_URL, "redirectUrl"),
        (recipient.signs and not recipient.fields, Feature.DEFAULT_PLACE, "fields"),
    ):
        if asked:
            yield feature, f"{pointer}/{name}"
    for index, field in enumerate(recipient.fields):
        yield PLACE_FEATURES[type(field.place)], f"{pointer}/fields/{index}"
        if field.type in FIELD_FEATURES:
            yield FIELD_FEATURES[field.type], f"{pointer}/fields/{index}/type"
