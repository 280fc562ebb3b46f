"""What no provider may do before a Send: fail over a package that it cannot take, look where nothing is shown, or call.

And what holds the capability matrix to the truth: each of its columns is a world of this suite, which proves its yeses.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.capabilities import Feature
from esign.domain.content import DOCX
from esign.domain.package import Message, Package, Reminders
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Delivery,
    Field,
    FieldType,
    FormField,
    Group,
    ProviderAuthentication,
    Rectangle,
    Role,
    Zone,
    ZonePosition,
)
from esign.operations.preflight import every_problem
from esign.ports import NotShown
from esign.runtime.providers import DOORS, vendor
from tests.contract.provider_worlds import WORLDS
from tests.contract.test_provider_contract import send

# The world that proves a column; a column without one is a claim.
PROVES = {door: "connective-v3" if door == "connective" else door for door in DOORS}


class Closed:
    """A `DocumentSource` that shows nothing."""

    def open(self, document):
        raise NotShown(document)


@pytest.fixture(scope="module", params=sorted(set(PROVES.values())))
def running(request):
    with WORLDS[request.param]() as world:
        yield request.param, world


@pytest.fixture
def world(running):
    return running[1]


def everybody(package: Package, **changes) -> Package:
    return replace(package, recipients=tuple(replace(r, **changes) for r in package.recipients))


def place(package: Package, where, kind=FieldType.SIGNATURE) -> Package:
    return everybody(package, fields=(Field(package.documents[0].id, where, kind),))


def word(package: Package) -> Package:
    return replace(package, documents=tuple(replace(d, content_type=DOCX, template=None) for d in package.documents))


RECTANGLE = Rectangle(1, 100, 200, 150, 50)

# Each makes a package out of the world's default one, whatever its provider can do.
ODD = {
    "an approver alone": lambda p: everybody(p, role=Role.APPROVER),
    "a viewer alone": lambda p: everybody(p, role=Role.VIEWER),
    "a receiver alone": lambda p: everybody(p, role=Role.CC),
    "a group": lambda p: everybody(p, group=Group("Board"), email=None),
    "nobody's address": lambda p: everybody(p, email=None, delivery=Delivery.LINK),
    "a code by e-mail": lambda p: everybody(p, authentication=Authentication.EMAIL_OTP),
    "a code by SMS without a phone": lambda p: everybody(p, authentication=Authentication.SMS_OTP),
    "a stranger's method": lambda p: everybody(p, authentication=ProviderAuthentication("nobody", "Retina")),
    "a rectangle": lambda p: place(p, RECTANGLE),
    "a rectangle off the page": lambda p: place(p, Rectangle(9, 5000, 5000, 1, 1)),
    "an anchor that is absent": lambda p: place(p, Anchor("nowhere")),
    "a form field that is absent": lambda p: place(p, FormField("nowhere")),
    "a zone": lambda p: place(p, ZonePosition(1, Zone.MIDDLE_LEFT)),
    "initials": lambda p: place(p, RECTANGLE, FieldType.INITIALS),
    "an approval's field": lambda p: place(p, RECTANGLE, FieldType.APPROVAL),
    "a Word file": word,
    "a template": lambda p: replace(p, documents=tuple(replace(d, template="42", key=None) for d in p.documents)),
    "an upload": lambda p: replace(p, documents=tuple(replace(d, template=None, key="k") for d in p.documents)),
    "no documents": lambda p: replace(p, documents=()),
    "nobody": lambda p: replace(p, recipients=()),
    "texts and reminders": lambda p: replace(p, message=Message("s", "t"), language="xx", reminders=Reminders(1, 2)),
    "strange options": lambda p: replace(p, provider=replace(p.provider, options={"no such": {"thing": 1}})),
    "long names": lambda p: everybody(p, first_name="é" * 300, last_name="李" * 300),
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_a_package_asks_for_is_judged_and_nothing_is_called(world, odd):
    package = ODD[odd](world.package())
    world.seen.clear()
    provider = world.provider()
    for source in (world.papers(), Closed()):
        for problem in every_problem(package, provider, source):
            assert problem.pointer.startswith("/"), problem
            assert problem.code == problem.code.lower()
            assert problem.detail.endswith("."), problem.detail
    assert list(world.seen) == []


def test_what_the_default_package_lacks_is_nothing(world):
    package = world.package()
    assert every_problem(package, world.provider(), world.papers()) == ()
    assert every_problem(package, world.provider(), Closed()) == ()


# What a world switches on beyond its column of the matrix: an account has to ask for it, and the suite proves it too.
SWITCHED_OFF = {"contract-signatures": {"watchers": False}}


def test_the_matrix_says_of_each_door_exactly_what_the_adapter_declares(running):
    name, world = running
    declared = world.provider(**SWITCHED_OFF.get(name, {})).capabilities
    for door in (door for door, proof in PROVES.items() if proof == name):
        provider, settings = DOORS[door]
        told = vendor(provider).capabilities(settings)
        assert {f: told.why_not(f) for f in Feature} == {f: declared.why_not(f) for f in Feature}


def test_every_column_of_the_matrix_has_a_world_that_proves_it():
    assert set(PROVES.values()) <= set(WORLDS)


NAMES = (("Zoë-Ñandú", "O'Brien-Łukasiewicz"), ("小明", "李"), ("A" * 149, "Straße " + "B" * 143))


def test_unusual_names_and_one_address_twice_go_out_or_are_refused_beforehand(world):
    """300 characters, accents, an apostrophe, Chinese; and a person who signs twice, as two signers in order."""
    package = world.package(len(NAMES))
    people = tuple(
        replace(r, first_name=first, last_name=last, email="anna.berg1@example.com")
        for r, (first, last) in zip(package.recipients, NAMES, strict=True)
    )
    package = replace(package, recipients=people)
    if every_problem(package, world.provider(), world.papers()):
        return  # told, and nothing was sent
    sent = send(world, package)
    seen = {r.recipient for r in world.provider().read(sent).recipients}
    plain = world.provider().read(send(world, world.package(len(NAMES))))
    assert seen == ({r.id for r in people} if plain.recipients else set())  # some doors tell of nobody
