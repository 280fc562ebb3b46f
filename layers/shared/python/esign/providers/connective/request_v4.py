"""A plan in the words of API v4 (contracts/connective.md §A6): plain functions to plain dictionaries.

Inferred, until a real account says otherwise: the member names of a group and of a legal notice; the phone number on
the person, where the e-mail address is, since a signing method's RequiredProperties name both; and the representation's
options, which are taken to have the shape of the document's.
"""

from __future__ import annotations

from esign.domain.content import PDF, XML
from esign.domain.package import Reminders
from esign.domain.recipient import Role
from esign.http.jsonstream import Base64File
from esign.providers.connective.api import Uploads
from esign.providers.connective.callback import notification_url
from esign.providers.connective.options import ConnectiveSettings
from esign.providers.connective.places import SigningField
from esign.providers.connective.plan import Plan, PlannedActor, PlannedDocument
from esign.providers.connective.request_v3 import Json, group_members, present

ACTOR_TYPES = {Role.SIGNER: "signer", Role.APPROVER: "approver", Role.CC: "receiver"}
_FORMATS = {"Pdf": "pdf", "PdfA1A": "pdfa1a", "PdfA2A": "pdfa2a"}


def create_package(plan: Plan, callback_url: str | None) -> Json:
    """A draft without documents and people: each is added by its own call, so that each can be checkpointed."""
    return present(
        Name=plan.name,
        Status="Draft",
        Initiator=plan.initiator,
        CallBackUrl=callback_url,
        NotificationCallBackUrl=notification_url(callback_url) if callback_url else None,
        ExpiryTimestamp=plan.expires_at.isoformat() if plan.expires_at else None,
        ExternalReference=plan.reference,
        DocumentGroupCode=plan.document_group_code,
        ThemeCode=plan.theme_code,
        F2fRedirectUrl=plan.f2f_redirect_url,
        IsUnsignedContentDownloadable=plan.download_unsigned_files,
        IsReassignEnabled=plan.reassign_enabled,
        ActionUrlExpirationPeriodInDays=plan.action_url_days,
        ProofCorrelationId=plan.correlation_id,
        AutomaticReminder=_reminders(plan.reminders),
    )


def _reminders(reminders: Reminders) -> Json | None:
    first, every = reminders.first_after_days, reminders.every_days
    if not (first or every):
        return None
    return present(
        IsSendAutomaticRemindersEnabled=True,
        DaysBeforeFirstReminder=first or every,
        IsRepeatRemindersEnabled=bool(every),
        RepeatReminders=every,
    )


def add_document(document: PlannedDocument, file: Base64File, representation: Base64File | None) -> Json:
    """Fields are not said here but with their signers."""
    pdf = document.content_type != XML
    options = present(
        TargetFormat=_FORMATS.get(document.target_type or "") if pdf else None,
        PdfErrorHandling=document.pdf_error_handling,
    )
    return present(
        Name=document.name,
        Language=document.language,
        ExternalReference=document.id,
        DocumentOptions=present(
            ContentType=document.content_type,
            Base64data=file,
            TargetType=PDF if pdf else XML,
            PdfOptions=options or None,
        ),
        RepresentationOptions={"ContentType": PDF, "Base64data": representation} if representation else None,
        ProofCorrelationId=document.correlation_id,
    )


def stakeholder(actor: PlannedActor, plan: Plan, uploads: Uploads, settings: ConnectiveSettings) -> Json:
    return _who(actor) | {"ExternalReference": actor.id, "Actors": [_actor(actor, plan, uploads, settings)]}


def _who(actor: PlannedActor) -> Json:
    if actor.group is None:
        return present(
            Type="person",
            FirstName=actor.first_name,
            LastName=actor.last_name,
            EmailAddress=actor.email,
            Language=actor.language,
            BirthDate=actor.birth_date.isoformat() if actor.birth_date else None,
            PhoneNumber=actor.phone if actor.signing_type == "SmsOtp" else None,
        )
    if not actor.group.members:
        return {"Type": "contactgroup", "ContactGroupCode": actor.group.name}
    return {"Type": "group", "GroupName": actor.group.name, "Members": group_members(actor.group)}


def _actor(actor: PlannedActor, plan: Plan, uploads: Uploads, settings: ConnectiveSettings) -> Json:
    told = present(Type=ACTOR_TYPES[actor.role], SuppressNotifications=not actor.notify)
    if actor.role is Role.CC:
        return told
    back = present(RedirectUrl=actor.redirect_url)
    if actor.redirect_url:
        back |= present(RedirectType=actor.signing.redirect_type)
    if actor.role is not Role.SIGNER:
        return told | back
    method = settings.signing_methods.get(actor.signing_type, actor.signing_type)
    notice = present(Code=actor.signing.legal_notice_code, Text=actor.signing.legal_notice_text) or None
    elements = [
        _element(field, uploads[document.id].id) | present(SigningMethods=[method], LegalNotice=notice)
        for document in plan.documents
        for field in document.fields
        if field.recipient == actor.id
    ]
    return told | back | {"Elements": elements}


def _element(field: SigningField, document: str) -> Json:
    kind = {"Type": "signingfield", "DocumentId": document, "ExternalReference": field.label}
    if field.marker:
        return kind | {"Marker": field.marker}
    if field.form_field:
        return kind | {"FieldId": field.form_field}
    return kind | {
        "Location": {"Page": field.page, "Left": round(field.left, 2), "Top": round(field.top, 2)},
        "Dimensions": {"Width": round(field.width, 2), "Height": round(field.height, 2)},
    }
