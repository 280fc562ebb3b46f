"""Our recipients as GoSign knows people: user ids, roles, new users, copies.

A person's id at GoSign is their e-mail address, unless the package names another: with strategy EMAIL_BASED GoSign then
finds who is there already and renames nobody (seeds/004 §6.2; contracts/gosign.md §1.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from esign.domain.package import Package
from esign.domain.recipient import Authentication, Member, ProviderAuthentication, Recipient, Role
from esign.providers.gosign.envelope import CopyUser, NewUser
from esign.providers.gosign.options import GosignOptions, RecipientOptions
from esign.providers.gosign.settings import CopyRule, GosignSettings, SignatureType
from esign.providers.gosign.words import LANGUAGES

NAME = "gosign"


def own_options(recipient: Recipient, options: GosignOptions) -> RecipientOptions:
    by_external = options.recipients.get(recipient.external_id) if recipient.external_id else None
    return options.recipients.get(recipient.id) or by_external or RecipientOptions()


def users_of(recipient: Recipient, options: GosignOptions) -> tuple[str, ...]:
    """GoSign's ids of who may act: one person, or each member of a group."""
    own = own_options(recipient, options)
    if own.user_external_id:
        return (own.user_external_id,)
    if recipient.group:
        return tuple(member.email for member in recipient.group.members)
    return (recipient.email,) if recipient.email and not own.roles else ()


def roles_of(recipient: Recipient, options: GosignOptions) -> tuple[str, ...]:
    """GoSign's roles, anybody of which may act: those of the options, or a group that only has a name."""
    named = own_options(recipient, options).roles
    nameless = recipient.group and not recipient.group.members and not named
    return (recipient.group.name,) if recipient.group and nameless else named


def reference_of(recipient: Recipient, options: GosignOptions) -> str:
    """The actorExpr: `aU|bU|1R` (§4.1)."""
    users = (f"{user}U" for user in users_of(recipient, options))
    roles = (f"{role}R" for role in roles_of(recipient, options))
    return "|".join((*users, *roles))


def authorised_type(
    recipient: Recipient, own: RecipientOptions, options: GosignOptions, settings: GosignSettings
) -> SignatureType | None:
    """GoSign 5's signature type of this person's step (§9.7). An SMS code is FEA_OTP, signature with a one-time code."""
    match recipient.authentication:
        case ProviderAuthentication(method=method):
            return method  # type: ignore[return-value]  # rules.py refuses what is none
        case Authentication.SMS_OTP:
            return "FEA_OTP"
        case _:
            return own.signature_type or options.signature_type or settings.default_signature_type


def asked_at(recipient: Recipient, index: int, options: GosignOptions) -> str:
    """The pointer of what decided their signature type, where it was not the account."""
    match recipient.authentication:
        case ProviderAuthentication() | Authentication.SMS_OTP:
            return f"/recipients/{index}/authentication"
        case _ if own_options(recipient, options).signature_type:
            return f"/provider/options/recipients/{recipient.id}/signatureType"
        case _:
            return "/provider/options/signatureType"


def new_users(package: Package, settings: GosignSettings, options: GosignOptions) -> tuple[NewUser, ...]:
    """Everybody who acts and is not known to be at GoSign already; nobody twice."""
    found = {user.external_id: user for r in package.recipients for user in _made(r, package, settings, options)}
    return tuple(found.values())


def _made(
    recipient: Recipient, package: Package, settings: GosignSettings, options: GosignOptions
) -> Iterator[NewUser]:
    own = own_options(recipient, options)
    wanted = own.new_user if own.new_user is not None else settings.create_users and own.user_external_id is None
    if recipient.role is Role.CC or not wanted:
        return
    members = recipient.group.members if recipient.group else (_as_member(recipient),)
    for member in members:
        if member.email and not own.roles:
            yield _new_user(member, recipient, own, package, settings, options)


def _as_member(recipient: Recipient) -> Member:
    return Member(recipient.first_name, recipient.last_name, recipient.email or "", recipient.language)


def _new_user(
    member: Member,
    recipient: Recipient,
    own: RecipientOptions,
    package: Package,
    settings: GosignSettings,
    options: GosignOptions,
) -> NewUser:
    strategy = own.new_user_strategy or options.new_user_strategy or settings.new_user_strategy or "EMAIL_BASED"
    return NewUser(
        username=member.email,
        name=member.first_name,
        surname=member.last_name,
        email=member.email,
        external_id=own.user_external_id or member.email,
        strategy=strategy,
        role=own.user_role or options.user_role or settings.user_role or "STRANGER",
        phone=recipient.phone,
        language=gosign_language(member.language or recipient.language or package.language),
        fiscal_code=own.fiscal_code,
        company=own.company,
        organization_unit=own.organization_unit,
        title=own.title,
        enabled=own.enabled,
        country_code=own.country_code.lower() if own.country_code else None,
        serial_type=own.serial_type,
        ad_domain=own.ad_domain,
        timezone=own.timezone,
    )


def gosign_language(asked: str | None) -> str | None:
    """`it-CH` is it; None: GoSign does not speak it, or nothing was asked."""
    primary = (asked or "").replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else None


def copy_user(recipient: Recipient, own: RecipientOptions, rule: CopyRule) -> CopyUser:
    """§6.4: by id among the customer's people, by address among them, or a mail at the end whoever it is."""
    by_id = rule == "by-external-id"
    return CopyUser(
        external_id=(own.user_external_id or recipient.external_id) if by_id else None,
        email=recipient.email,
        name=recipient.first_name,
        surname=recipient.last_name,
        always=rule == "email-always",
    )
