"""The six user services of §4.2. The document gives their names and purposes and no bodies: all known variants are read.

Whom: usrExtId, userExtId, extId, externalId, username, or a list in users/usersExtId. What: command(s), authority(ies),
userAuthorities, role(s), certificate(s). A user: `user` or the fields themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response

from sandbox.providers.gosign.errors import Refusal, illegal
from sandbox.providers.gosign.model import User
from sandbox.providers.gosign.people import ATTRIBUTES, Directory, new_user
from sandbox.providers.gosign.rest_v1 import BASE, customer_of
from sandbox.providers.gosign.web import Call, Route, ok, refuse_json

Json = dict[str, Any]
WHOM = ("usrExtId", "userExtId", "extId", "externalId", "username", "users", "usersExtId", "usersExtIds", "userExtIds")
WHAT = (
    "command", "commands", "authority", "authorities", "userAuthorities", "role", "roles", "certificate", "certificates",
)  # fmt: skip
OWN = {"name": "name", "surname": "surname", "email": "email", "phoneNumber": "phone", "enabled": "enabled"}


def _delete(call: Call, body: Json, people: Directory) -> None:
    """ "If the user has not already been involved in signature processes, otherwise … disabled." """
    involved = {event.actor for envelope in call.simulator.envelopes() for _, event in envelope.events()}
    for user in list(_users(body, people)):
        if user.ext_id in involved:
            user.enabled = False
        else:
            del people[user.ext_id]


def _secretary(_: Call, body: Json, people: Directory) -> None:
    """ "A new user with the only role of a secretary without signing certificates." """
    data = body.get("user", body)
    missing = [name for name in ("username", "name", "surname", "email", "externalId") if not data.get(name)]
    if missing:
        raise illegal(f"{', '.join(missing)} mandatory")
    if data["externalId"] in people:
        raise illegal(f"User already exists: {data['externalId']}")
    people[data["externalId"]] = new_user({**data, "userAuthorities": ["ROLE_SEGR"]})


def _update(_: Call, body: Json, people: Directory) -> None:
    """ "Assigns a role or a signature certificate to an existing user." """
    for user in _users(body, people):
        user.authorities |= _what(body)


def _remove(_: Call, body: Json, people: Directory) -> None:
    for user in _users(body, people):
        user.authorities -= _what(body)


def _modify(_: Call, body: Json, people: Directory) -> None:
    """ "Change the value of a particular user property": attribute/value, or a map in `attributes`."""
    given = body.get("attributes") or ({body["attribute"]: body.get("value")} if "attribute" in body else {})
    unknown = [name for name in given if name not in OWN and name not in ATTRIBUTES]
    if not given or unknown:
        raise illegal(f"attributes: {', '.join(unknown) or 'missing'}")
    for user in _users(body, people):
        for name, value in given.items():
            if name in OWN:
                setattr(user, OWN[name], value)
            else:
                user.attributes[name] = value


def _convert(_: Call, body: Json, people: Directory) -> None:
    """§4.2 converts what §6.2 calls impossible ("not possible to change the type of a user"): for this service it is."""
    for user in _users(body, people):
        if user.type != "stranger":
            raise illegal(f"User is not a stranger: {user.ext_id}")
        user.type, user.authorities = "corporate", (user.authorities - {"ROLE_STRANGER"}) | {"ROLE_MGR"}


def _users(body: Json, people: Directory) -> Iterator[User]:
    given = [one for name in WHOM for one in _listed(body.get(name))]
    if not given:
        raise illegal(f"one of {', '.join(WHOM)} is needed")
    for one in given:
        name = next((one[key] for key in WHOM if key in one), None) if isinstance(one, dict) else one
        user = next((user for user in people.values() if name in {user.ext_id, user.username}), None)
        if user is None:
            raise Refusal("USER_NOT_FOUND", f"User not found: {name}")
        yield user


def _what(body: Json) -> set[str]:
    found = {
        str(one.get("authority", one.get("command"))) if isinstance(one, dict) else str(one)
        for name in WHAT
        for one in _listed(body.get(name))
    }
    if not found:
        raise illegal(f"one of {', '.join(WHAT)} is needed")
    return found


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [] if value is None else [value]


def _routes(operation: str, path: str, work: Callable[[Call, Json, Directory], None]) -> Iterator[Route]:
    def handler(call: Call) -> Response:
        body = call.object()
        customer = customer_of(call, body, system=False)
        with call.simulator.lock():
            work(call, body, call.simulator.directory(customer.code))
        return ok(customer)

    for ending in ("/", ""):
        yield Route("rest", operation, "PUT", f"{BASE}/{path}{ending}", handler, refuse_json)


ROUTES = (
    *_routes("DeleteUser", "deleteUsers", _delete),
    *_routes("DeleteUser", "deleteUser", _delete),  # row 18: the heading's name
    *_routes("InsertSecretary", "secretary", _secretary),
    *_routes("UpdateAuthoritiesByCommand", "updateAuthorities", _update),
    *_routes("RemoveAuthoritiesByCommand", "removeAuthorities", _remove),
    *_routes("ModifyUserAttributes", "modifyUserAttributes", _modify),
    *_routes("ConvertStrangerToCorporate", "convertStrangerToCorporate", _convert),
)
