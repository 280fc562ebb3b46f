"""What a package can ask of GoSign beyond Coupa's words, by our adapter against the simulator, from Send to the last act.

The shapes of the requests are held by the document's examples (tests/unit/test_gosign_examples.py); here GoSign takes what
the package said, does it, and the package ends signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from esign.domain.package import Package, Reminders
from esign.domain.recipient import Group, Member
from esign.domain.status import PackageStatus
from esign.operations.preflight import every_problem
from tests.contract.gosign_world import GosignWorld, gosign
from tests.contract.test_provider_contract import send
from tests.fakes.gosign_envelopes import action, task

PERSON = "anna.berg1@example.com"
BOARD = Group("Board", tuple(Member("Max", f"Member{n}", f"member{n}@example.com") for n in (1, 2, 3)))
CLASS = {"name": "Order", "id": "377", "fields": [{"name": "Proj_number", "textValue": "4711"}]}


@pytest.fixture(scope="module", params=["gosign-rest", "gosign-oauth", "gosign-soap"])
def running(request):
    with gosign(request.param) as world:
        yield world


@pytest.fixture
def world(running):
    """With a policy and a document class, as a customer has InfoCert make them."""
    running.reset()
    steps = {"1": [task(f"{PERSON}U", actionDefs=[action(0)])]}
    classes = {"377": {"name": "Order", "mandatory": ["Proj_number"]}}
    running.simulator.control.configure(policies={"two_eyes": steps}, doc_classes=classes)
    return running


@dataclass(frozen=True)
class Wish:
    """`options` of the package, `own` of its one recipient; `by` who acts there, in turn."""

    options: dict[str, Any]
    own: dict[str, Any]
    group: Group | None = None
    by: tuple[str, ...] = (PERSON,)
    reminders: Reminders = Reminders()
    doors: frozenset[str] = frozenset({"gosign-rest", "gosign-soap"})  # of BY_DOOR
    account: Mapping[str, Any] = field(default_factory=dict)  # settings
    then: Callable[[GosignWorld, Package], bool] = lambda _world, _package: True


def acting(**how: Any) -> dict[str, Any]:
    return {"actions": [{"document": "doc-1", **how}]}


def mailed(world: GosignWorld, package: Package) -> bool:
    return "archive@customer.example" in world.mails(package)


def shows(name: str, value: object) -> Callable[[GosignWorld, Package], bool]:
    def then(world: GosignWorld, package: Package) -> bool:
        return bool(world.simulator.control.envelope(package.id)[name] == value)

    return then


WISHES = {
    "two of a group": Wish({}, {"howMany": 2}, group=BOARD, by=("member3@example.com", "member1@example.com")),
    "a role": Wish({}, {"roles": ["1"], "newUser": False}, by=("mgr",)),
    "a corner of the page": Wish({}, acting(compass={"page": -1, "position": "TOP_RIGHT"})),
    "coordinates": Wish({}, acting(coordinates={"page": 1, "llx": 50, "lly": 60, "urx": 200, "ury": 120})),
    "a tag with offsets": Wish({}, acting(tag={"start": "Sign", "xOffset": 5, "yOffset": -40, "corner": "SBL"})),
    "an empty field of the PDF": Wish({}, acting(field="Buyer")),
    "a hidden signature": Wish(
        {}, acting(coordinates={"page": 1, "llx": 50, "lly": 60, "urx": 200, "ury": 120}, visibility="H")
    ),
    "a signature by hand": Wish(
        {},
        acting(
            type="GRAPHOMETRIC",
            graphometric={"fieldName": "f1"},
            coordinates={"page": 1, "llx": 50, "lly": 60, "urx": 200, "ury": 120},
        ),
        account={"trustLevel": "GRAPHO_FEA"},
    ),
    "a trust level of its own": Wish(
        {"trustLevel": "FEA"}, {}, account={"trustLevel": "INTERNAL_PDF"}, then=shows("trustLevelCode", "FEA")
    ),
}
BY_DOOR = {  # what only some doors can be told; elsewhere the preflight says so
    "a policy's own steps": Wish({"policy": {"code": "two_eyes"}, "documentClass": CLASS}, {}),
    "a document class with typed fields": Wish({"documentClass": CLASS}, {}),
    "a mail of all documents at the end": Wish(
        {"sendMail": {"to": [{"email": "archive@customer.example"}]}}, {}, then=mailed
    ),
    "reminders": Wish({}, {}, reminders=Reminders(first_after_days=3, every_days=3), doors=frozenset({"gosign-rest"})),
    "a note": Wish({"note": "For the records."}, {}, then=shows("note", "For the records.")),
}


def asked(world: GosignWorld, wish: Wish) -> Package:
    package = world.package(reminders=wish.reminders)
    person = package.recipients[0]
    if wish.group:
        person = replace(person, group=wish.group, email=None)
    options = {**wish.options, "recipients": {person.id: wish.own}} if wish.own else wish.options
    return replace(package, recipients=(person,), provider=replace(package.provider, options=options))


def goes_through(world: GosignWorld, package: Package, wish: Wish) -> None:
    sent = send(world, package, world.provider(**wish.account))
    for who in wish.by:
        assert world.provider().read(sent).status is PackageStatus.IN_PROCESS
        world.simulator.control.sign(sent.id, who)
    assert world.provider().read(sent).status is PackageStatus.SIGNED
    assert wish.then(world, sent)


@pytest.mark.parametrize("name", WISHES)
def test_gosign_does_what_a_package_asks_for(world, name):
    package = asked(world, WISHES[name])
    assert every_problem(package, world.provider(**WISHES[name].account), world.papers()) == ()
    goes_through(world, package, WISHES[name])


@pytest.mark.parametrize("name", BY_DOOR)
def test_what_only_some_doors_can_be_told_is_done_or_refused_beforehand(world, name):
    wish = BY_DOOR[name]
    package = asked(world, wish)
    problems = every_problem(package, world.provider(**wish.account), world.papers())
    if world.door not in wish.doors:
        assert {problem.code for problem in problems} <= {"unsupported_on_this_door", "unsupported_feature"}
        assert problems
        assert world.simulator.control.envelopes() == []
        return
    assert problems == ()
    goes_through(world, package, wish)
