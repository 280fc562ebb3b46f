"""Who GoSign knows: the strategies for new users (§6.2), actors and roles (§4.1), people in CC (§6.4). Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.providers.gosign import rules
from sandbox.providers.gosign.errors import USER_NOT_FOUND, Refusal, illegal
from sandbox.providers.gosign.model import User
from sandbox.providers.gosign.settings import Customer

Json = dict[str, Any]
Directory = dict[str, User]  # by external id, which is case-sensitive
ATTRIBUTES = (
    "company", "organizationUnit", "fiscalCode", "title", "emailLanguage", "adDomain", "timezone", "countryCode",
    "serialType",
)  # fmt: skip


def known_users(customer: Customer) -> Directory:
    """The customer's people before anybody came with an insertion."""
    return {
        ext_id: User(
            ext_id=ext_id,
            username=data.get("username", ext_id),
            name=data["name"],
            surname=data["surname"],
            email=data["email"],
            type=data.get("type", "corporate"),
            authorities=set(data.get("authorities", ())),
            password=data.get("password", ""),
            phone=data.get("phoneNumber"),
        )
        for ext_id, data in customer.users.items()
    }


def admit(directory: Directory, new_users: list[Json]) -> Directory:
    """A copy of the directory with the new users, each by its strategy. Raises Refusal; the original stays as it was."""
    found = dict(directory)
    for data in new_users:
        STRATEGIES[data.get("newUserStrategy", "REJECT_ALWAYS")](found, data)  # §6.2: the default
    return found


def _accept_always(directory: Directory, data: Json) -> None:
    """ "If found, the name and surname of the existing … user are updated." """
    known = _by_username(directory, data["username"])
    if known is None:
        _add(directory, data)
        return
    directory[known.ext_id] = replace(known, name=data["name"], surname=data["surname"])


def _reject_if_different(directory: Directory, data: Json) -> None:
    known = _by_username(directory, data["username"])
    if known is None:
        _add(directory, data)
    elif known.type == "corporate" or (known.name, known.surname) != (data["name"], data["surname"]):
        raise illegal(f"User already exists and is different: {known.username}")


def _reject_always(directory: Directory, data: Json) -> None:
    if _by_username(directory, data["username"]):
        raise illegal(f"User already exists: {data['username']}")
    _add(directory, data)


def _email_based(directory: Directory, data: Json) -> None:
    """By externalId, by username = e-mail, by e-mail; whoever is found stays as they are."""
    if data["externalId"] in directory or _by_username(directory, data["email"]):
        return
    same = [user for user in directory.values() if user.email == data["email"]]
    if len(same) > 1:
        raise illegal(f"More than one user has the e-mail of {data['externalId']}")
    if not same:
        _add(directory, data)


STRATEGIES: dict[str, Callable[[Directory, Json], None]] = {
    "ACCEPT_ALWAYS": _accept_always,
    "REJECT_IF_DIFFERENT": _reject_if_different,
    "REJECT_ALWAYS": _reject_always,
    "EMAIL_BASED": _email_based,
}


def _by_username(directory: Directory, username: str) -> User | None:
    """ "(case insensitive)" """
    return next((user for user in directory.values() if user.username.lower() == username.lower()), None)


def _add(directory: Directory, data: Json) -> None:
    if data["externalId"] in directory:
        raise illegal(f"externalId already in use: {data['externalId']}")
    directory[data["externalId"]] = new_user(data)


def new_user(data: Json) -> User:
    authorities = set(data["userAuthorities"])
    return User(
        ext_id=data["externalId"],
        username=data["username"],
        name=data["name"],
        surname=data["surname"],
        email=data["email"],
        type="stranger" if authorities == {"ROLE_STRANGER"} else "corporate",
        authorities=authorities,
        phone=data.get("phoneNumber"),
        enabled=data.get("enabled", True),
        made_here=data.get("newUserStrategy", "REJECT_ALWAYS"),
        attributes={name: data[name] for name in ATTRIBUTES if data.get(name)},
    )


def resolve(expression: str, directory: Directory, customer: Customer, new_users: list[Json]) -> list[str]:
    """The external ids of those who may act. USER_NOT_FOUND for an unknown user, role or disabled person [I].

    A new user that EMAIL_BASED found under another external id is that other user.
    """
    found: list[str] = []
    for name, kind in rules.actors(expression):
        if kind == "R":
            members = customer.roles.get(name)
            if not members:
                raise Refusal(USER_NOT_FOUND, f"Role not found: {name}")
            found.extend(members)
        else:
            found.append(_actor(name, directory, new_users))
    return list(dict.fromkeys(found))


def _actor(name: str, directory: Directory, new_users: list[Json]) -> str:
    user = directory.get(name)
    if user is None:
        data = next((one for one in new_users if one["externalId"] == name), None)
        emails = {data["email"], data["username"]} if data else set()
        user = next((one for one in directory.values() if {one.email, one.username} & emails), None)
    if user is None or not user.enabled:
        raise Refusal(USER_NOT_FOUND, f"User not found: {name}")
    return user.ext_id


def copied(given: list[Json], directory: Directory) -> list[Json]:
    """§6.4, the three rules. `user` is the corporate user that was found; without one an e-mail goes out at the end."""
    return [_copied(one, directory) for one in given]


def _copied(one: Json, directory: Directory) -> Json:
    corporate = [user for user in directory.values() if user.type == "corporate"]
    if one.get("addUsersInCCStrategy") == "EMAIL_ALWAYS":
        return _by_mail(one)
    if one.get("externalId"):
        found = [user for user in corporate if user.ext_id == one["externalId"]]
        if len(found) != 1:
            raise Refusal(USER_NOT_FOUND, f"User in CC not found: {one['externalId']}")
        return {**one, "user": found[0].ext_id}
    if not one.get("email"):
        raise illegal("addUsersInCC: email is mandatory without externalId")
    found = [user for user in corporate if user.email == one["email"]]
    if len(found) > 1:
        raise illegal("addUsersInCC: more than one user has that e-mail")
    # The text of rule 2 blocks the entry, rule 3 mails "if no user is found in the previous steps": with a name it mails.
    return {**one, "user": found[0].ext_id} if found else _by_mail(one)


def _by_mail(one: Json) -> Json:
    missing = [name for name in ("email", "name", "surname") if not one.get(name)]
    if missing:
        raise Refusal(USER_NOT_FOUND, f"User in CC not found, and {', '.join(missing)} missing for an e-mail")
    return {**one, "user": None}
