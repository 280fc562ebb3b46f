"""A policy of GoSign's says who acts (seeds/004 §6.5): the whole job without naming anybody, against the simulator."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from esign.domain.drafts import InlineContent
from esign.domain.errors import ProviderRefused, Unprocessable
from esign.domain.events import EventType
from esign.domain.package import Counts, Package
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.pades.inspector import PdfSignatureInspector
from esign.ports import TakenInCharge
from tests.contract.gosign_world import GosignWorld, gosign
from tests.fakes.connector import Connector
from tests.fakes.gosign_envelopes import action, task
from tests.fakes.papers import a_pdf
from tests.fakes.provider import FakeProviders

CLASS = {"name": "Order", "id": "377", "fields": [{"name": "Proj_number", "textValue": "4711"}]}
PAPER = a_pdf(1)


def policy(code: str) -> dict[str, object]:
    return {"policy": {"code": code}, "documentClass": CLASS}


POLICIES = {
    # Approved by one, then signed by two at once, then seen by a fourth.
    "in_order": {
        "1": [
            task("managerU", 1, actionDefs=[action(0, "A")]),
            task("mgrU", 2, actionDefs=[action(0)]),
            task("usrU", 2, actionDefs=[action(0)]),
            task("usr2U", 3, actionDefs=[action(0, "V")]),
        ]
    },
    "any_of_role": {"1": [task("1R", 1, actionDefs=[action(0)])]},
    "two_papers": {"1": [task("mgrU", 1, actionDefs=[action(0), action(1)])]},
}


@dataclass
class OnGosign(Connector):
    """The operations, over our adapter and the simulator."""

    world: GosignWorld = field(kw_only=True)

    def _providers(self) -> FakeProviders:
        return Doors(self.world)

    def draft(self, code: str, **copy: object) -> Package:
        package = self.create(options=policy(code)).package
        self.add_document(package.id, source=InlineContent(io.BytesIO(PAPER), len(PAPER)))
        if copy:
            self.add_recipient(package.id, role=Role.CC, **copy)
        return self.now(package.id)

    def read(self, package: Package) -> Package:
        return self.refresh.read_now(self.now(package.id))


class Doors(FakeProviders):
    def __init__(self, world):
        self.world = world

    def open(self, account, *, observe=None):
        return self.world.provider()

    def capabilities(self, account):
        return self.world.provider().capabilities

    def check_options(self, provider, options):
        return ()


@pytest.fixture(scope="module")
def running():
    with gosign("gosign-rest") as world:
        yield world


@pytest.fixture
def connector(running):
    running.reset()
    return on(running)


def on(world, **switches) -> OnGosign:
    classes = {"377": {"name": "Order", "mandatory": ["Proj_number"]}}
    world.simulator.control.configure(
        policies=POLICIES, doc_classes=classes, switches={"future_steps": "shown"} | switches
    )
    connector = OnGosign(world=world)
    inspector: Any = PdfSignatureInspector()
    connector.inspector = inspector  # the account's level promises signatures in the PDF
    return connector


def people(package) -> list[tuple[str, str, int, str]]:
    return [(r.full_name, r.role.value, r.signing_order, r.status.value) for r in package.recipients]


def sign(connector, package, *who):
    for one in who:
        connector.world.simulator.control.sign(package.id, one)


def told(connector, package):
    return [e.type for e in connector.packages.events_after(connector.account, package.id, 0)]


def test_the_whole_job_without_naming_anybody(connector):
    whole_job(connector)


def test_the_whole_job_by_soap():
    with gosign("gosign-soap") as world:
        whole_job(on(world, soap_process="processDef"))


def whole_job(connector):
    draft = connector.draft("in_order")
    sent = connector.send(draft.id)
    assert (sent.status, sent.recipients) == (PackageStatus.IN_PROCESS, ())
    assert people(connector.read(sent)) == [
        ("Carla Neri", "APPROVER", 1, "SENT"),
        ("Mario Rossi", "SIGNER", 2, "WAITING"),
        ("Anna Bianchi", "SIGNER", 2, "WAITING"),
        ("Luigi Verdi", "VIEWER", 3, "WAITING"),
    ]
    sign(connector, sent, "manager", "usr", "mgr")
    between = connector.read(sent)
    assert (between.status, between.counts) == (PackageStatus.IN_PROCESS, Counts(signed=2, total=2))
    sign(connector, sent, "usr2")
    connector.run_refresh(sent.id)
    after = connector.now(sent.id)
    assert (after.status, after.counts) == (PackageStatus.COMPLETE, Counts(signed=2, total=2))
    assert [r.status.value for r in after.recipients] == ["APPROVED", "SIGNED", "SIGNED", "VIEWED"]
    assert all(r.met and r.email is None for r in after.recipients)
    assert told(connector, sent).count(EventType.RECIPIENT_SIGNED) == 3


def test_a_step_that_gosign_hides_brings_its_people_when_it_begins(connector):
    connector.world.simulator.control.configure(switches={"future_steps": "hidden"})
    sent = connector.send(connector.draft("in_order").id)
    assert len(connector.read(sent).recipients) == 1
    sign(connector, sent, "manager")
    assert len(connector.read(sent).recipients) == 3
    sign(connector, sent, "usr", "mgr")
    assert len(connector.read(sent).recipients) == 4


def test_of_a_role_whoever_comes_first_signs_and_the_other_is_skipped(connector):
    sent = connector.send(connector.draft("any_of_role").id)
    assert connector.read(sent).counts.total == 2
    sign(connector, sent, "usr")
    connector.run_refresh(sent.id)
    after = connector.now(sent.id)
    assert (after.status, after.attention) == (PackageStatus.COMPLETE, None)
    assert after.counts == Counts(signed=1, skipped=1, total=2)


def test_a_substitute_adds_no_second_signer(connector):
    sent = connector.send(connector.draft("any_of_role").id)
    connector.read(sent)
    connector.world.simulator.control.replace(sent.id, "mgr", "manager_1")
    sign(connector, sent, "manager_1")
    connector.run_refresh(sent.id)
    mario, _ = connector.now(sent.id).recipients
    assert (mario.full_name, mario.status, mario.acted_by) == ("Mario Rossi", RecipientStatus.SIGNED, "Paolo Gialli")


def test_a_refusal_ends_it(connector):
    sent = connector.send(connector.draft("in_order").id)
    connector.world.simulator.control.reject(sent.id, "manager", "Clause 4")
    after = connector.read(sent)
    assert after.status is PackageStatus.DECLINED
    assert [r.status.value for r in after.recipients] == ["DECLINED", "CANCELLED", "CANCELLED", "CANCELLED"]


def test_copies_may_be_named_beside_a_policy(connector):
    draft = connector.draft("two_papers", external_id="archive")
    connector.add_document(draft.id, external_id="2", source=InlineContent(io.BytesIO(PAPER), len(PAPER)))
    sent = connector.send(draft.id)
    assert [r.role for r in connector.read(sent).recipients] == [Role.CC, Role.SIGNER]
    sign(connector, sent, "mgr")
    connector.run_refresh(sent.id)
    after = connector.now(sent.id)
    assert [r.status for r in after.recipients] == [RecipientStatus.SENT, RecipientStatus.SIGNED]
    assert after.counts == Counts(signed=1, total=1)


def test_a_template_with_more_documents_is_refused_and_can_be_sent_again(connector):
    draft = connector.draft("two_papers")
    with pytest.raises(ProviderRefused):
        connector.send(draft.id)
    assert connector.now(draft.id).status is PackageStatus.DRAFT


def test_without_a_policy_somebody_must_be_named(connector):
    package = connector.create().package
    connector.add_document(package.id, source=InlineContent(io.BytesIO(PAPER), len(PAPER)))
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert [p.code for p in refused.value.problems] == ["no_signers"]
    assert connector.world.simulator.control.envelopes() == []


def test_what_legalbus_took_in_charge_brings_its_people_as_well():
    with gosign("gosign-legalbus") as world:
        draft = on(world).draft("any_of_role")
        provider, papers = world.provider(), world.papers()
        taken = provider.send(draft, papers, progress={}, checkpoint=lambda _: None, callback_url=None)
        assert isinstance(taken, TakenInCharge)
        world.settled(draft)
        out = replace(draft, provider=replace(draft.provider, reference=(draft.id,)))
        assert [r.external_id for r in provider.read(out).newcomers] == ["mgr", "usr"]
