"""Crash points: at every external call of every operation, in every way in which a call can fail, and the world goes on.

Each scenario runs once undisturbed, which counts its external calls. Then it runs again for each of them and each fault;
Coupa repeats what got no answer, the sweep finds what was left, and the same end must be reached with I1 to I8 unbroken.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from esign.domain.document import MAX_INLINE
from esign.domain.drafts import UploadRequest
from esign.domain.errors import ConnectorError
from esign.domain.events import EventType
from esign.domain.ids import PackageId
from esign.domain.package import Callback
from esign.domain.status import PackageStatus
from esign.operations.send_package import IN_REQUEST
from esign.ports import Listing
from esign.runtime.endpoint import Reply
from tests.fakes.connector import CONTRACT
from tests.fakes.door import Door
from tests.reliability.injector import LATE, Crash, Fault, Injector
from tests.reliability.world import World

_S = PackageStatus


@dataclass(frozen=True)
class Scenario:
    """`given` prepares the world undisturbed, `act` is what meets the fault, `then` says the end that must be reached."""

    name: str
    given: Callable[[World], PackageId | None]
    act: Callable[[World, Any], object]
    then: Callable[[World, Any], None]


def ends(status: PackageStatus, *told: EventType, envelopes: int = 1) -> Callable[[World, PackageId], None]:
    def then(world: World, package: PackageId) -> None:
        after = world.look(package)
        assert after.status is status, after.status_reason
        assert [e.type for e in world.seen.outbox[world.account, package]] == list(told)
        assert sum(e.started for e in world.service.made) == envelopes

    return then


SENT = (EventType.PACKAGE_SENT,)
SIGNED = (*SENT, EventType.RECIPIENT_SIGNED, EventType.PACKAGE_SIGNED)
COMPLETE = (*SIGNED, EventType.PACKAGE_COMPLETED)


def a_draft(world: World) -> PackageId:
    return world.ready(external_id="C-1").id


def a_large_draft(world: World) -> PackageId:
    """Large by what is recorded: the bytes themselves would only cost time."""
    package = world.ready(external_id="C-1")
    large = replace(package.documents[0], size=IN_REQUEST + 1)
    world.packages.commit(package, replace(package, documents=(large,)))
    return package.id


def sent(world: World) -> PackageId:
    package = world.sent(external_id="C-1").id
    world.work()
    world.clock.advance(60)
    return package


def ended(status: PackageStatus, *, files: bool = True) -> Callable[[World], PackageId]:
    def given(world: World) -> PackageId:
        package = sent(world)
        assert world.service.end(package, status, at=world.clock.now(), files=files)
        return package

    return given


def left_after(call: str, fault: Fault) -> Callable[[World], PackageId]:
    """A submission whose Lambda was killed; its deadline and the grace are over."""

    def given(world: World) -> PackageId:
        package = a_draft(world)
        world.injector.ambush = (call, fault)
        with pytest.raises(Crash):
            world.send(package)
        world.clock.advance(world.timing.send_budget + world.timing.send_grace + 1)
        return package

    return given


def a_draft_whose_start_commits_late(world: World) -> PackageId:
    """The reply to its first start is lost; the envelope is out when the next start comes."""
    world.injector.ambush = ("provider.start", LATE)
    return a_draft(world)


def sweep_and_look(world: World, package: PackageId) -> None:
    world.sweep_once()
    world.work()
    if world.look(package).status is _S.DRAFT:
        world.insist(lambda: world.send(package))


def one_open_package(world: World, _given: object) -> None:
    heads, _ = world.bare.listing(world.account, Listing(external_id="C-1"))
    assert [head.status for head in heads] == [_S.DRAFT]


def one_document(world: World, package: PackageId) -> None:
    (document,) = world.look(package).documents
    assert world.documents.inspect(str(document.key)).size == len(CONTRACT)


def one_upload(world: World, package: PackageId) -> None:
    (document,) = world.look(package).documents
    assert document.size == MAX_INLINE


def one_recipient(world: World, package: PackageId) -> None:
    assert [r.external_id for r in world.look(package).recipients] == ["s1"]


def no_draft(world: World, package: PackageId) -> None:
    ends(_S.DELETED, envelopes=0)(world, package)
    assert world.documents.objects == {}


def withdraw_while_sending(world: World, package: PackageId) -> None:
    """Coupa deletes while its own Send has no answer yet."""
    world.insist(lambda: world.send(package))
    world.insist(lambda: world.delete(package, "the deal is off"))


def send_and_look(world: World, package: PackageId) -> None:
    """The answer was SENDING; where a later look finds a draft again (nothing arrived), Coupa sends anew."""
    world.insist(lambda: world.send(package))
    world.work()
    if world.look(package).status is _S.DRAFT:
        world.insist(lambda: world.send(package))


def delivered(world: World, package: PackageId) -> None:
    ends(_S.IN_PROCESS, *SENT)(world, package)
    assert {e.type for e in world.seen.told} == set(SENT)


def one_of(*ways: Callable[[World, PackageId], None]) -> Callable[[World, PackageId], None]:
    def then(world: World, package: PackageId) -> None:
        status = world.look(package).status
        assert status in {_S.CANCELLED, _S.DELETED}
        ways[status is _S.DELETED](world, package)

    return then


def files_come_late(world: World, package: PackageId) -> None:
    a_callback(world, package)
    world.work()
    world.service.only().files_ready = True


def complete_without_trail(world: World, package: PackageId) -> None:
    assert world.look(package).status is _S.COMPLETE
    world.seen.whole.clear()  # a person decided that the missing trail is fine


def a_callback(world: World, package: PackageId) -> None:
    """The provider calls again when it gets no 2xx."""
    world.insist(lambda: world.callback(package, remind=True))


def accepted(world: World, package: PackageId) -> None:
    world.insist(lambda: world.accept(package))


def without_trail(world: World) -> PackageId:
    package = sent(world)
    world.service.only().trail = False
    world.service.end(package, _S.SIGNED, at=world.clock.now())
    world.callback(package)
    world.work()
    assert world.look(package).attention is not None
    return package


def held(world: World) -> PackageId:
    """An event waits since Coupa's endpoint was down."""
    world.endpoint.down = True
    package = world.sent(external_id="C-1").id
    world.work()
    world.endpoint.down = False
    world.clock.advance(60)
    return package


PERSON = {"fullName": "Anna Berg", "email": "anna@example.com"}
PAPER = {"name": "contract.pdf", "content": base64.b64encode(CONTRACT).decode()}


def under_one_key(operation: str, body: object = None, *, method: str = "POST") -> Callable[[World, PackageId], None]:
    """Coupa asks until it has an answer, each time when the last invocation can no longer be at work, and once more."""

    def act(world: World, package: PackageId | None) -> None:
        door = Door(world)

        def ask() -> Reply:
            return door(operation, body, key="k1", package=package, method=method)

        first = world.insist(ask, every=30)
        world.clock.advance(30)
        again = world.insist(ask, every=30)
        assert first is not None
        assert again is not None
        assert (again.status, again.body) == (first.status, first.body)

    return act


def one_package(world: World, _given: object) -> None:
    assert len(world.bare.listing(world.account, Listing())[0]) == 1


def one_person(world: World, package: PackageId) -> None:
    assert len(world.look(package).recipients) == 1


def no_callback(world: World, package: PackageId) -> None:
    assert world.look(package).callback is None


def with_a_callback(world: World) -> PackageId:
    package = world.create().package
    callback = Callback("https://coupa.example/other")
    world.packages.commit(package, replace(package, callback=callback))
    return package.id


WITH_A_KEY = [
    Scenario("create_with_key", lambda _: None, under_one_key("create_package", {"name": "Lease"}), one_package),
    Scenario(
        "add_documents_with_key",
        lambda w: w.create().package.id,
        under_one_key("add_documents", {"documents": [PAPER]}),
        one_document,
    ),
    Scenario(
        "add_recipients_with_key",
        lambda w: w.create().package.id,
        under_one_key("add_recipients", {"recipients": [PERSON]}),
        one_person,
    ),
    Scenario(
        "callback_removed_with_key",
        with_a_callback,
        under_one_key("configure_callback", method="DELETE"),
        no_callback,
    ),
    Scenario("send_with_key", a_draft, under_one_key("send_package"), ends(_S.IN_PROCESS, *SENT)),
    Scenario("delete_with_key", a_draft, under_one_key("delete_package", method="DELETE"), no_draft),
]

SCENARIOS = [
    *WITH_A_KEY,
    Scenario("create", lambda _: None, lambda w, _: w.insist(lambda: w.create(external_id="C-1")), one_open_package),
    Scenario(
        "add_documents",
        lambda w: w.create().package.id,
        lambda w, p: w.insist(lambda: w.add_document(p, external_id="d1")),
        one_document,
    ),
    Scenario(
        "add_documents_by_upload",
        lambda w: w.create().package.id,
        lambda w, p: w.insist(lambda: w.add_document(p, external_id="d1", source=UploadRequest(MAX_INLINE, "ab" * 32))),
        one_upload,
    ),
    Scenario(
        "add_recipients",
        lambda w: w.create().package.id,
        lambda w, p: w.insist(lambda: w.add_recipient(p, external_id="s1")),
        one_recipient,
    ),
    Scenario("send_small", a_draft, lambda w, p: w.insist(lambda: w.send(p)), ends(_S.IN_PROCESS, *SENT)),
    Scenario("send_committed_late", a_draft_whose_start_commits_late, send_and_look, ends(_S.IN_PROCESS, *SENT)),
    Scenario("send_large", a_large_draft, send_and_look, ends(_S.IN_PROCESS, *SENT)),
    *(
        Scenario(
            f"resume_{call}_{fault.name.lower()}", left_after(call, fault), sweep_and_look, ends(_S.IN_PROCESS, *SENT)
        )
        for call in ("provider.create", "provider.upload", "provider.start")
        for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
    ),
    Scenario("callback_and_refresh", ended(_S.SIGNED), a_callback, ends(_S.COMPLETE, *COMPLETE)),
    Scenario("refresh_by_sweep", ended(_S.SIGNED), lambda w, _: w.settle(days=1), ends(_S.COMPLETE, *COMPLETE)),
    Scenario(
        "decline",
        ended(_S.DECLINED),
        a_callback,
        ends(_S.DECLINED, *SENT, EventType.RECIPIENT_DECLINED, EventType.PACKAGE_DECLINED),
    ),
    Scenario("expire", ended(_S.EXPIRED), a_callback, ends(_S.EXPIRED, *SENT, EventType.PACKAGE_EXPIRED)),
    Scenario(
        "withdraw",
        sent,
        lambda w, p: w.insist(lambda: w.delete(p, "the deal is off")),
        ends(_S.CANCELLED, *SENT, EventType.PACKAGE_CANCELLED),
    ),
    Scenario(
        "withdraw_while_sending",
        a_large_draft,
        withdraw_while_sending,
        one_of(ends(_S.CANCELLED, *SENT, EventType.PACKAGE_CANCELLED), ends(_S.DELETED, envelopes=0)),
    ),
    Scenario("accept_evidence", without_trail, accepted, complete_without_trail),
    Scenario("files_come_late", ended(_S.SIGNED, files=False), files_come_late, ends(_S.COMPLETE, *COMPLETE)),
    Scenario("delete_draft", a_draft, lambda w, p: w.insist(lambda: w.delete(p)), no_draft),
    Scenario("delivery", held, lambda w, _: w.sweep_once(), delivered),
]


def played(scenario: Scenario, injector: Injector) -> World:
    """The scenario under the injector, until the world is at rest."""
    world = World(injector=injector)
    given = scenario.given(world)
    with injector.watching():
        scenario.act(world, given)
        world.work()
    world.settle(days=2)
    scenario.then(world, given)
    world.check_told()
    return world


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_every_external_call_may_fail_in_every_way(scenario: Scenario, record_property: Any) -> None:
    calls = played(scenario, Injector()).injector.calls
    assert calls
    tried = 0
    for at in range(1, len(calls) + 1):
        for fault in Fault:
            injector = Injector(at, fault)
            try:
                played(scenario, injector)
            except (AssertionError, ConnectorError) as broken:
                raise AssertionError(f"call {at} ({calls[at - 1]}): {fault}") from broken
            assert injector.fired, (at, calls[at - 1])
            tried += 1
    assert tried == len(calls) * len(Fault)
    record_property("points", tried)
