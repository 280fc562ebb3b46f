"""Builds the neutral envelope from our package: who does what, in which order, at which place.

Rules are not judged here (`rules.py`); nothing is left out that a rule would have to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from esign.domain.document import Document
from esign.domain.package import Package
from esign.domain.recipient import Recipient, Role
from esign.placement.place import Placement, resolve
from esign.ports import DocumentSource
from esign.providers.gosign.acts import WORKERS, actions_of, first, target
from esign.providers.gosign.envelope import (
    ClassValue,
    CopyUser,
    DocumentClass,
    Envelope,
    Mail,
    MailRecipient,
    Part,
    Policy,
    Task,
    UserMessage,
)
from esign.providers.gosign.options import (
    ClassOption,
    DocumentOptions,
    GosignOptions,
    MailTo,
    RecipientOptions,
    SendMailOption,
)
from esign.providers.gosign.people import authorised_type, copy_user, new_users, own_options, reference_of, users_of
from esign.providers.gosign.settings import CertType, GosignSettings
from esign.providers.gosign.words import TaskKind


def build_envelope(
    package: Package, placement: Placement, settings: GosignSettings, options: GosignOptions
) -> Envelope:
    people = [(index, r) for index, r in enumerate(package.recipients) if r.role in WORKERS]
    work = [_task(package, index, r, placement, settings, options) for index, r in people]
    mails = [_mail_task(options.send_mail, work)] if options.send_mail else []
    return Envelope(
        external_id=package.id,
        subject=package.name,
        message_subject=package.message.subject or package.name,
        message_text=package.message.text or package.description or package.name,
        documents=tuple(_part(d, document_options(d, options)) for d in package.documents),
        tasks=() if options.policy else (*work, *mails),
        new_users=new_users(package, settings, options),
        copies=tuple(_copies(package, settings, options)),
        policy=Policy(options.policy.code, options.policy.revision) if options.policy else None,
        document_class=_document_class(options.document_class),
        trust_level=None if settings.v5 else options.trust_level or settings.default_trust_level,
        use_type=options.use_type or settings.use_type or "PUBLIC",
        sys_generator=options.sys_generator or settings.sys_generator or "EXT",
        starred=bool(options.starred),
        loader=settings.loaded_by_ext_id,
        expires_at=package.expires_at,
        first_reminder=package.reminders.first_after_days or package.reminders.every_days,
        following_reminder=package.reminders.every_days,
        note=options.note,
        tag=options.tag,
        join_documents=tuple(_ids(package, options.join_documents)),
        user_messages=tuple(
            UserMessage(user, r.message) for _, r in people if r.message for user in users_of(r, options)
        ),
    )


def _document_class(told: ClassOption | None) -> DocumentClass | None:
    if told is None:
        return None
    values = (ClassValue(f.name, f.id, f.text_value, f.numeric_value, f.date_value) for f in told.fields)
    return DocumentClass(told.name, told.id, tuple(values))


def places_of(
    package: Package,
    documents: DocumentSource,
    settings: GosignSettings,
    options: GosignOptions,
    *,
    verify: bool,
) -> Placement:
    """Where everybody acts. A signer whose acts are said in `options.recipients.<id>.actions` has no default place."""

    def seated(recipient: Recipient) -> Recipient:
        told = recipient.signs and not recipient.fields and own_options(recipient, options).actions
        return replace(recipient, role=Role.CC) if told else recipient

    if options.policy:  # the policy's own template says where (§6.5)
        return Placement((), ())
    people = replace(package, recipients=tuple(map(seated, package.recipients)))
    return resolve(people, documents, target=target(settings), verify=verify)


def document_options(document: Document, options: GosignOptions) -> DocumentOptions:
    by_external = options.documents.get(document.external_id) if document.external_id else None
    return options.documents.get(document.id) or by_external or DocumentOptions()


def _task(
    package: Package,
    index: int,
    recipient: Recipient,
    placement: Placement,
    settings: GosignSettings,
    options: GosignOptions,
) -> Task:
    own = own_options(recipient, options)
    signature_type = authorised_type(recipient, own, options, settings) if settings.v5 else None
    level = signature_type or options.trust_level or settings.default_trust_level
    return Task(
        order=recipient.signing_order,
        kind=TaskKind.WORK,
        actors=reference_of(recipient, options),
        how_many=own.how_many,
        actions=actions_of(package, index, level, placement, settings, options),
        conf=_task_conf(recipient, own, settings, options),
        cert_type=None if settings.oauth else own.cert_type or _cert_type(settings, options),
        signature_type=signature_type,
        recipient=recipient.id,
        index=index,
    )


def _cert_type(settings: GosignSettings, options: GosignOptions) -> CertType:
    """§6.2: a digital signature needs more than the internal certificate; remote is what services can ask for."""
    digital = (options.trust_level or settings.default_trust_level).startswith("DIGITAL")
    return options.cert_type or settings.cert_type or ("R" if digital else "I")


def _task_conf(
    recipient: Recipient, own: RecipientOptions, settings: GosignSettings, options: GosignOptions
) -> dict[str, str | bool]:
    """§4.1: signAllVisible; §9.2: the two mails to strangers, at the OAuth2 doors only; §9.7.4."""
    conf: dict[str, str | bool] = {}
    sign_all = first(options.sign_all_visible, settings.sign_all_visible)
    if sign_all is not None:
        conf["signAllVisible"] = "V" if sign_all else "N"
    if settings.oauth:
        conf["receiveInvitationMailToSign"] = recipient.delivery.value == "EMAIL"
        completed = first(options.receive_completed_envelope_mail, settings.receive_completed_envelope_mail)
        if completed is not None:
            conf["receiveCompletedEnvelopeMail"] = completed
    identified = first(
        own.required_identification, first(options.required_identification, settings.required_identification)
    )
    if identified:
        conf["requiredIdentification"] = True
    return conf


def _mail_task(asked: SendMailOption, work: list[Task]) -> Task:
    """§6.3: the last step, without acts."""
    people = [*(_mailed("TO", one) for one in asked.to), *(_mailed("CC", one) for one in asked.cc)]
    last = max((task.order for task in work), default=0) + 1
    return Task(last, TaskKind.SEND_MAIL, "", mail=Mail(asked.subject, asked.body, tuple(people)))


def _mailed(kind: str, to: MailTo) -> MailRecipient:
    return MailRecipient(kind, to.user_external_id, to.email)


def _part(document: Document, own: DocumentOptions) -> Part:
    return Part(
        document.id,
        own.title or document.name,
        document.content_type,
        document.name,
        own.ooxml_sign_strategy,
        own.private,
        own.protocols,
    )


def _copies(package: Package, settings: GosignSettings, options: GosignOptions) -> Iterator[CopyUser]:
    for recipient in package.recipients:
        if recipient.role is Role.CC:
            own = own_options(recipient, options)
            rule = own.copy_rule or options.copy_rule or settings.copy_rule or "email-always"
            yield copy_user(recipient, own, rule)


def _ids(package: Package, named: tuple[str, ...]) -> Iterator[str]:
    for name in named:
        document = package.document(name)
        yield document.id if document else name
