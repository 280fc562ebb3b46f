"""The Connective simulator: roles, groups, order, signing types and what the status shows of people (v3, v3.1)."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.fakes.connective_packages import (
    FIELD,
    actor_states,
    add,
    create,
    jane,
    john,
    one_signer,
    person,
    process,
    send,
    signer,
    started,
    status,
    two_signers,
    with_document,
)

APPROVER = {"Type": "Approver", "OrderIndex": 0}


def actors(api, package):
    return {s["EmailAddress"]: s["Actors"][0] for s in status(api, package)["Stakeholders"]}


def refused(response):
    assert response.status_code in {400, 409}, response.text
    return response.status_code, response.json()["ErrorCode"].split(":")[0]


def test_equal_order_means_that_both_may_sign_at_once(api, control):
    package = started(api, jane, lambda places: person("john", signer(places[1], order=1)), fields=2)
    assert set(actor_states(status(api, package)).values()) == {"Available"}
    control.sign(package, "john@example.org")
    assert control.sign(package, "jane@example.org")["PackageStatus"] == "Finished"


def test_approvers_come_before_signers_and_do_not_sign(api, control):
    package = started(api, person("boss", APPROVER), jane)
    assert actor_states(status(api, package)) == {"boss@example.org": "Available", "jane@example.org": "Draft"}
    control.approve(package, "boss@example.org")
    assert actor_states(status(api, package))["jane@example.org"] == "Available"
    assert actors(api, package)["boss@example.org"]["Locations"] == []


def test_an_approver_after_a_signer_is_refused(api):
    package, _, places = with_document(api)
    late = process(api, package, person("boss", {**APPROVER, "OrderIndex": 1}), person("jane", signer(places[0])))
    assert refused(late) == (400, "Actor.OrderIndex")


def test_a_receiver_has_no_reason_or_locations_and_hears_of_the_end(api, control):
    package = started(api, jane, person("cc", {"Type": "Receiver", "SendNotifications": True}))
    assert set(actors(api, package)["cc@example.org"]) == {"Type", "ActorId", "ActionUrl", "ActionUrls", "ActorStatus"}
    control.sign(package, "jane@example.org")
    assert [(mail["to"], mail["kind"]) for mail in control.mails(package)] == [("cc@example.org", "finished")]


def test_no_mails_are_sent_unless_asked_for(api, control):
    silent = one_signer(api)
    loud = started(api, lambda places: person("jane", signer(places[0], SendNotifications=True)))
    assert control.mails(silent) == []
    assert [mail["kind"] for mail in control.mails(loud)] == ["invitation"]


def test_each_member_of_a_person_group_has_a_url_and_one_signs_for_all(api, control):
    people = [{"EmailAddress": f"{n}@example.org", "FirstName": n, "LastName": "X"} for n in ("ann", "bob")]

    def group(places):
        return {"Type": "PersonGroup", "PersonGroupName": "Board", "Persons": people, "Actors": [signer(places[0])]}

    package = started(api, group)
    (shown,) = status(api, package)["Stakeholders"]
    actor = shown["Actors"][0]
    assert (shown["Type"], shown["PersonGroupName"], shown["EmailAddress"]) == ("PersonGroup", "Board", None)
    assert actor["ActionUrl"] is None
    assert [link["EmailAddress"] for link in actor["ActionUrls"]] == ["ann@example.org", "bob@example.org"]
    assert control.sign(package, "bob@example.org")["PackageStatus"] == "Finished"


def test_a_contact_group_must_be_configured_and_shows_its_code(api, control):
    package, _, places = with_document(api)
    group = {"Type": "ContactGroup", "ContactGroupCode": "LEGAL", "Actors": [signer(places[0])]}
    assert refused(process(api, package, group)) == (409, "ContactGroup.NotFound")
    control.configure(
        contact_groups={"LEGAL": [{"EmailAddress": "lex@example.org"}, {"EmailAddress": "lea@example.org"}]}
    )
    assert process(api, package, group).status_code == 200
    (shown,) = send(api, package).json()["Stakeholders"]
    assert shown["ContactGroupCode"] == "LEGAL"
    assert len(shown["Actors"][0]["ActionUrls"]) == 2


def test_completed_by_is_told_for_authenticated_methods_only(api, control):
    eid = {"SigningTypes": [{"SigningType": "Manual"}, {"SigningType": "BeId"}]}
    for method, expected in (("Manual", None), ("BeId", "Jane Doe")):
        package = started(api, lambda places: person("jane", signer(places[0], **eid)))
        control.sign(package, "jane@example.org", method=method)
        actor = actors(api, package)["jane@example.org"]
        assert actor["CompletedBy"] == expected
        assert actor["CompletedTimestamp"].endswith("Z")
        assert actor["Locations"][0]["UsedSigningType"] == method


def test_nobody_signs_with_a_type_that_was_not_asked_for(api, control):
    package = started(api, lambda places: person("jane", signer(places[0], SigningTypes=[{"SigningType": "BeId"}])))
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.sign(package, "jane@example.org", method="Manual")


def test_a_rejection_ends_the_package_and_keeps_its_reason(api, control):
    package = two_signers(api)
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.reject(package, "john@example.org", "not my turn")
    assert control.reject(package, "jane@example.org", "Wrong price")["PackageStatus"] == "Rejected"
    actor = actors(api, package)["jane@example.org"]
    assert (actor["ActorStatus"], actor["Reason"], actor["ActionUrl"]) == ("Rejected", "Wrong price", None)
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.sign(package, "john@example.org")


@pytest.mark.parametrize("switch", ["same_stakeholder", "new_stakeholder"])
def test_reassignment_gives_the_step_to_somebody_else(api, control, switch):
    control.configure(switches={"reassignment": switch})
    package = one_signer(api, ReassignEnabled=True)
    before = status(api, package)["Stakeholders"][0]
    control.reassign(package, "jane@example.org", email="joan@example.org")
    (after,) = status(api, package)["Stakeholders"]
    assert after["EmailAddress"] == "joan@example.org"
    assert after["Actors"][0]["ActorId"] == before["Actors"][0]["ActorId"]
    assert (after["StakeholderId"] == before["StakeholderId"]) == (switch == "same_stakeholder")
    assert control.sign(package, "joan@example.org")["PackageStatus"] == "Finished"


def test_reassignment_must_have_been_enabled(api, control):
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.reassign(one_signer(api), "jane@example.org", email="joan@example.org")


def test_set_process_replaces_everybody(api):
    package, _, places = with_document(api)
    process(api, package, person("jane", signer(places[0])))
    process(api, package, person("john", signer(places[0])))
    assert list(actor_states(status(api, package))) == ["john@example.org"]


def test_v3_1_takes_locations_with_their_legal_notice_in_place_of_location_ids(server, api):
    package, _, places = with_document(api)
    url = f"{server.url}/webportalapi/v3.1/packages/{package}/process"
    locations = [{"Id": places[0], "LegalNoticeCode": "LEGALNOTICE1"}]
    actor = {"Type": "Signer", "OrderIndex": 1, "Locations": locations}
    assert api.put(url, json={"Stakeholders": [person("jane", actor)]}).status_code == 200
    assert api.put(url, json={"Stakeholders": [person("jane", signer(places[0]))]}).status_code == 400
    assert process(api, package, person("jane", actor)).status_code == 400


@pytest.mark.parametrize(
    ("signing_type", "more", "expected"),
    [
        ({"SigningType": "SmsOtp"}, {}, (400, "Actor.PhonenumberMissing")),
        ({"SigningType": "Carrier pigeon"}, {}, (400, "SigningType.Unknown")),
        ({"SigningType": "Server"}, {}, (400, "SigningType.ServerOnlyInstant")),
        ({"SigningType": "BeId", "MandatedSignerValidation": "MatchId"}, {}, (400, "SigningType.MandatedSignerIds")),
        ({"SigningType": "BeId", "CommitmentTypes": ["1.2.3"]}, {}, (400, "SigningType.CommitmentTypes")),
        ({"SigningType": "Itsme"}, {}, (409, "SigningType.Itsme")),
        ({"SigningType": "Manual"}, {"Phonenumber": "0477 12 34 56"}, (400, "Request.Invalid")),
        ({"SigningType": "Manual"}, {"LegalNoticeCode": "LEGALNOTICE9"}, (400, "Request.Invalid")),
        ({"SigningType": "Manual"}, {"RedirectType": "Soon"}, (400, "Request.Invalid")),
    ],
)
def test_signing_types_have_their_rules(api, signing_type, more, expected):
    package, _, places = with_document(api)
    actor = signer(places[0], SigningTypes=[signing_type], **more)
    assert refused(process(api, package, person("jane", actor))) == expected


def test_sms_otp_with_a_phone_number_and_itsme_on_pdf_a_are_accepted(api):
    package = create(api)
    (place,) = add(api, package, FIELD, TargetType="PdfA2A")["Locations"]
    types = [{"SigningType": "SmsOtp"}, {"SigningType": "Itsme", "SignaturePolicyId": "1.2.3"}]
    actor = signer(place["Id"], SigningTypes=types, Phonenumber="+32477123456")
    assert process(api, package, person("jane", actor)).status_code == 200


def test_locations_must_exist_and_belong_to_one_signer(api):
    package, _, places = with_document(api)
    assert refused(process(api, package, person("jane", signer("nowhere")))) == (409, "Location.NotFound")
    assert refused(process(api, package, person("jane", signer()))) == (400, "Actor.LocationIds")
    both = process(api, package, person("jane", signer(places[0])), person("john", signer(places[0])))
    assert refused(both) == (409, "Location.AlreadyAssigned")


def test_a_person_needs_a_name_and_an_address(api):
    package, _, places = with_document(api)
    nameless = {"EmailAddress": "x@example.org", "Actors": [signer(places[0])]}
    assert refused(process(api, package, nameless)) == (400, "Stakeholder.FirstName")


def test_action_urls_exist_only_while_it_is_that_actor_s_turn(api, control):
    package = two_signers(api)
    shown = status(api, package)
    assert "f2f=True" in shown["F2FSigningUrl"]
    first, second = (s["Actors"][0]["ActionUrl"] for s in shown["Stakeholders"])
    assert (first is not None, second) == (True, None)
    control.sign(package, "jane@example.org")
    first, second = (s["Actors"][0]["ActionUrl"] for s in status(api, package)["Stakeholders"])
    assert (first, second is not None) == (None, True)
    control.sign(package, "john@example.org")
    assert status(api, package)["F2FSigningUrl"] is None


def test_people_can_sign_and_decline_by_hand_on_the_page_behind_the_url(api):
    package = started(
        api, lambda p: person("jane", signer(p[0], RedirectUrl="http://localhost/done")), PackageName="<Deal>"
    )
    url = httpx.URL(actors(api, package)["jane@example.org"]["ActionUrl"])
    page = httpx.get(url)
    assert page.status_code == 200
    assert "&lt;Deal&gt;" in page.text
    form = {"package": package, "token": url.params["token"], "do": "sign"}
    done = httpx.post(url, data=form)
    assert (done.status_code, done.headers["location"]) == (303, "http://localhost/done")
    assert status(api, package)["PackageStatus"] == "Finished"
    assert httpx.post(url, data=form).status_code == 410
    other = one_signer(api)
    url = httpx.URL(actors(api, other)["jane@example.org"]["ActionUrl"])
    httpx.post(url, data={"package": other, "token": url.params["token"], "do": "decline", "reason": "No"})
    assert actors(api, other)["jane@example.org"]["Reason"] == "No"


def test_face_to_face_all_sign_from_one_link_and_are_sent_on_at_the_end(api):
    package = two_signers(api, F2FRedirectUrl="http://localhost/all-done")
    url = status(api, package)["F2FSigningUrl"]
    answers = []
    for _ in range(2):
        token = re.findall('name="token" value="([^"]+)"', httpx.get(url).text)[0]
        answers.append(httpx.post(url, data={"package": package, "token": token, "f2f": "1", "do": "sign"}))
    assert [answer.status_code for answer in answers] == [200, 303]
    assert answers[1].headers["location"] == "http://localhost/all-done"


def test_a_new_link_replaces_the_old_one(api, control):
    package = one_signer(api, ActionUrlExpirationPeriodInDays=3)
    old = actors(api, package)["jane@example.org"]["ActionUrl"]
    control.advance(4 * 86400)
    assert httpx.get(old).status_code == 410
    form = {"package": package, "token": httpx.URL(old).params["token"], "do": "sign"}
    assert httpx.post(old, data=form).status_code == 410
    control.request_new_link(package, "jane@example.org")
    new = actors(api, package)["jane@example.org"]["ActionUrl"]
    assert (httpx.get(old).status_code, httpx.get(new).status_code) == (410, 200)


def test_a_signature_may_be_in_the_making(api, control):
    package = two_signers(api)
    control.begin(package, "jane@example.org")
    assert actor_states(status(api, package))["jane@example.org"] == "Inprogress"
    control.sign(package, "jane@example.org")
    assert actor_states(status(api, package)) == {"jane@example.org": "Finished", "john@example.org": "Available"}


def test_a_failed_package_is_final(api, control):
    package = started(api, jane, john, fields=2)
    assert control.fail(package)["PackageStatus"] == "Failed"
    assert actor_states(status(api, package))["jane@example.org"] == "Failed"
    assert api.delete(f"/packages/{package}").status_code == 200


def test_a_status_that_nobody_documented_can_be_shown(api, control):
    package = one_signer(api)
    control.present(package, status="Sleeping", who="jane@example.org", actorStatus="Dreaming")
    shown = status(api, package)
    assert (shown["PackageStatus"], actor_states(shown)["jane@example.org"]) == ("Sleeping", "Dreaming")
    control.present(package, status=None)
    assert status(api, package)["PackageStatus"] == "Pending"
