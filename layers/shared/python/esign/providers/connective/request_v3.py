"""A plan in the words of API v3: plain functions to plain dictionaries, absent values left out.

Spellings are those of the vendor's page and examples; where its Swagger disagrees with itself (RedirectURL, OrderIndex as
text), contracts/connective.md "Known defects" decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esign.domain.content import XML
from esign.domain.ids import DocumentId
from esign.domain.recipient import Group, Role
from esign.providers.connective.callback import notification_url
from esign.providers.connective.places import SigningField
from esign.providers.connective.plan import Plan, PlannedActor, PlannedDocument

Json = dict[str, Any]
LocationIds = Mapping[tuple[DocumentId, str], str]  # (our document, label) -> Connective's location id

ACTOR_TYPES = {Role.SIGNER: "Signer", Role.APPROVER: "Approver", Role.CC: "Receiver"}


def present(**fields: Any) -> Json:  # noqa: ANN401 - JSON values
    """Without what nobody said: Connective's own defaults then hold. False and 0 are said."""
    return {name: value for name, value in fields.items() if value is not None and value != () and value != []}


def create_package(plan: Plan, callback_url: str | None) -> Json:
    return present(PackageName=plan.name) | _envelope(plan, callback_url)


def _envelope(plan: Plan, callback_url: str | None) -> Json:
    """What Create Package and Create Instant Package share."""
    return present(
        Initiator=plan.initiator,
        CallBackUrl=callback_url,
        NotificationCallBackUrl=notification_url(callback_url) if callback_url else None,
        CorrelationId=plan.correlation_id,
        DocumentGroupCode=plan.document_group_code,
        ThemeCode=plan.theme_code,
        DownloadUnsignedFiles=plan.download_unsigned_files,
        ReassignEnabled=plan.reassign_enabled,
        ActionUrlExpirationPeriodInDays=plan.action_url_days,
        ExpiryTimestamp=plan.expires_at.isoformat() if plan.expires_at else None,
        ExternalPackageReference=plan.reference,
        ExternalPackageData=plan.external_package_data,
        F2FRedirectUrl=plan.f2f_redirect_url,
    )


def add_document(document: PlannedDocument) -> Json:
    """Without the bytes: the client puts `Document` and `Representation` in, streamed."""
    return _document(document) | present(
        SigningFields=[signing_field(field) for field in document.fields],
        CorrelationId=document.correlation_id,
    )


def _document(document: PlannedDocument) -> Json:
    """Word and text become PDF at Connective, so application/xml is the only other type there is."""
    return present(
        DocumentName=document.name,
        DocumentLanguage=document.language,
        DocumentType=XML if document.content_type == XML else "application/pdf",
        ExternalDocumentReference=document.id,
        PdfErrorHandling=document.pdf_error_handling,
        TargetType=document.target_type,
        RepresentationType="application/pdf" if document.representation else None,
    )


def signing_field(field: SigningField) -> Json:
    """Coordinates are strings, in points from the top left (contracts/connective.md §A2)."""
    if field.marker or field.form_field:
        return {"MarkerOrFieldId": field.marker or field.form_field, "Label": field.label}
    return {
        "PageNumber": field.page,
        "Width": points(field.width),
        "Height": points(field.height),
        "Left": points(field.left),
        "Top": points(field.top),
        "Label": field.label,
    }


def points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def set_process(plan: Plan, locations: LocationIds, *, version: str) -> Json:
    """All stakeholders every time: the call deletes those who are not named (contracts/connective.md §A2)."""

    def step(actor: PlannedActor) -> Json:
        mine = [locations[place] for place in plan.labels(actor.id)] if actor.role is Role.SIGNER else []
        return _actor(actor) | (_places_v31(actor, mine) if version == "v3.1" else _places_v3(actor, mine))

    return {"Stakeholders": [_stakeholder(actor) | {"Actors": [step(actor)]} for actor in plan.actors]}


def instant_package(plan: Plan, callback_url: str | None, signing_template: str | None) -> Json:
    """One document, and the people with their fields in the same call (seeds/001, Create Instant Package)."""
    document = plan.documents[0]

    def step(actor: PlannedActor) -> Json:
        mine = [signing_field(field) for field in document.fields if field.recipient == actor.id]
        return _actor(actor) | present(SigningFields=mine) | _legal_notice(actor)

    people = [_stakeholder(actor) | {"Actors": [step(actor)]} for actor in plan.actors]
    template = present(SigningTemplateCode=signing_template)
    return _envelope(plan, callback_url) | _document(document) | template | {"Stakeholders": people}


def _stakeholder(actor: PlannedActor) -> Json:
    if actor.group is None:
        return {"Type": "Person", **_person(actor)}
    reference = {"ExternalStakeholderReference": actor.id}
    if not actor.group.members:
        return {"Type": "ContactGroup", "ContactGroupCode": actor.group.name, **reference}
    members = group_members(actor.group)
    return {"Type": "PersonGroup", "PersonGroupName": actor.group.name, "Persons": members, **reference}


def _person(actor: PlannedActor) -> Json:
    return present(
        FirstName=actor.first_name,
        LastName=actor.last_name,
        EmailAddress=actor.email,
        Language=actor.language,
        BirthDate=actor.birth_date.isoformat() if actor.birth_date else None,
        ExternalStakeholderReference=actor.id,
    )


def group_members(group: Group) -> list[Json]:
    """Any one of them acts; v4 says them alike."""
    return [
        {"FirstName": m.first_name, "LastName": m.last_name, "EmailAddress": m.email, "Language": m.language}
        for m in group.members
    ]


def _actor(actor: PlannedActor) -> Json:
    """SendNotifications is always said: v3's default is to send nothing (contracts/connective.md §A6)."""
    told = present(
        Type=ACTOR_TYPES[actor.role],
        OrderIndex=actor.order if actor.role is not Role.CC else None,
        SendNotifications=actor.notify,
    )
    if actor.role is Role.CC:
        return told
    back = present(RedirectUrl=actor.redirect_url)
    if actor.redirect_url:
        back |= present(RedirectType=actor.signing.redirect_type)
    if actor.role is Role.APPROVER:
        return told | back
    return told | back | _signing(actor)


def _signing(actor: PlannedActor) -> Json:
    how = actor.signing
    method = present(
        SigningType=actor.signing_type,
        CommitmentTypes=list(how.commitment_types),
        MandatedSignerValidation=how.mandated_signer_validation,
        MandatedSignerIds=list(how.mandated_signer_ids),
        MatchLevel=how.match_level,
        SignaturePolicyId=how.signature_policy_id,
    )
    phone = actor.phone if actor.signing_type == "SmsOtp" else None
    return present(SigningTypes=[method], Phonenumber=phone, UserRoles=list(how.user_roles))


def _places_v3(actor: PlannedActor, locations: list[str]) -> Json:
    return present(LocationIds=locations) | _legal_notice(actor)


def _places_v31(actor: PlannedActor, locations: list[str]) -> Json:
    """v3.1 says the legal notice at each location (contracts/connective.md §A2)."""
    return present(Locations=[{"Id": location, **_legal_notice(actor)} for location in locations])


def _legal_notice(actor: PlannedActor) -> Json:
    if actor.role is not Role.SIGNER:
        return {}
    return present(LegalNoticeCode=actor.signing.legal_notice_code, LegalNoticeText=actor.signing.legal_notice_text)


def external_proof(
    *, content: str, location: str, name: str, kind: str, description: str | None = None, ip_address: str | None = None
) -> Json:
    """seeds/001, Add Proof from External Source."""
    return present(
        Content=content, LocationId=location, Name=name, Type=kind, Description=description, IpAddress=ip_address
    )
