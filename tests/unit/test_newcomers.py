"""People whom the provider's own process brings: met in a read, once, whoever reads and however often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.domain.capabilities import Capabilities, Feature
from esign.domain.document import MAX_RECIPIENTS, SignatureObservation
from esign.domain.errors import Problem, Unprocessable
from esign.domain.events import EventType
from esign.domain.forgetting import subject_hash, without_subject
from esign.domain.newcomers import NOT_YET, same_person, welcome
from esign.domain.package import Counts
from esign.domain.recipient import Recipient, Role
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.operations.preflight import every_problem
from esign.operations.signature_gate import expected_signatures, unsigned
from tests.fakes.connector import Connector
from tests.fakes.factories import a_document, a_package, a_recipient
from tests.fakes.files import FakeInspector
from tests.fakes.papers import Papers
from tests.fakes.provider import FakeProvider

SENT, SIGNED, SKIPPED = RecipientStatus.SENT, RecipientStatus.SIGNED, RecipientStatus.SKIPPED
ONE = SignatureObservation(readable=True, signatures=1, intact=1, sound=1, covers_whole_file=True)


def manager(name: str = "mario", order: int = 1, status: RecipientStatus = SENT, **more: Any) -> Recipient:
    """As a provider shows somebody whom its process named."""
    known: dict[str, Any] = {
        "id": NOT_YET,
        "external_id": name,
        "first_name": name.title(),
        "last_name": "Rossi",
        "email": None,
    }
    return Recipient(**known | {"signing_order": order, "status": status, "met": True} | more)


def with_a_process(*people: Recipient) -> Connector:
    connector = Connector()
    connector.provider.has_process = True
    package = connector.create().package
    connector.add_document(package.id)
    connector.send(package.id)
    shows(connector, *people)
    return connector


def shows(connector: Connector, *people: Recipient, signed: bool = False) -> None:
    envelope = connector.provider.only()
    envelope.brought = list(people)
    if signed:
        envelope.status, envelope.vendor_status = PackageStatus.SIGNED, "Finished"


def read(connector: Connector):
    sent = connector.now(connector.provider.only().package.id)
    return connector.refresh.read_now(sent)


def people(package) -> list[tuple[str, str | None, RecipientStatus]]:
    return [(r.id.removeprefix(package.id), r.external_id, r.status) for r in package.recipients]


# ------------------------------------------------------------------------------------------------------------- sending


def test_nobody_has_to_be_named_where_the_providers_own_process_says_who_acts():
    assert read(with_a_process()).status is PackageStatus.IN_PROCESS


def test_elsewhere_a_signer_is_missing():
    connector = Connector()
    package = connector.ready(signers=0)
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert [p.code for p in refused.value.problems] == ["no_signers"]


def test_a_package_that_names_somebody_to_look_at_it_needs_a_signer_all_the_same():
    connector = Connector()
    connector.provider.has_process = True
    package = connector.ready(signers=0)
    connector.add_recipient(package.id, role=Role.VIEWER)
    with pytest.raises(Unprocessable) as refused:
        connector.send(package.id)
    assert [p.code for p in refused.value.problems] == ["no_signers"]


def test_the_providers_own_rules_are_asked_without_recipients_too():
    provider = FakeProvider()
    provider.has_process = True
    provider.problems = (Problem("/provider/options/policy", "class_missing", "Name its class."),)
    package = a_package(documents=(a_document(a_package().id),))
    assert every_problem(package, provider, Papers()) == provider.problems


# ------------------------------------------------------------------------------------------------------------- reading


def test_a_read_makes_recipients_of_them():
    package = read(with_a_process(manager("mario"), manager("anna", 2, RecipientStatus.WAITING)))
    assert people(package) == [("_r01", "mario", SENT), ("_r02", "anna", RecipientStatus.WAITING)]
    assert package.counts == Counts(signed=0, pending=2, total=2)
    assert all(r.met for r in package.recipients)


def test_the_same_read_again_adds_nobody_and_tells_nothing():
    connector = with_a_process(manager())
    once = read(connector)
    assert read(connector).recipients == once.recipients
    lines, _ = connector.packages.timeline(connector.account, once.id)
    assert [line.text for line in lines if "Its own process brought 1 recipient" in line.text] == [
        "The provider shows 'Pending': 0 of 1 signer signed. Its own process brought 1 recipient whom Coupa had not named."
    ]


def test_two_readers_at_once_add_everybody_once_and_the_later_word_counts():
    connector = with_a_process(manager("mario"), manager("anna"))
    connector.provider.during["read"] = lambda: read(connector)
    shows(connector, manager("mario"), manager("anna", status=SIGNED))
    package = read(connector)
    assert people(package) == [("_r01", "mario", SENT), ("_r02", "anna", SIGNED)]
    assert package.counts == Counts(signed=1, pending=1, total=2)


def test_who_comes_later_is_added_later():
    connector = with_a_process(manager("mario"))
    read(connector)
    shows(connector, manager("mario", status=SIGNED), manager("anna", 2))
    assert people(read(connector)) == [("_r01", "mario", SIGNED), ("_r02", "anna", SENT)]


def test_somebody_at_two_steps_is_two_recipients():
    connector = with_a_process(manager("mario"), manager("mario", 2, RecipientStatus.WAITING))
    assert len(read(connector).recipients) == 2
    assert len(read(connector).recipients) == 2


def test_somebody_without_an_id_is_known_by_step_and_name():
    nameless = manager(external_id=None)
    connector = with_a_process(nameless)
    read(connector)
    shows(connector, replace(nameless, status=SIGNED))
    assert people(read(connector)) == [("_r01", None, SIGNED)]
    assert not same_person(nameless, replace(nameless, first_name="Anna"))
    assert not same_person(nameless, manager("mario", first_name="Mario"))


def test_coupa_is_told_of_a_signature_by_somebody_whom_that_very_read_brought():
    connector = with_a_process(manager("mario", status=SIGNED), manager("anna", 2))
    package = read(connector)
    last = connector.packages.events_after(connector.account, package.id, 0)[-1]
    assert (last.type, last.recipient) == (EventType.RECIPIENT_SIGNED, package.recipients[0].id)
    assert package.counts.signed == 1


def test_a_refusal_is_told_with_its_reason_in_that_very_read():
    connector = with_a_process(manager(status=RecipientStatus.DECLINED, decline_reason="Clause 4"))
    connector.provider.only().status = PackageStatus.DECLINED
    package = read(connector)
    told = connector.packages.events_after(connector.account, package.id, 0)[1:]
    assert [e.type for e in told] == [EventType.RECIPIENT_DECLINED, EventType.PACKAGE_DECLINED]
    assert told[0].reason == "Clause 4"


def test_the_sweep_finds_them_too():
    connector = with_a_process(manager())
    connector.clock.advance(connector.timing.poll_plan[0] + 1)
    connector.sweep()
    assert people(connector.now(connector.provider.only().package.id)) == [("_r01", "mario", SENT)]


def test_beside_people_whom_coupa_named_nobody_is_added():
    connector = Connector()
    package = connector.sent(signers=1)
    shows(connector, manager())
    assert [r.external_id for r in read(connector).recipients] == ["s1"]
    assert package.id


def test_receivers_of_copies_may_be_named_beside_them():
    connector = Connector()
    connector.provider.has_process = True
    package = connector.ready(signers=0)
    connector.add_recipient(package.id, role=Role.CC, external_id="archive")
    connector.send(package.id)
    shows(connector, manager())
    assert people(read(connector)) == [("_r01", "archive", RecipientStatus.CREATED), ("_r02", "mario", SENT)]


def test_more_people_than_a_package_can_have_are_counted_and_left_out():
    connector = with_a_process(*(manager(f"m{n}") for n in range(MAX_RECIPIENTS + 3)))
    package = read(connector)
    assert len(package.recipients) == MAX_RECIPIENTS
    lines, _ = connector.packages.timeline(connector.account, package.id)
    assert lines[-1].text.endswith("It shows 3 more; a package has 50 recipients at most.")
    assert read(connector).recipients == package.recipients


def test_after_the_end_nobody_new_comes():
    for status in (PackageStatus.EXPIRED, PackageStatus.SIGNED, PackageStatus.COMPLETE):
        assert welcome(a_package(status=status), [manager()]).new == ()


# ------------------------------------------------------------------------------------------------------------- the end


def test_it_completes_when_the_provider_says_so_and_not_when_everybody_met_has_signed():
    connector = with_a_process(manager(status=SIGNED))
    package = read(connector)
    assert (package.status, package.counts.pending) == (PackageStatus.IN_PROCESS, 0)
    shows(connector, manager(status=SIGNED), manager("anna", 2, SIGNED), signed=True)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert after.status is PackageStatus.COMPLETE
    assert after.counts == Counts(signed=2, total=2)


def test_who_was_not_needed_is_skipped_without_asking_a_person():
    connector = with_a_process(manager("mario", status=SIGNED), manager("anna"))
    package = read(connector)
    shows(connector, manager("mario", status=SIGNED), manager("anna", status=SKIPPED), signed=True)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status, after.attention) == (PackageStatus.COMPLETE, None)
    assert after.counts == Counts(signed=1, skipped=1, total=2)


def sealing(*seen: SignatureObservation, documents: int = 1) -> Connector:
    connector = Connector()
    connector.provider.capabilities = Capabilities("fake", dict.fromkeys(Feature), seals_pdf=True)
    connector.provider.has_process, connector.inspector = True, FakeInspector(*seen)
    package = connector.create().package
    for number in range(documents):
        connector.add_document(package.id, name=f"{number}.pdf", external_id=str(number))
    connector.send(package.id)
    return connector


TWO = replace(ONE, signatures=2, intact=2, sound=2)
NONE = SignatureObservation(readable=True)
BOTH = (manager("mario", status=SIGNED), manager("anna", status=SIGNED))
BROKEN = replace(TWO, intact=1, sound=1)


@pytest.mark.parametrize(
    ("shown", "seen", "enough"),
    [
        (BOTH, (TWO,), True),
        (BOTH, (ONE,), False),
        (BOTH, (ONE, ONE), True),  # each signed one of two documents
        (BOTH, (TWO, NONE), True),
        (BOTH, (ONE, NONE), False),
        (BOTH, (TWO, BROKEN), False),
        ((manager(status=RecipientStatus.APPROVED, role=Role.APPROVER),), (NONE,), True),
        ((), (NONE,), False),  # it showed nobody: somebody must have signed
        ((), (ONE,), True),
    ],
)
def test_signatures_are_expected_of_those_who_signed_in_whichever_document(shown, seen, enough):
    connector = sealing(*seen, documents=len(seen))
    shows(connector, *shown, signed=True)
    package = connector.provider.only().package
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert (after.status is PackageStatus.COMPLETE) is enough
    assert enough or after.attention.code is Attention.EVIDENCE_REJECTED


def test_which_of_several_documents_somebody_signed_is_not_known():
    package = a_package()
    signer = a_recipient(package.id, status=SIGNED, met=True)
    papers = tuple(a_document(package.id, n) for n in (1, 2))
    several = replace(package, documents=papers, recipients=(signer,))
    assert [expected_signatures(several, d.id) for d in papers] == [0, 0]
    assert expected_signatures(replace(several, documents=papers[:1]), papers[0].id) == 1
    assert unsigned(several) == "The files have 0 sound signatures in all; 1 are expected."


# ---------------------------------------------------------------------------------------------------------- forgetting


def test_an_address_that_came_so_is_found_and_removed_with_the_id():
    connector = with_a_process(manager("mario@example.com", email="mario@example.com"))
    package = read(connector)
    shows(connector, *[replace(r, status=SIGNED) for r in connector.provider.only().brought], signed=True)
    connector.run_refresh(package.id)
    connector.deliver(package.id)
    (one,) = connector.subject_request.forget(connector.account, "Mario@Example.com").packages
    assert (one.package, one.recipients) == (package.id, 1)
    (left,) = connector.now(package.id).recipients
    assert (left.email, left.external_id, left.full_name) == (None, None, "Recipient 01")


def test_an_id_at_the_provider_names_the_person_whatever_its_form():
    fiscal = a_recipient(a_package().id, external_id="RSSMRA80A01H501U", email="m@example.com", met=True)
    named = replace(fiscal, id=a_recipient(a_package().id, 2).id, met=False)
    package = a_package(recipients=(fiscal, named))
    left = without_subject(package, subject_hash("m@example.com")).recipients
    assert [r.external_id for r in left] == [None, "RSSMRA80A01H501U"]


def test_whom_was_forgotten_no_read_brings_back():
    """An expired package may be taken up again by a person."""
    person = manager("mario@example.com", email="mario@example.com")
    package = a_package(status=PackageStatus.IN_PROCESS)
    package = replace(package, recipients=welcome(package, [person]).new)
    forgotten = without_subject(package, subject_hash("mario@example.com"))
    assert welcome(forgotten, [person]).new == ()
    assert welcome(package, [person]).new == ()
