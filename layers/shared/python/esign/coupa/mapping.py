"""From what Coupa sent to what the domain understands.

The checks here are those that look at two members at once, or at bytes; all findings are told together.
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Iterator

from esign.coupa.hashing import canonical_hash
from esign.coupa.models import (
    AuthenticationShape,
    DocumentShape,
    DocumentsRequest,
    FieldShape,
    GroupShape,
    MemberShape,
    Named,
    PackageRequest,
    RecipientShape,
    RecipientsRequest,
)
from esign.coupa.shapes import Path, pointer, read_request, refusal
from esign.domain.document import MAX_FIELDS, MAX_INLINE
from esign.domain.drafts import (
    InlineContent,
    NewDocument,
    NewField,
    NewPackage,
    NewRecipient,
    Source,
    SourceUrl,
    Template,
    UploadRequest,
)
from esign.domain.errors import Problem, TooLarge
from esign.domain.package import Message, Reminders
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    FieldType,
    FormField,
    Group,
    Member,
    Place,
    ProviderAuthentication,
    Rectangle,
    Role,
    ZonePosition,
    split_name,
)


def new_package(body: object) -> NewPackage:
    """The package to create; `body` is the request's JSON. Raises MalformedRequest, Unprocessable."""
    request = read_request(PackageRequest, body)
    message, reminders = request.message, request.reminders
    return NewPackage(
        name=request.name,
        body_hash=canonical_hash(body),
        external_id=request.external_id,
        description=request.description,
        message=Message(message.subject, message.text) if message else Message(),
        language=request.language,
        sequential_signing=bool(request.sequential_signing),
        expires_at=request.expires_at,
        reminders=Reminders(reminders.first_after_days, reminders.every_days) if reminders else Reminders(),
        options=(request.provider and request.provider.options) or {},
        metadata=request.metadata or {},
    )


# -------------------------------------------------------------------------------------------------------- documents


def new_documents(body: object) -> tuple[NewDocument, ...]:
    """The documents to add, base64 decoded. Raises TooLarge, MalformedRequest (not base64), Unprocessable (0 bytes)."""
    request = read_request(DocumentsRequest, body)
    _check_inline_size(request)
    problems: list[Problem] = []
    documents = tuple(_document(shape, index, problems) for index, shape in enumerate(request.documents))
    if problems:
        raise refusal(problems)
    return documents


def _check_inline_size(request: DocumentsRequest) -> None:
    """Before anything is decoded: base64 writes 3 bytes as 4 characters, and pads."""
    total = 0
    for index, shape in enumerate(request.documents):
        text = shape.content or ""
        total += len(text) // 4 * 3 - text[-2:].count("=")
        if total > MAX_INLINE:
            detail = f"Contents may have {MAX_INLINE} bytes in all per request; use `upload` or `sourceUrl` for more."
            raise TooLarge(detail, problems=(Problem(pointer("documents", index, "content"), "too_large", detail),))


def _document(shape: DocumentShape, index: int, problems: list[Problem]) -> NewDocument:
    return NewDocument(
        name=shape.name,
        source=_source(shape, index, problems),
        content_type=shape.content_type,
        external_id=shape.external_id,
        order=shape.order,
    )


def _source(shape: DocumentShape, index: int, problems: list[Problem]) -> Source:
    if shape.content is not None:
        return _inline(shape.content, pointer("documents", index, "content"), problems)
    if shape.source_url is not None:
        return SourceUrl(shape.source_url)
    if shape.upload is not None:
        return UploadRequest(shape.upload.size, shape.upload.sha256)
    assert shape.template is not None, "the model has checked that one of the four is there"  # noqa: S101
    return Template(shape.template.id)


def _inline(text: str, where: str, problems: list[Problem]) -> InlineContent:
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error is one; a text that is not ASCII another
        problems.append(Problem(where, "bad_base64", "This is not base64 (RFC 4648 §4, padded, without line breaks)."))
        return InlineContent(io.BytesIO(), 0)
    if not decoded:
        problems.append(Problem(where, "empty_document", "The document has 0 bytes."))
    return InlineContent(io.BytesIO(decoded), len(decoded))


# ------------------------------------------------------------------------------------------------------- recipients


def new_recipients(body: object) -> tuple[NewRecipient, ...]:
    """The recipients to add, names split and phones in E.164. Raises Unprocessable with every problem."""
    request = read_request(RecipientsRequest, body)
    problems = list(_recipient_problems(request))
    if problems:
        raise refusal(problems)
    return tuple(_recipient(shape) for shape in request.recipients)


def _recipient_problems(request: RecipientsRequest) -> Iterator[Problem]:
    if sum(len(shape.fields or ()) for shape in request.recipients) > MAX_FIELDS:
        yield Problem("/recipients", "too_many_fields", f"A package may have {MAX_FIELDS} fields at most.")
    for index, shape in enumerate(request.recipients):
        yield from _one_recipient_problems(shape, ("recipients", index))


def _one_recipient_problems(shape: RecipientShape, path: Path) -> Iterator[Problem]:
    yield from _name_problems(shape, path, needed=shape.group is None)
    if shape.email is None and shape.group is None and shape.delivery is not Delivery.LINK:
        yield Problem(pointer(*path, "email"), "email_required", "Without delivery LINK, an e-mail address is needed.")
    if shape.phone is None and shape.authentication is Authentication.SMS_OTP:
        yield Problem(pointer(*path, "phone"), "phone_required", "SMS_OTP needs a phone.")
    for index, member in enumerate((shape.group and shape.group.members) or ()):
        yield from _name_problems(member, (*path, "group", "members", index), needed=True)


def _name_problems(person: Named, path: Path, *, needed: bool) -> Iterator[Problem]:
    parts = (person.first_name is not None) + (person.last_name is not None)
    if person.full_name is None and parts == 0 and needed:
        yield Problem(pointer(*path), "name_required", "Give fullName, or firstName and lastName.")
    elif person.full_name is not None and parts:
        yield Problem(pointer(*path, "fullName"), "exactly_one", "Give either fullName, or firstName and lastName.")
    elif parts == 1:
        missing = "lastName" if person.last_name is None else "firstName"
        yield Problem(pointer(*path, missing), "name_required", "firstName and lastName go together.")


def _recipient(shape: RecipientShape) -> NewRecipient:
    first, last = _name(shape, shape.group.name if shape.group else "")
    return NewRecipient(
        first_name=first,
        last_name=last,
        email=shape.email,
        external_id=shape.external_id,
        role=shape.role or Role.SIGNER,
        signing_order=shape.signing_order,
        phone=shape.phone,
        language=shape.language,
        message=shape.message,
        redirect_url=shape.redirect_url,
        group=_group(shape.group) if shape.group else None,
        authentication=_authentication(shape.authentication),
        delivery=shape.delivery or Delivery.EMAIL,
        fields=tuple(_field(item) for item in shape.fields or ()),
    )


def _name(person: Named, otherwise: str) -> tuple[str, str]:
    if person.first_name is not None and person.last_name is not None:
        return person.first_name, person.last_name
    return split_name(person.full_name or otherwise)


def _group(shape: GroupShape) -> Group:
    return Group(shape.name, tuple(_member(item) for item in shape.members or ()))


def _member(shape: MemberShape) -> Member:
    first, last = _name(shape, "")
    return Member(first, last, shape.email, shape.language)


def _authentication(given: Authentication | AuthenticationShape | None) -> Authentication | ProviderAuthentication:
    if isinstance(given, AuthenticationShape):
        return ProviderAuthentication(given.provider, given.method)
    return given or Authentication.NONE


def _field(shape: FieldShape) -> NewField:
    return NewField(shape.document_id, _place(shape), shape.type or FieldType.SIGNATURE)


def _place(shape: FieldShape) -> Place:
    if (at := shape.rectangle) is not None:
        return Rectangle(at.page, at.x, at.y, at.width, at.height)
    if (by := shape.anchor) is not None:
        return Anchor(by.text, by.dx or 0.0, by.dy or 0.0, by.width, by.height)
    if shape.form_field is not None:
        return FormField(shape.form_field.name)
    assert shape.zone is not None, "the model has checked that one of the four is there"  # noqa: S101
    return ZonePosition(shape.zone.page, shape.zone.position)
