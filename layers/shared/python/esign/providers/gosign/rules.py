"""Why GoSign could not take a planned envelope: what it would drop, misread or refuse for all of its documents at once.

Every problem is told before anything is sent. What GoSign itself refuses clearly (sizes, unknown policies, levels that
are not enabled) is left to it. "§" is a chapter of seeds/004; contracts/gosign.md §1.13 lists what is easily missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import get_args

from esign.domain.errors import Problem
from esign.domain.package import Package
from esign.domain.recipient import ProviderAuthentication, Recipient, Role
from esign.placement.place import Placement
from esign.providers.gosign.acts import admits_lines
from esign.providers.gosign.envelope import Action, Envelope, NewUser, Tag, Task
from esign.providers.gosign.options import GosignOptions
from esign.providers.gosign.people import NAME, asked_at, gosign_language, own_options, roles_of, users_of
from esign.providers.gosign.rules_doors import door_problems
from esign.providers.gosign.settings import GosignSettings, SignatureType
from esign.providers.gosign.words import LANGUAGES, ActionType, TaskKind

_SIGNING = frozenset({ActionType.SIGN, ActionType.GRAPHOMETRIC, ActionType.SEAL})
_SEALING = "DIGITAL_PDF"


def envelope_problems(
    package: Package,
    envelope: Envelope,
    placement: Placement,
    settings: GosignSettings,
    options: GosignOptions,
) -> tuple[Problem, ...]:
    """All of them, the placement's included."""
    work = [task for task in envelope.tasks if task.kind is TaskKind.WORK]
    return tuple(
        chain(
            placement.problems,
            _option_keys(package, options),
            *(_who(index, recipient, settings, options) for index, recipient in enumerate(package.recipients)),
            _languages(package, settings),
            *(_step(package, task) for task in work),
            *(_act(package, action, task, envelope) for task in work for action in task.actions),
            _tags(envelope, settings),
            _signature_types(work, envelope.new_users, settings),
            *(_new_person(user, envelope) for user in envelope.new_users),
            _policy(envelope, options),
            _weaker(package, work, envelope, settings, options),
            door_problems(envelope, settings, options),
        )
    )


def _option_keys(package: Package, options: GosignOptions) -> Iterator[Problem]:
    for name in options.recipients:
        if package.recipient(name) is None:
            yield Problem(
                f"/provider/options/recipients/{name}", "unknown_recipient", "The package has no such recipient."
            )
    for name in options.documents:
        if package.document(name) is None:
            yield Problem(
                f"/provider/options/documents/{name}", "unknown_document", "The package has no such document."
            )
    for number, name in enumerate(options.join_documents):
        if package.document(name) is None:
            pointer = f"/provider/options/joinDocuments/{number}"
            yield Problem(pointer, "unknown_document", "The package has no such document.")


def _who(index: int, recipient: Recipient, settings: GosignSettings, options: GosignOptions) -> Iterator[Problem]:
    """§4.1: an actorExpr is made of ids with a U or R behind each and a pipe between them."""
    pointer, own = f"/recipients/{index}", own_options(recipient, options)
    if recipient.role is Role.CC:
        yield from _copied(pointer, recipient, settings, options)
        return
    users, roles = users_of(recipient, options), roles_of(recipient, options)
    if not (users or roles):
        detail = "GoSign needs an e-mail address, or the id of somebody whom it knows (userExternalId), or a role."
        yield Problem(f"{pointer}/email", "email_missing", detail)
    if any("|" in name for name in (*users, *roles)):
        yield Problem(f"{pointer}/email", "pipe_in_id", "GoSign's ids cannot hold a pipe: it separates them.")
    if users and own.how_many > len(users) and not roles:
        where = f"/provider/options/recipients/{recipient.id}/howMany"
        yield Problem(where, "too_few_actors", "More people must act than there are.")
    how = recipient.authentication
    if isinstance(how, ProviderAuthentication):
        if how.provider != NAME:
            yield Problem(f"{pointer}/authentication/provider", "other_provider", "This account's provider is gosign.")
        elif how.method not in get_args(SignatureType):
            detail = f"GoSign 5 has the signature types {', '.join(get_args(SignatureType))}."
            yield Problem(f"{pointer}/authentication/method", "unknown_signature_type", detail)


def _copied(pointer: str, recipient: Recipient, settings: GosignSettings, options: GosignOptions) -> Iterator[Problem]:
    """§6.4."""
    own = own_options(recipient, options)
    rule = own.copy_rule or options.copy_rule or settings.copy_rule or "email-always"
    if rule == "by-external-id":
        if not (own.user_external_id or recipient.external_id):
            yield Problem(f"{pointer}/externalId", "id_missing", "This copy rule finds people by GoSign's id.")
    elif not recipient.email:
        yield Problem(f"{pointer}/email", "email_missing", "A copy needs an e-mail address.")


def _languages(package: Package, settings: GosignSettings) -> Iterator[Problem]:
    """Where a language can be said at all; elsewhere the capabilities refuse it."""
    if settings.integration not in {"gosign5", "soap"}:
        return
    asked = {"/language": package.language}
    for index, recipient in enumerate(package.recipients):
        asked[f"/recipients/{index}/language"] = recipient.language
        for number, member in enumerate(recipient.group.members if recipient.group else ()):
            asked[f"/recipients/{index}/group/members/{number}/language"] = member.language
    for pointer, language in asked.items():
        if language and gosign_language(language) is None:
            yield Problem(pointer, "unsupported_language", f"GoSign speaks {', '.join(sorted(LANGUAGES))}.")


def _step(package: Package, task: Task) -> Iterator[Problem]:
    recipient = package.recipients[task.index]
    if recipient.signs and not any(action.type in _SIGNING for action in task.actions):
        detail = "The signer has no place to sign: give a field, or none at all for the default place."
        yield Problem(f"/recipients/{task.index}/fields", "signer_without_field", detail)
    for action in task.actions:
        if not recipient.signs and action.type in _SIGNING | {ActionType.INITIALS}:
            yield Problem(action.pointer, "field_of_non_signer", "Only a signer signs or initials.")


def _act(package: Package, action: Action, task: Task, envelope: Envelope) -> Iterator[Problem]:
    """§4.1, actionDef and its confString."""
    if package.document(action.document) is None:
        yield Problem(f"{action.pointer}/document", "unknown_document", "The package has no such document.")
    if not action.mandatory and action.type is not ActionType.GRAPHOMETRIC:
        detail = "At GoSign only a graphometric action can be optional."
        yield Problem(f"{action.pointer}/mandatory", "always_mandatory", detail)
    visibility, kind = action.conf.get("visibilityStatus"), action.type
    allowed = {"H": {ActionType.SIGN}, "N": {ActionType.APPROVE, ActionType.VIEW}}
    if (visibility == "N" or visibility == "H") and kind not in allowed[visibility]:
        detail = "H hides a signature, N an approval or a view; initials are always visible."
        yield Problem(f"{action.pointer}/visibility", "visibility_not_allowed", detail)
    level = task.signature_type or envelope.trust_level
    lines = {"customSignatureTextL1", "customSignatureTextL2"} & set(action.conf)
    if lines and not admits_lines(level, kind):
        detail = "GoSign ignores these lines here: on signatures they need INTERNAL_PDF or FEA, with DIGITAL_P7M none."
        yield Problem(action.pointer, "signature_text_ignored", detail)
    if kind is ActionType.GRAPHOMETRIC and level not in {"GRAPHO_FEA", "GRAPHOMETRIC"}:
        detail = "A graphometric action needs trust level GRAPHO_FEA, at GoSign 5 signature type GRAPHOMETRIC."
        yield Problem(f"{action.pointer}/type", "not_graphometric", detail)
    if "graphFieldName" in action.conf and kind is not ActionType.GRAPHOMETRIC:
        yield Problem(f"{action.pointer}/graphometric", "not_graphometric", "Only a graphometric action has these.")


def _tags(envelope: Envelope, settings: GosignSettings) -> Iterator[Problem]:
    """§3.5.1, §6.1: GoSign stops at the first occurrence, and looks for tags in the customer's separators only."""
    seen: set[tuple[str, str]] = set()
    for action in (action for task in envelope.tasks for action in task.actions):
        if not isinstance(action.appearance, Tag):
            continue
        for text in filter(None, (action.appearance.start, action.appearance.end)):
            if (action.document, text) in seen:
                detail = "Every tag must be another: GoSign stops at the first occurrence."
                yield Problem(action.pointer, "tag_repeated", detail)
            seen.add((action.document, text))
            yield from _separated(action, text, settings)


def _separated(action: Action, text: str, settings: GosignSettings) -> Iterator[Problem]:
    separators = settings.tag_separators
    if not separators:
        if any(character.isspace() for character in text.strip()):
            detail = "Without separators a tag is one word, with a blank before and behind it."
            yield Problem(action.pointer, "tag_with_blank", detail)
        return
    if not any(text.startswith(s) and text.endswith(s) and len(text) > 2 * len(s) for s in separators):
        detail = f"A tag begins and ends with the same of {', '.join(separators)}."
        yield Problem(action.pointer, "tag_without_separator", detail)
    if "%3" in text or "%4" in text:
        yield Problem(action.pointer, "tag_with_placeholder", "The customer's separators exclude %3 and %4.")


def _signature_types(work: list[Task], people: tuple[NewUser, ...], settings: GosignSettings) -> Iterator[Problem]:
    """§9.7.1 to §9.7.4, GoSign 5."""
    if not settings.v5:
        return
    by_id = {person.external_id: person for person in people}
    for task in work:
        pointer = f"/recipients/{task.index}"
        if task.signature_type == "FEA_OTP":
            for user in (by_id.get(part[:-1]) for part in task.actors.split("|")):
                yield from _one_time_code(pointer, f"/provider/options/recipients/{task.recipient}", user)
        identified = bool(task.conf.get("requiredIdentification"))
        if identified and task.signature_type != _SEALING:
            detail = "Identification goes with the signature type DIGITAL_PDF."
            yield Problem(f"{pointer}/authentication", "identification_not_allowed", detail)
        if len(work) > 1 and (identified or task.signature_type == "QUICKSTART_FEA"):
            detail = "QUICKSTART_FEA, and DIGITAL_PDF with identification, take a single step: one recipient."
            yield Problem("/recipients", "single_step_only", detail)
            return


def _one_time_code(pointer: str, options: str, user: NewUser | None) -> Iterator[Problem]:
    """§9.7.2; somebody whom GoSign knows already has all of it there."""
    if user is None:
        return
    if not (user.phone and user.phone.startswith("+")):
        yield Problem(f"{pointer}/phone", "phone_missing", "FEA_OTP needs a phone number with country code.")
    for value, name in (
        (user.country_code, "countryCode"),
        (user.serial_type, "serialType"),
        (user.fiscal_code, "fiscalCode"),
    ):
        if not value:
            yield Problem(f"{options}/{name}", f"{_snake(name)}_missing", f"FEA_OTP needs the person's {name}.")


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _new_person(user: NewUser, envelope: Envelope) -> Iterator[Problem]:
    """§6.2: a manager made with the envelope has an internal certificate only."""
    if user.role == "MANAGER" and (envelope.trust_level or "").startswith("DIGITAL"):
        detail = "A manager who is new at GoSign cannot sign digitally: their certificate is internal."
        yield Problem("/provider/options/userRole", "manager_without_certificate", detail)


def _policy(envelope: Envelope, options: GosignOptions) -> Iterator[Problem]:
    """§6.5."""
    if envelope.policy is None:
        return
    if envelope.document_class is None or not envelope.document_class.id:
        detail = "A policy needs its document class, with name and id."
        yield Problem("/provider/options/documentClass", "document_class_missing", detail)
    if options.send_mail:
        yield Problem("/provider/options/sendMail", "policy_has_own_steps", "A policy's steps are its own.")


def _weaker(
    package: Package, work: list[Task], envelope: Envelope, settings: GosignSettings, options: GosignOptions
) -> Iterator[Problem]:
    """Signed files are checked for what the account promises, so a package cannot promise less. At GoSign 5 each signer's
    step is judged by what it has become, whoever asked for it."""
    promised = settings.signature_type if settings.v5 else settings.trust_level
    if promised != _SEALING:
        return
    weaker = [] if envelope.trust_level in {None, promised} else ["/provider/options/trustLevel"]
    for task in work if settings.v5 else ():
        recipient = package.recipients[task.index]
        if recipient.signs and task.signature_type != promised:
            weaker.append(asked_at(recipient, task.index, options))
    for pointer in dict.fromkeys(weaker):
        detail = "This account's signatures are digital ones in the PDF; a package cannot ask for less."
        yield Problem(pointer, "weaker_signature", detail)
