"""Builds the neutral envelope from our package: who does what, in which order, at which place.

Rules are not judged here (`rules.py`); nothing is left out that a rule would have to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from esign.domain.document import Document
from esign.domain.ids import DocumentId, RecipientId
from esign.domain.package import Package
from esign.domain.recipient import Anchor, FieldType, Recipient, Role, Zone
from esign.placement.measure import corners
from esign.placement.place import Placement, resolve
from esign.placement.placed import Placed
from esign.placement.target import Target
from esign.ports import DocumentSource
from esign.providers.gosign.envelope import (
    Action,
    Appearance,
    BlankField,
    ClassValue,
    Compass,
    Conf,
    Coordinates,
    CopyUser,
    DocumentClass,
    Envelope,
    Mail,
    MailRecipient,
    Part,
    Policy,
    Tag,
    Task,
    UserMessage,
)
from esign.providers.gosign.options import (
    ActionOption,
    ClassOption,
    DocumentOptions,
    GosignOptions,
    GraphometricOption,
    MailTo,
    RecipientOptions,
    SendMailOption,
)
from esign.providers.gosign.people import authorised_type, copy_user, new_users, own_options, reference_of, users_of
from esign.providers.gosign.settings import CertType, GosignSettings, Shared
from esign.providers.gosign.words import ActionType, CompassPosition, TaskKind

T = TypeVar("T")

WORKERS = frozenset({Role.SIGNER, Role.APPROVER, Role.VIEWER})
_OF_ROLE = {Role.SIGNER: ActionType.SIGN, Role.APPROVER: ActionType.APPROVE, Role.VIEWER: ActionType.VIEW}
_OF_FIELD = {FieldType.INITIALS: ActionType.INITIALS, FieldType.APPROVAL: ActionType.APPROVE}
_TEXTS = {
    "customSignatureText": "custom_signature_text",
    "customSignatureTextL1": "custom_signature_text_l1",
    "customSignatureTextL2": "custom_signature_text_l2",
}
_DIALS = {  # the others' numbers mean different places in REST v1 and SOAP: computed
    Zone.TOP_LEFT: CompassPosition.TOP_LEFT,
    Zone.TOP_CENTER: CompassPosition.TOP,
    Zone.TOP_RIGHT: CompassPosition.TOP_RIGHT,
    Zone.BOTTOM_RIGHT: CompassPosition.BOTTOM_RIGHT,
}
_ONLY_NOTED: Conf = {"visibilityStatus": "N"}  # §4.1: the PDF is not changed


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


def target(settings: GosignSettings) -> Target:
    """§3.5.1: coordinates from the lower left of the sheet, and texts that GoSign looks up itself."""

    def searches(anchor: Anchor, recipient: Recipient) -> str | None:
        text = anchor.text
        if anchor.width or anchor.height or "%4" in text:  # %4: an id that only GoSign knows
            return None
        if not settings.tag_separators:
            return text.replace("%3", recipient.email or "%3")
        enclosed = any(
            text.startswith(s) and text.endswith(s) and len(text) > 2 * len(s) for s in settings.tag_separators
        )
        return text if enclosed and "%" not in text else None

    return Target(
        needs_page=False,
        says_last_page=True,
        searches=searches,
        stands_alone=not settings.tag_separators,
        zones=frozenset(_DIALS),
        roles=WORKERS,
    )


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
    asked = tuple(
        _asked_action(package, wish, (index, n), level, settings, options) for n, wish in enumerate(own.actions)
    )
    placed = tuple(_placed_action(p, recipient, level, settings, options) for p in _mine(placement, recipient.id))
    return Task(
        order=recipient.signing_order,
        kind=TaskKind.WORK,
        actors=reference_of(recipient, options),
        how_many=own.how_many,
        actions=(*placed, *asked) or tuple(_noted(package, recipient, index)),
        conf=_task_conf(recipient, own, settings, options),
        cert_type=None if settings.oauth else own.cert_type or _cert_type(settings, options),
        signature_type=signature_type,
        recipient=recipient.id,
        index=index,
    )


def _mine(placement: Placement, recipient: RecipientId) -> list[Placed]:
    return [place for place in placement.places if place.recipient == recipient]


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


def _placed_action(
    place: Placed, recipient: Recipient, level: str, settings: GosignSettings, options: GosignOptions
) -> Action:
    kind = _OF_FIELD.get(place.type, _OF_ROLE[recipient.role])
    conf = _texts(kind, level, settings, options)
    if kind is ActionType.SIGN and first(options.signature_visible, settings.signature_visible) is False:
        conf["visibilityStatus"] = "H"
    return Action(place.document, kind, _appearance(place, settings), conf=conf, pointer=place.pointer)


def _appearance(place: Placed, settings: GosignSettings) -> Appearance:
    if place.form_field:
        return BlankField(place.form_field)
    if place.marker and (place.box is None or settings.anchors_as_tags):
        dx, dy = (place.anchor.dx, place.anchor.dy) if place.anchor else (0.0, 0.0)
        return Tag(place.marker, None, dx, dy)
    if place.zone and place.page_number:
        return Compass(place.page_number, _DIALS[place.zone])
    at = corners(place)
    return Coordinates(at.page, *(round(v, 2) for v in (at.llx, at.lly, at.urx, at.ury)))


def _noted(package: Package, recipient: Recipient, index: int) -> Iterator[Action]:
    """An approval or a look at every document, without a mark in the PDF."""
    if recipient.role is Role.SIGNER:
        return
    for document in package.documents:
        nowhere = Compass(1, CompassPosition.INVISIBLE)
        yield Action(document.id, _OF_ROLE[recipient.role], nowhere, conf=_ONLY_NOTED, pointer=f"/recipients/{index}")


def _asked_action(
    package: Package,
    wish: ActionOption,
    at: tuple[int, int],
    level: str,
    settings: GosignSettings,
    options: GosignOptions,
) -> Action:
    """`at`: the recipient's index and the number of their action."""
    index, number = at
    recipient = package.recipients[index]
    document = package.document(wish.document)
    conf = _texts(wish.type, level, settings, wish, options) | _graph(wish.graphometric)
    if wish.visibility:
        conf["visibilityStatus"] = wish.visibility
    return Action(
        document=document.id if document else DocumentId(wish.document),
        type=wish.type,
        appearance=_asked_place(wish),
        mandatory=wish.mandatory,
        conf=conf,
        pointer=f"/provider/options/recipients/{recipient.id}/actions/{number}",
    )


def _asked_place(wish: ActionOption) -> Appearance:
    if wish.compass:
        return Compass(wish.compass.page, wish.compass.position)
    if wish.tag:
        return Tag(wish.tag.start, wish.tag.end, wish.tag.x_offset, wish.tag.y_offset, wish.tag.corner)
    if wish.coordinates:
        c = wish.coordinates  # a print of the seed has them upside down (§4.3.2): the lower left corner comes first
        left, right = sorted((c.llx, c.urx))
        bottom, top = sorted((c.lly, c.ury))
        return Coordinates(c.page, left, bottom, right, top)
    return BlankField(wish.field or "")


def _texts(
    kind: ActionType, level: str | None, settings: GosignSettings, *asked: Shared | ActionOption
) -> dict[str, str | bool]:
    """§4.1, confString of an action: what is written into the mark. The account's lines only where GoSign heeds them."""
    conf: dict[str, str | bool] = {}
    for key, name in _TEXTS.items():
        own = next((value for one in asked if (value := getattr(one, name))), None)
        usual = getattr(settings, name) if key == "customSignatureText" or admits_lines(level, kind) else None
        if text := own or usual:
            conf[key] = str(text)
    if settings.action_in_tcf:
        conf["actionInTCF"] = "true"
    return conf


def _graph(graphometric: GraphometricOption | None) -> dict[str, str | bool]:
    if graphometric is None:
        return {}
    told = {
        "graphFieldName": graphometric.field_name,
        "graphFieldDesc": graphometric.field_description,
        "graphSignerRole": graphometric.signer_role,
        "graphSignerName": graphometric.signer_name,
    }
    return {key: value for key, value in told.items() if value}


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


def admits_lines(level: str | None, kind: ActionType) -> bool:
    """§4.1: which actions take customSignatureTextL1 and L2 at which trust level."""
    if level == "DIGITAL_P7M":
        return False
    if kind in {ActionType.APPROVE, ActionType.VIEW}:
        return True
    return kind is ActionType.SIGN and level != "DIGITAL_PDF"


def first(one: T | None, other: T | None) -> T | None:
    return other if one is None else one
