"""What one door can be told and another cannot: a table of options by dialect, and the words that have no cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from esign.domain.errors import Problem
from esign.providers.gosign.envelope import Action, Compass, Envelope
from esign.providers.gosign.options import GosignOptions
from esign.providers.gosign.settings import GosignSettings
from esign.providers.gosign.words import ACTIONS, DIALECTS, USE_TYPES, USER_ROLES, Dialect

_REST, _SOAP, _OAUTH, _V5 = Dialect.REST, Dialect.SOAP, Dialect.OAUTH, Dialect.GOSIGN5

# Options that not every door knows (seeds/004 §4.1, §5.1, §9.2, §9.7); all others can be said everywhere.
OPTIONS: Mapping[str, frozenset[Dialect]] = {
    "trust_level": frozenset({_REST, _SOAP, _OAUTH}),
    "signature_type": frozenset({_V5}),
    "required_identification": frozenset({_V5}),
    "cert_type": frozenset({_REST, _SOAP}),
    "receive_completed_envelope_mail": frozenset({_OAUTH, _V5}),
    "note": frozenset({_REST, _SOAP}),
    "tag": frozenset({_REST}),
    "join_documents": frozenset({_SOAP}),
    "policy": frozenset({_REST, _SOAP}),
    "send_mail": frozenset({_REST, _SOAP}),
}
OF_RECIPIENTS: Mapping[str, frozenset[Dialect]] = {
    "signature_type": frozenset({_V5}),
    "required_identification": frozenset({_V5}),
    "cert_type": frozenset({_REST, _SOAP}),
    "fiscal_code": frozenset({_SOAP, _OAUTH, _V5}),
    "company": frozenset({_OAUTH, _V5}),
    "organization_unit": frozenset({_OAUTH, _V5}),
    "title": frozenset({_OAUTH, _V5}),
    "enabled": frozenset({_OAUTH, _V5}),
    "country_code": frozenset({_V5}),
    "serial_type": frozenset({_V5}),
    "ad_domain": frozenset({_V5}),
    "timezone": frozenset({_V5}),
}
OF_DOCUMENTS: Mapping[str, frozenset[Dialect]] = {
    "ooxml_sign_strategy": frozenset({_REST, _SOAP}),
    "private": frozenset({_REST, _SOAP}),
    "protocols": frozenset({_SOAP}),
}
_FIRST_AND_LAST = -3  # "first and last page": not listed for SOAP's compassPage (§5.1)


def door_problems(envelope: Envelope, settings: GosignSettings, options: GosignOptions) -> Iterator[Problem]:
    dialect, root = DIALECTS[settings.integration], "/provider/options"
    yield from _unsayable(options, OPTIONS, dialect, root)
    for name, own in options.recipients.items():
        yield from _unsayable(own, OF_RECIPIENTS, dialect, f"{root}/recipients/{name}")
    for name, document in options.documents.items():
        yield from _unsayable(document, OF_DOCUMENTS, dialect, f"{root}/documents/{name}")
    for action in (action for task in envelope.tasks for action in task.actions):
        yield from _action(action, dialect)
    if dialect not in USE_TYPES[envelope.use_type]:
        yield _not_here(f"{root}/useType", "use type", dialect)
    for role in sorted({user.role for user in envelope.new_users}):
        if dialect not in USER_ROLES[role]:
            yield _not_here(f"{root}/userRole", "user role", dialect)
    told = envelope.document_class
    if told and dialect in {_OAUTH, _V5} and (told.id or any(value.id is not None for value in told.values)):
        yield _not_here(f"{root}/documentClass/id", "document class id", dialect)


def _unsayable(
    given: object, table: Mapping[str, frozenset[Dialect]], dialect: Dialect, root: str
) -> Iterator[Problem]:
    for name, doors in table.items():
        value = getattr(given, name)
        if value not in (None, ()) and dialect not in doors:
            yield _not_here(f"{root}/{_camel(name)}", _camel(name), dialect)


def _action(action: Action, dialect: Dialect) -> Iterator[Problem]:
    if dialect not in ACTIONS[action.type]:
        yield _not_here(action.pointer, f"action {action.type.value}", dialect)
    place = action.appearance
    if isinstance(place, Compass) and place.page == _FIRST_AND_LAST and dialect is _SOAP:
        yield _not_here(action.pointer, "page -3 on a compass", dialect)


def _not_here(pointer: str, what: str, dialect: Dialect) -> Problem:
    return Problem(pointer, "unsupported_on_this_door", f"{dialect.value} cannot be told the {what}.")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
