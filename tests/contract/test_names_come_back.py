"""Names with accents, apostrophes, Chinese and 300 characters, and one address twice: as given, at the provider and here.

What the provider has is read from its simulator's own state, not from an answer; a provider that cannot take a name
refuses it beforehand, by name. What Coupa is shown is read through the table and the views, after a read of the provider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from esign.aws.packages import DynamoPackages
from esign.coupa import views
from esign.domain.package import Package
from esign.domain.timing import Timing
from esign.domain.transitions import advance
from esign.operations.preflight import every_problem
from esign.operations.seen import seen
from tests.contract.provider_worlds import WORLDS
from tests.contract.store_fixtures import TABLE, aws, dynamodb, dynamodb_client  # noqa: F401 - fixtures
from tests.contract.test_provider_contract import send
from tests.fakes.connector import Connector
from tests.fakes.door import Door

NAMES = {
    "accents": ("Zoë Ñandú", "Łukasiewicz-Ångström"),
    "apostrophes": ("D'Arcy", "O\u2019Brien"),
    "Chinese": ("小明", "李"),
    "300 characters": ("A" * 149, "Straße " + "B" * 143),
}
Person = tuple[str, str, str]  # first name, last name, e-mail


def of_connective(world: Any, sent: Package) -> list[Person]:
    found = world.simulator.state.package(sent.provider.reference[0])
    people = [member for stakeholder in found.stakeholders for member in stakeholder.members]
    return [(one.first_name, one.last_name, one.email) for one in people]


def of_esigntools(world: Any, sent: Package) -> list[Person]:
    found = world.simulator.service.agreements[int(sent.provider.reference[0])]
    return [(one.firstname, one.lastname, one.email) for one in found.recipients]


def of_gosign(world: Any, sent: Package) -> list[Person]:
    found = world.simulator.control.envelope(sent.provider.reference[0])
    return [(one["mgrName"], one["mgrSurname"], one["mgrExternalId"]) for one in found["process"]["liveStatus"]]


def of_contract_signatures(world: Any, sent: Package) -> list[tuple[str, str]]:
    """It knows whole names only."""
    found = world.simulator.service.contracts[sent.provider.reference[0]]
    return [(one.full_name, one.email) for one in found.signers]


THERE: dict[str, Callable[[Any, Package], Any]] = {
    "connective": of_connective,
    "contract-signatures": of_contract_signatures,
    "esigntools": of_esigntools,
    "gosign": of_gosign,
}
DOORS = sorted(WORLDS.keys() - {"connective-v3.1", "gosign-rest-otherwise"})  # they say people as their neighbours do


@pytest.fixture(scope="module", params=DOORS)
def running(request):
    with WORLDS[request.param]() as world:
        yield world


def as_given(package: Package) -> Any:
    if package.provider.name == "contract-signatures":
        return [(one.full_name, one.email) for one in package.recipients]
    return [(one.first_name, one.last_name, one.email) for one in package.recipients]


def sent_or_refused(world: Any, package: Package) -> Package | None:
    """None: the preflight names the person."""
    problems = every_problem(package, world.provider(), world.papers())
    if problems:
        assert all(problem.pointer.startswith("/recipients/") for problem in problems), problems
        return None
    return send(world, package)


def is_unchanged(world: Any, sent: Package) -> None:
    assert THERE[sent.provider.name](world, sent) == as_given(sent)
    after = advance(sent, seen(sent, world.provider().read(sent)), datetime.now(UTC)).package
    shown = [(one["firstName"], one["lastName"], one["email"]) for one in views.package(after)["recipients"]]
    assert shown == [(one.first_name, one.last_name, one.email) for one in sent.recipients]


@pytest.mark.parametrize("kind", NAMES)
def test_an_unusual_name_arrives_and_is_shown_as_it_was_given(world, kind):
    first, last = NAMES[kind]
    package = world.package()
    package = replace(package, recipients=(replace(package.recipients[0], first_name=first, last_name=last),))
    sent = sent_or_refused(world, package)
    assert sent is not None, "no provider of today refuses such a name"
    is_unchanged(world, sent)


def test_one_address_twice_arrives_twice_or_is_refused_beforehand(world):
    package = world.package(2)
    twice = tuple(replace(one, last_name="Berg", email="anna.berg@example.com") for one in package.recipients)
    if sent := sent_or_refused(world, replace(package, recipients=twice)):
        is_unchanged(world, sent)


def test_what_coupa_says_is_what_get_package_answers(dynamodb):  # noqa: F811
    door: Any = Door(Connector())
    door.app.packages = DynamoPackages(dynamodb, TABLE, timing=Timing())
    package = door("create_package", {"name": "Lease"}, key=None).body["id"]
    people = [
        {"firstName": first, "lastName": last, "email": "anna.berg@example.com"} for first, last in NAMES.values()
    ]
    people += [{"fullName": f"{first} {last}", "email": "anna.berg@example.com"} for first, last in NAMES.values()]
    door("add_recipients", {"recipients": people}, package=package, key=None)
    shown = door("get_package", package=package, method="GET").body["recipients"]
    assert [one["email"] for one in shown] == [one["email"] for one in people]
    half = len(NAMES)
    assert [(one["firstName"], one["lastName"]) for one in shown[:half]] == list(NAMES.values())
    assert [f"{one['firstName']} {one['lastName']}" for one in shown[half:]] == [
        one["fullName"] for one in people[half:]
    ]
