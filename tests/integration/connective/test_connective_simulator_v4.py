"""The Connective simulator: API v4 as far as contracts/connective.md §A6 describes it."""

from __future__ import annotations

import io
import zipfile

import httpx
import pypdfium2
import pytest

from sandbox.providers.connective import v4
from tests.fakes.connective_packages import b64, pdf, signatures

PLACE = {"Location": {"Page": 1, "Left": 100, "Top": 200}, "Dimensions": {"Width": 120, "Height": 60}}
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.v4, auth=("api", "secret"), timeout=20) as open_client:
        yield open_client


def document(data=None, **more):
    options = {"ContentType": "application/pdf", "Base64data": b64(data or pdf())}
    return {"Name": "Doc", "Language": "en", "DocumentOptions": options, **more}


def signer(top=200, **more):
    location = {**PLACE["Location"], "Top": top}
    element = {
        "Type": "signingfield",
        "DocumentIndex": 0,
        **PLACE,
        "Location": location,
        "SigningMethods": ["Manual:Manual"],
    }
    return {"Type": "signer", "Elements": [element], **more}


def person(name, *actors, **more):
    names = {"EmailAddress": f"{name}@example.org", "FirstName": name.title(), "LastName": "Doe", "Language": "en"}
    return {"Type": "person", **names, "Actors": list(actors), **more}


def create(api, *people, documents=None, **more):
    body = {"Initiator": "info@mail.com", "Name": "Contract", "Stakeholders": list(people), **more}
    response = api.post("/packages", json={**body, "Documents": [document()] if documents is None else documents})
    assert response.status_code == 201, response.text
    return response.json()


def states(api, package):
    shown = api.get(f"/packages/{package}").json()
    return {s["EmailAddress"]: a["Status"] for s in shown["Stakeholders"] for a in s["Actors"]}


def finished(api, control, **more):
    package = create(api, person("jane", signer()), Status="Pending", **more)
    control.sign(package["Id"], "jane@example.org")
    return package


def test_one_call_makes_and_sends_a_package_that_two_sign_in_turn(api, control):
    made = create(
        api, person("jane", signer()), person("john", signer(400)), Status="Pending", ExternalReference="pkg_1"
    )
    package = made["Id"]
    assert (made["Status"], made["ExternalReference"]) == ("Pending", "pkg_1")
    assert states(api, package) == {"jane@example.org": "Available", "john@example.org": "Waiting"}
    control.sign(package, "jane@example.org")
    assert api.get(f"/packages/{package}/status").json() == "InProgress"
    control.sign(package, "john@example.org")
    assert api.get(f"/packages/{package}/status").json() == "Finished"
    signed = api.get(f"/packages/{package}/download/{made['Documents'][0]['Id']}")
    assert signatures(signed.content, control.authority()) == ["Jane Doe", "John Doe"]


def test_a_package_can_be_put_together_step_by_step(api, control):
    package = create(api, documents=[])["Id"]
    added = api.post(f"/packages/{package}/documents", json=document())
    assert added.status_code == 201
    assert added.json()["Status"] == "draft"
    stakeholder = api.post(f"/packages/{package}/stakeholders", json=person("jane")).json()["Id"]
    element = {**signer()["Elements"][0], "DocumentId": added.json()["Id"]}
    del element["DocumentIndex"]
    actor = {"Type": "signer", "Elements": [element]}
    assert api.post(f"/packages/{package}/stakeholders/{stakeholder}/actors", json=actor).status_code == 201
    sent = api.put(f"/packages/{package}/status", json="Pending")
    assert (sent.status_code, sent.content) == (200, b"")
    (shown,) = api.get(f"/packages/{package}/stakeholders/{stakeholder}/actors").json()
    (link,) = shown["ActionUrls"]
    assert (link["Type"], link["EmailAddress"]) == ("Signer", "jane@example.org")
    assert httpx.get(link["Url"]).status_code == 200
    assert control.sign(package, shown["Id"])["PackageStatus"] == "Finished"


def test_documents_and_stakeholders_are_read_and_deleted_one_by_one(api):
    package = create(api, person("jane", signer()))
    one, who = package["Documents"][0]["Id"], package["Stakeholders"][0]["Id"]
    base = f"/packages/{package['Id']}"
    assert [d["Id"] for d in api.get(f"{base}/documents").json()] == [one]
    assert api.get(f"{base}/documents/{one}").json()["Name"] == "Doc"
    assert [s["Id"] for s in api.get(f"{base}/stakeholders").json()] == [who]
    assert api.get(f"{base}/stakeholders/{who}").json()["FirstName"] == "Jane"
    assert api.delete(f"{base}/stakeholders/{who}").status_code == 204
    assert api.delete(f"{base}/documents/{one}").status_code == 204
    assert api.get(f"{base}/documents/{one}").status_code == 404
    assert api.get(f"{base}/stakeholders/{who}").status_code == 404


def test_a_draft_without_actors_is_finished_at_once(api):
    package = create(api)["Id"]
    api.put(f"/packages/{package}/status", json="Pending")
    assert api.get(f"/packages/{package}/status").json() == "Finished"


def test_a_pending_package_is_revoked(api):
    package = create(api, person("jane", signer()), Status="Pending")["Id"]
    assert api.put(f"/packages/{package}/status", json="Revoked").status_code == 200
    assert api.get(f"/packages/{package}").json()["Status"] == "Revoked"
    assert api.put(f"/packages/{package}/status", json="Revoked").status_code == 409
    assert api.put(f"/packages/{package}/status", json={"Status": "Revoked"}).status_code == 400


def test_errors_are_an_array_with_the_text_that_was_seen(api):
    response = api.get(f"/packages/{UNKNOWN}")
    assert response.status_code == 404
    (error,) = response.json()
    assert error == {
        "ErrorCode": f"Package.NotFound:{UNKNOWN}",
        "ErrorMessage": f"Could not perform operation on package [{UNKNOWN}] because it could not be found",
    }


def test_a_deleted_package_is_gone(api):
    package = create(api)["Id"]
    assert api.delete(f"/packages/{package}").status_code == 204
    assert api.get(f"/packages/{package}").status_code == 404


def test_signed_files_are_a_zip_and_the_audit_trail_a_pdf(api, control):
    package = create(api, person("jane", signer()), Status="Pending")["Id"]
    for path in ("download", "audittrail/en"):
        assert api.get(f"/packages/{package}/{path}").status_code == 409
    control.sign(package, "jane@example.org")
    archive = zipfile.ZipFile(io.BytesIO(api.get(f"/packages/{package}/download").content))
    assert [archive.read(name)[:5] for name in archive.namelist()] == [b"%PDF-"]
    trail = api.get(f"/packages/{package}/audittrail/en")
    assert trail.headers["content-type"] == "application/pdf"
    assert "jane@example.org" in pypdfium2.PdfDocument(trail.content)[0].get_textpage().get_text_range()
    assert api.get(f"/packages/{package}/audittrail/xx").status_code == 400


def test_a_package_that_must_be_archived_ends_archived_and_can_be_downloaded(api, control):
    package = finished(api, control, MustBeArchived=True)["Id"]
    assert api.get(f"/packages/{package}/status").json() == "Archived"
    assert api.get(f"/packages/{package}/download").status_code == 200


def test_mails_are_sent_unless_suppressed(api, control):
    loud = create(api, person("jane", signer()), Status="Pending")["Id"]
    silent = create(api, person("jane", signer(SuppressNotifications=True)), Status="Pending")["Id"]
    assert [mail["kind"] for mail in control.mails(loud)] == ["invitation"]
    assert control.mails(silent) == []


def test_the_order_of_actors_is_a_switch(api, control):
    control.configure(switches={"v4_order": "parallel"})
    package = create(api, person("jane", signer()), person("john", signer(400)), Status="Pending")["Id"]
    assert set(states(api, package).values()) == {"Available"}


def test_approvers_come_first_wherever_they_stand(api, control):
    package = create(api, person("jane", signer()), person("boss", {"Type": "approver"}), Status="Pending")["Id"]
    assert states(api, package) == {"jane@example.org": "Waiting", "boss@example.org": "Available"}
    control.reject(package, "boss@example.org", "Too dear")
    shown = api.get(f"/packages/{package}").json()
    assert shown["Status"] == "Rejected"
    assert shown["Documents"][0]["Status"] == "rejected"
    assert shown["Stakeholders"][1]["Actors"][0]["Reason"] == "Too dear"


def test_groups_have_a_url_for_each_member(api, control):
    control.configure(contact_groups={"LEGAL": [{"EmailAddress": "lex@example.org"}]})
    members = [{"EmailAddress": f"{name}@example.org"} for name in ("ann", "bob")]
    group = {"Type": "group", "GroupName": "Board", "Members": members, "Actors": [signer()]}
    contacts = {"Type": "contactgroup", "ContactGroupCode": "LEGAL", "Actors": [signer(400)]}
    shown = create(api, group, contacts, Status="Pending")["Stakeholders"]
    assert [s["Type"] for s in shown] == ["group", "contactgroup"]
    assert len(shown[0]["Actors"][0]["ActionUrls"]) == 2


def test_markers_and_form_fields_are_looked_up(api):
    data = pdf(text="Here #SIG01", form=True)
    element = {"Type": "signingfield", "DocumentIndex": 0}
    marker, field = {**element, "Marker": "#SIG01"}, {**element, "FieldId": "SignHere"}
    both = {"Type": "signer", "Elements": [marker, field]}
    made = create(api, person("jane", both), documents=[document(data)])
    assert [e["Location"]["Page"] for e in made["Documents"][0]["Elements"]] == [1, 1]
    missing = {"Type": "signer", "Elements": [{**marker, "Marker": "#SIG99"}]}
    body = {"Initiator": "a@b.c", "Name": "N", "Documents": [document(data)], "Stakeholders": [person("jane", missing)]}
    assert api.post("/packages", json=body).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"Colour": "red"},
        {"Name": "x" * 151},
        {"Status": "Finished"},
        {"ExternalReference": "x" * 257},
        {"Documents": [{"Name": "Doc"}]},
        {"Stakeholders": [{"Type": "Person"}]},
        {"Stakeholders": [person("jane", {"Type": "signer"})]},
    ],
)
def test_what_the_contract_does_not_allow_is_a_400(api, control, change):
    body = {"Initiator": "info@mail.com", "Name": "Contract", "Documents": [document()], **change}
    response = api.post("/packages", json=body)
    assert response.status_code == 400, response.text
    assert set(response.json()[0]) == {"ErrorCode", "ErrorMessage"}
    assert control.packages() == []


def test_signing_methods_are_listed_with_what_they_require(api):
    listed = {method["Name"]: method for method in api.get("/signingmethods").json()}
    assert set(listed["Manual:Manual"]) == {"IsActive", "Name", "DisplayNames", "Descriptions", "RequiredProperties"}
    element = {**signer()["Elements"][0], "SigningMethods": ["SmsOtp:SmsOtp"]}
    actor = {"Type": "signer", "Elements": [element]}
    create(api, person("jane", actor, PhoneNumber="+32477123456"))
    body = {"Initiator": "a@b.c", "Name": "N", "Documents": [document()], "Stakeholders": [person("jane", actor)]}
    assert api.post("/packages", json=body).status_code == 400


def test_reminders_expiry_and_skipping_work_on_the_inferred_paths(api, control):
    package = create(api, person("jane", signer()), Status="Pending", ExpiryTimestamp="2090-01-01T00:00:00Z")["Id"]
    assert api.post(f"/packages/{package}/reminders").status_code == 200
    assert [mail["kind"] for mail in control.mails(package)] == ["invitation", "reminder"]
    body = {"ExpiryTimestamp": "2091-01-01T00:00:00Z"}
    assert api.put(f"/packages/{package}/expirytimestamp", json=body).status_code == 200
    assert api.get(f"/packages/{package}").json()["ExpiryDate"] == "2091-01-01T00:00:00Z"
    assert api.post(f"/packages/{package}/skipsigners").status_code == 200
    assert states(api, package) == {"jane@example.org": "Skipped"}
    assert api.post(f"/packages/{UNKNOWN}/reminders").status_code == 404


def test_audit_proofs_and_the_list_work_on_the_inferred_paths(api, control):
    package = finished(api, control)
    assert api.get(f"/packages/{package['Id']}/auditproof/download").status_code == 200
    one = package["Documents"][0]["Id"]
    assert api.get(f"/packages/{package['Id']}/auditproof/download/{one}").status_code == 200
    (item,) = api.get("/packages").json()["Items"]
    assert (item["Id"], item["Status"]) == (package["Id"], "Finished")


def test_the_initiator_can_be_added_as_receiver(api):
    made = create(api, person("jane", signer()), AddInitiatorAsReceiver=True)
    assert [(s["EmailAddress"], s["Actors"][0]["Type"]) for s in made["Stakeholders"]][-1] == (
        "info@mail.com",
        "receiver",
    )


def test_both_versions_share_the_operations_that_faults_name():
    assert {"CreatePackage", "SetPackageStatus", "GetPackageStatus", "DeletePackage"} <= {
        r.operation for r in v4.ROUTES
    }
