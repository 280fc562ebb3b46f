"""Why Connective could not take a planned package: the rules that it would break silently or halfway through.

What Connective itself refuses clearly (sizes, counts, unknown themes) is left to it. Sources: contracts/connective.md
§A1 and §A2.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from esign.domain.content import PDF, XML
from esign.domain.errors import Problem
from esign.domain.ids import DocumentId
from esign.domain.package import Package
from esign.domain.recipient import Authentication, ProviderAuthentication, Role
from esign.placement.place import Placement
from esign.providers.connective.capabilities import NAME
from esign.providers.connective.names import connective_language
from esign.providers.connective.options import SIGNING_TYPES, ConnectiveOptions, ConnectiveSettings
from esign.providers.connective.plan import Plan, PlannedActor

_PDF_A = {"PdfA1A", "PdfA2A"}
_SIGNING_ID = "MatchId"


def plan_problems(
    package: Package, plan: Plan, placement: Placement, settings: ConnectiveSettings, options: ConnectiveOptions
) -> tuple[Problem, ...]:
    """All of them, the placement's included."""
    return tuple(
        chain(
            placement.problems,
            _option_keys(package, options),
            _xml(package, plan),
            _unheard(package, plan),
            _languages(package, settings),
            _approvers_first(plan),
            *(_person(actor) for actor in plan.actors),
            *(_signing(actor, plan) for actor in plan.actors if actor.role is Role.SIGNER),
            *(_placed(actor, plan, placement) for actor in plan.actors if actor.role is Role.SIGNER),
            *(_version(actor, settings) for actor in plan.actors),
            _proofs(plan, settings),
        )
    )


def _option_keys(package: Package, options: ConnectiveOptions) -> Iterator[Problem]:
    for name in options.recipients:
        if package.recipient(name) is None:
            detail = "The package has no such recipient."
            yield Problem(f"/provider/options/recipients/{name}", "unknown_recipient", detail)
    for name, own in options.documents.items():
        pointer = f"/provider/options/documents/{name}"
        document = package.document(name)
        if document is None:
            yield Problem(pointer, "unknown_document", "The package has no such document.")
        elif own.representation is not None:
            yield from _representation(package, document.id, own.representation, pointer)


def _representation(package: Package, document: DocumentId, named: str, pointer: str) -> Iterator[Problem]:
    signed, shown = package.document(document), package.document(named)
    if signed and signed.content_type != XML:
        yield Problem(pointer, "representation_not_allowed", "Only an XML document is shown by another.")
    elif shown is None or shown.content_type != PDF or shown.id == document:
        yield Problem(f"{pointer}/representation", "representation_not_pdf", "It must name a PDF of the package.")


def _xml(package: Package, plan: Plan) -> Iterator[Problem]:
    for index, document in enumerate(package.documents):
        planned = next((d for d in plan.documents if d.id == document.id), None)
        if document.content_type == XML and planned and planned.fields and planned.representation is None:
            detail = "A signature needs a page: name the PDF that shows this document in documents.<id>.representation."
            yield Problem(f"/documents/{index}", "representation_missing", detail)


def _unheard(package: Package, plan: Plan) -> Iterator[Problem]:
    """What Connective has no place for and would drop without a word."""
    stand_ins = {document.representation for document in plan.documents}
    for index, recipient in enumerate(package.recipients):
        pointer, how = f"/recipients/{index}", recipient.authentication
        if isinstance(how, ProviderAuthentication) and how.provider != NAME:
            yield Problem(
                f"{pointer}/authentication/provider", "other_provider", "This account's provider is connective."
            )
        if not recipient.signs and how is not Authentication.NONE:
            detail = "At Connective only a signer is authenticated."
            yield Problem(f"{pointer}/authentication", "authentication_of_non_signer", detail)
        for number, field in enumerate(recipient.fields):
            if not recipient.signs:
                detail = "At Connective only a signer has fields."
                yield Problem(f"{pointer}/fields/{number}", "field_of_non_signer", detail)
            elif field.document in stand_ins:
                detail = "This document only shows another; put the field on that one."
                yield Problem(f"{pointer}/fields/{number}", "field_on_representation", detail)


def _languages(package: Package, settings: ConnectiveSettings) -> Iterator[Problem]:
    if settings.unsupported_language == "default":
        return
    asked: dict[str, str | None] = {"/language": package.language}
    for i, recipient in enumerate(package.recipients):
        asked[f"/recipients/{i}/language"] = recipient.language
        for j, member in enumerate(recipient.group.members if recipient.group else ()):
            asked[f"/recipients/{i}/group/members/{j}/language"] = member.language
    for pointer, language in asked.items():
        if language and connective_language(language, settings) is None:
            yield Problem(pointer, "unsupported_language", "Connective speaks en, nl, de, fr and es.")


def _approvers_first(plan: Plan) -> Iterator[Problem]:
    first_signer = min((a.order for a in plan.actors if a.role is Role.SIGNER), default=None)
    for actor in plan.actors:
        if actor.role is Role.APPROVER and first_signer is not None and actor.order >= first_signer:
            detail = "At Connective approvers come before all signers: give a lower signing order."
            yield Problem(f"/recipients/{actor.index}/signingOrder", "approver_after_signer", detail)


def _person(actor: PlannedActor) -> Iterator[Problem]:
    if actor.group is None and not actor.email:
        detail = "Connective needs an e-mail address for every person."
        yield Problem(f"/recipients/{actor.index}/email", "email_missing", detail)


def _signing(actor: PlannedActor, plan: Plan) -> Iterator[Problem]:
    pointer, how = f"/recipients/{actor.index}", actor.signing
    if actor.signing_type not in SIGNING_TYPES and ":" not in actor.signing_type:
        yield Problem(f"{pointer}/authentication", "unknown_signing_type", "Connective has no such signing type.")
    if actor.signing_type == "SmsOtp" and not actor.phone:
        yield Problem(f"{pointer}/phone", "phone_missing", "A code by SMS needs a phone number.")
    if actor.signing_type == "Itsme":
        yield from _itsme(actor, plan)
    if how.commitment_types and not how.signature_policy_id:
        detail = "Commitment types can only be given with a signature policy."
        yield Problem(f"{pointer}/authentication", "signature_policy_missing", detail)
    yield from _mandated(actor)
    if how.legal_notice_code and how.legal_notice_text:
        yield Problem(pointer, "two_legal_notices", "Give a legal notice's code or its text, not both.")


def _placed(actor: PlannedActor, plan: Plan, placement: Placement) -> Iterator[Problem]:
    """A place that was refused is told once, by its own problem."""
    pointer = f"/recipients/{actor.index}"
    causes = ("/documents/", f"{pointer}/fields")
    refused = any(p.pointer == pointer or p.pointer.startswith(causes) for p in placement.problems)
    if not plan.labels(actor.id) and not refused:
        yield Problem(f"{pointer}/fields", "signer_without_field", "The signer has no place to sign.")


def _itsme(actor: PlannedActor, plan: Plan) -> Iterator[Problem]:
    pointer = f"/recipients/{actor.index}/authentication"
    if not actor.signing.signature_policy_id:
        yield Problem(pointer, "signature_policy_missing", "itsme needs a signature policy (signaturePolicyId).")
    mine = {document for document, _ in plan.labels(actor.id)}
    if any(d.id in mine and d.target_type not in _PDF_A for d in plan.documents):
        yield Problem(pointer, "target_type_not_pdf_a", "itsme needs the targetType PdfA1A or PdfA2A.")


def _mandated(actor: PlannedActor) -> Iterator[Problem]:
    pointer, how = f"/recipients/{actor.index}/authentication", actor.signing
    wanted = how.mandated_signer_validation
    if wanted == _SIGNING_ID and not how.mandated_signer_ids:
        yield Problem(pointer, "mandated_signer_missing", "MatchId needs mandatedSignerIds.")
    if how.mandated_signer_ids and wanted != _SIGNING_ID:
        yield Problem(pointer, "mandated_signer_unchecked", "mandatedSignerIds count only with MatchId.")
    if wanted == "NameAndBirthDate" and not (how.match_level and actor.birth_date):
        yield Problem(pointer, "birth_date_missing", "NameAndBirthDate needs matchLevel and the recipient's birthDate.")


def _version(actor: PlannedActor, settings: ConnectiveSettings) -> Iterator[Problem]:
    if settings.api_version != "v4" or actor.role is not Role.SIGNER:
        return
    pointer, how = f"/recipients/{actor.index}/authentication", actor.signing
    if ":" not in actor.signing_type and actor.signing_type not in settings.signing_methods:
        detail = "API v4 takes the environment's own method names: map this one in the account's signingMethods."
        yield Problem(pointer, "signing_method_unmapped", detail)
    if how.commitment_types or how.signature_policy_id or how.mandated_signer_validation or how.user_roles:
        detail = "The sources of API v4 name no signature policy, mandated signer or user role."
        yield Problem(pointer, "unsupported_on_v4", detail)


def _proofs(plan: Plan, settings: ConnectiveSettings) -> Iterator[Problem]:
    if settings.audit_proofs:
        return
    correlated = plan.correlation_id or any(d.correlation_id for d in plan.documents)
    if correlated:
        detail = "Connective refuses a correlation id where audit proofs are switched off."
        yield Problem("/provider/options/correlationId", "audit_proofs_off", detail)
