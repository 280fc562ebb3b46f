"""addRecipients, from what Coupa sent to what the domain understands.

The checks here look at two members at once (a name in one of two forms, a phone where a code goes to it); all findings
are told together.
"""

from __future__ import annotations

from collections.abc import Iterator

from esign.coupa.models_recipients import (
    AuthenticationShape,
    FieldShape,
    GroupShape,
    MemberShape,
    Named,
    RecipientShape,
    RecipientsRequest,
)
from esign.coupa.problems import Path, pointer, read_request, refusal
from esign.domain.document import MAX_FIELDS
from esign.domain.drafts import NewField, NewRecipient
from esign.domain.errors import Problem
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
