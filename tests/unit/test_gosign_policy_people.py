"""What liveStatus tells of people whom a policy named, and nobody to us."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esign.domain.capabilities import Feature
from esign.domain.newcomers import welcome
from esign.domain.recipient import Role
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.gosign.capabilities import declared
from esign.providers.gosign.options import parse_options
from esign.providers.gosign.policy_people import person_of
from esign.providers.gosign.snapshot import snapshot
from esign.providers.gosign.wire import EnvelopeView, StepEvent, moment
from tests.fakes.factories import a_recipient
from tests.fakes.gosign_envelopes import example
from tests.fakes.gosign_packages import GOSIGN5, OAUTH, REST, a_contract, problems, said

T0, T1 = 1573837214000, 1573837225000
POLICY = {"policy": {"code": "two_eyes"}, "documentClass": {"name": "Order", "id": "377"}}
SENT, SIGNED, SKIPPED = RecipientStatus.SENT, RecipientStatus.SIGNED, RecipientStatus.SKIPPED
TO_SIGN, HAS_SIGNED = {"actions": 1, "signActions": 1}, {"actions": 1, "signedActions": 1}


def event(who="mgr", status="NEW", started=T0, ended=None, step=0, resume=TO_SIGN, **more):
    told = {"mgrExternalId": who, "mgrName": "Mario", "mgrSurname": "Rossi", "status": status, "startedAt": started}
    return told | {"endedAt": ended, "stepNumber": step, "actionsResume": resume} | more


def done(who="mgr", **more):
    return event(who, "WKD", T0, T1, resume=HAS_SIGNED, **more)


def seen(package, *events, status="PGS", **more):
    view = {"externalId": package.id, "status": status, "process": {"status": "O", "liveStatus": list(events)}} | more
    return snapshot(package, EnvelopeView.model_validate(view), parse_options(package.provider.options))


def out(*events, **more):
    """A package of a policy, out for signature, and read once."""
    package = replace(a_contract(0, options=POLICY, **more), status=PackageStatus.IN_PROCESS)
    return replace(package, recipients=welcome(package, seen(package, *events).newcomers).new)


def states(found):
    return [(r.recipient[-2:], r.status) for r in found.recipients]


def test_a_person_has_the_id_the_name_the_step_and_the_state_that_gosign_shows():
    (one,) = out(event("mgr", step=2, started=None)).recipients
    assert (one.external_id, one.full_name, one.email, one.signing_order) == ("mgr", "Mario Rossi", None, 3)
    assert (one.role, one.status, one.met) == (Role.SIGNER, RecipientStatus.WAITING, True)


def test_an_id_that_is_an_address_is_also_kept_as_one():
    assert out(event("m.rossi@example.com")).recipients[0].email == "m.rossi@example.com"
    assert out(event("m rossi@example.com")).recipients[0].email is None
    assert out(event("@example.com")).recipients[0].email is None


@pytest.mark.parametrize(
    ("resume", "role"),
    [
        (TO_SIGN, Role.SIGNER), (HAS_SIGNED, Role.SIGNER), ({"initialsActions": 1}, Role.SIGNER),
        ({"graphometricActions": 1}, Role.SIGNER), ({"signActions": 1, "approveActions": 2}, Role.SIGNER),
        ({"actions": 1, "approveActions": 1}, Role.APPROVER), ({"approvedActions": 1}, Role.APPROVER),
        ({"approvedActions": 1, "viewActions": 1}, Role.APPROVER), ({"actions": 1, "viewActions": 1}, Role.VIEWER),
        ({"viewedActions": "2"}, Role.VIEWER), ({"actions": 1, "registerActions": 1}, Role.APPROVER),
        ({}, Role.SIGNER), (None, Role.SIGNER), ({"actions": 0}, Role.SIGNER),
    ],
)  # fmt: skip
def test_what_somebody_has_to_do_is_their_role(resume, role):
    assert out(event(resume=resume)).recipients[0].role is role


@pytest.mark.parametrize("name", ["8.3.1-notification", "8.3.2-extended"])
def test_the_documents_own_step_events_are_people(name):
    told = example(name)
    (live,) = told.get("liveStatus") or told["process"]["liveStatus"]
    person = person_of(StepEvent.model_validate(live))
    assert person is not None
    known = live["fromMgrExternalId"] or live["mgrExternalId"]
    assert (person.external_id, person.signing_order) == (known, live["stepNumber"] + 1)


def test_an_event_without_anybody_is_nobody():
    assert out(event(None, mgrName="", mgrSurname=" ")).recipients == ()


def test_people_who_were_met_are_known_again():
    package = out(event("a"), event("b", step=1, started=None))
    found = seen(package, done("a"), event("b", step=1))
    assert (states(found), found.newcomers) == ([("01", SIGNED), ("02", SENT)], ())
    assert found.recipients[0].signed_at == moment(T1)


def test_a_step_that_is_shown_later_brings_its_people_then():
    found = seen(out(done("a")), done("a"), event("b", step=1), event("a", step=2))
    assert states(found) == [("01", SIGNED)]
    assert [(r.external_id, r.signing_order) for r in found.newcomers] == [("b", 2), ("a", 3)]


def test_where_only_the_current_step_is_shown_the_former_stay_as_they_were():
    found = seen(out(done("a")), event("a", step=1))
    assert states(found) == []
    assert [(r.external_id, r.signing_order) for r in found.newcomers] == [("a", 2)]


def test_a_substitute_is_no_second_signer():
    package = out(event("mgr"))
    found = seen(package, done("boss", fromMgrExternalId="mgr", mgrName="Carla", mgrSurname="Neri"))
    assert found.newcomers == ()
    assert (states(found), found.recipients[0].acted_by) == ([("01", SIGNED)], "Carla Neri")


def test_who_was_met_by_a_substitute_may_still_sign_themselves():
    package = out(event("boss", fromMgrExternalId="mgr", mgrName="Carla", mgrSurname="Neri"))
    found = seen(package, done("mgr"))
    assert (found.newcomers, found.recipients[0].acted_by) == ((), "Mario Rossi")


def test_two_of_one_name_are_two_and_ids_count():
    package = out(event("a"), event("b"))
    found = seen(package, done("b"))
    assert (states(found), found.newcomers) == ([("02", SIGNED)], ())


def test_one_of_several_who_was_not_needed_is_skipped_at_the_end_and_not_before():
    package = out(event("a"), event("b"))
    assert states(seen(package, done("a"), event("b"))) == [("01", SIGNED), ("02", SENT)]
    assert states(seen(package, done("a"), event("b"), status="WKD")) == [("01", SIGNED), ("02", SKIPPED)]
    assert states(seen(package, done("a"), event("b", "PCD"), status="WKD")) == [("01", SIGNED), ("02", SKIPPED)]


def test_who_is_not_said_to_have_stood_by_counts_as_done_at_the_end():
    package = out(event("a"), event("b"))
    told = (event("a", ended=T1), event("b", resume={}))
    assert states(seen(package, *told, status="WKD")) == [("01", SIGNED), ("02", SIGNED)]
    assert states(seen(package, event("a", "TCF", resume=HAS_SIGNED), event("b", resume=HAS_SIGNED), status="WKD")) == [
        ("01", SIGNED),
        ("02", SIGNED),
    ]
    assert states(seen(package, done("b"), status="WKD")) == [("01", SIGNED), ("02", SIGNED)]  # "current steps" (§4.1)
    assert states(seen(package, status="WKD")) == [("01", SIGNED), ("02", SIGNED)]


def test_people_of_a_step_that_nobody_read_before_the_end_come_with_it():
    package = replace(a_contract(0, options=POLICY), status=PackageStatus.IN_PROCESS)
    found = seen(package, done("a"), event("b"), status="WKD")
    assert [(r.external_id, r.status) for r in found.newcomers] == [("a", SIGNED), ("b", SKIPPED)]
    refused = seen(
        package, event("a", "ERJ", T0, T1), status="REJ", notes=[{"text": "No", "name": "Mario", "surname": "Rossi"}]
    )
    assert (refused.newcomers[0].decline_reason, refused.reason) == ("No", "No")


def test_without_a_policy_or_beside_named_people_strangers_are_left_out():
    assert seen(a_contract(0), event("a")).newcomers == ()
    assert seen(a_contract(1, options=POLICY), event("a")).newcomers == ()
    with_copy = a_contract(1, options=POLICY)
    copies = replace(with_copy, recipients=(replace(with_copy.recipients[0], role=Role.CC),))
    assert len(seen(copies, event("a")).newcomers) == 1


def test_a_policy_goes_without_tasks_people_or_new_users():
    package = a_contract(0, options=POLICY)
    assert problems(package, REST) == []
    assert said(package, REST)["envelope"]["procDef"] == {"code": "two_eyes", "revision": "-1"}


@pytest.mark.parametrize("door", [OAUTH, GOSIGN5], ids=lambda door: door["integration"])
def test_the_oauth2_services_take_no_policy(door):
    codes = {code for _, code in problems(a_contract(0, options=POLICY), door)}
    assert codes == {"unsupported_on_this_door"}


def test_which_doors_bring_people():
    yes: list[Any] = [
        REST,
        {"integration": "legalbus", "companion": True},
        {"integration": "soap", "readOperation": "find"},
    ]
    no: list[Any] = [
        OAUTH,
        OAUTH | {"companion": True},
        GOSIGN5,
        {"integration": "soap"},
        {"integration": "legalbus"},
    ]
    assert all(declared(door).supports(Feature.RECIPIENTS_BY_PROVIDER) for door in yes)
    assert not any(declared(door).supports(Feature.RECIPIENTS_BY_PROVIDER) for door in no)


def test_options_cannot_name_people_whom_nobody_knows_yet():
    package = a_contract(0, options=POLICY | {"recipients": {"mgr": {"howMany": 2}}})
    assert problems(package, REST) == [("/provider/options/recipients/mgr", "unknown_recipient")]
    assert a_recipient(package.id).met is False
