"""The Connective simulator over real HTTP, v3: every operation of the vendor's Swagger, and the Swagger's examples."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from xml.etree import ElementTree as ET

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sandbox.providers.connective import contract, corrections, v3
from tests.fakes.connective_packages import (
    FIELD,
    actor_states,
    add,
    b64,
    create,
    document,
    one_signer,
    pdf,
    person,
    process,
    send,
    signatures,
    signer,
    started,
    status,
    two_signers,
    with_document,
)

XMLDSIG = "{http://www.w3.org/2000/09/xmldsig#}"
UNKNOWN = "00000000-0000-0000-0000-000000000000"


def example(operation, where="request"):
    """The Swagger's example of a request body, or of the answer with that status."""
    method, path = contract.operations()[operation]
    described = contract.swagger()["paths"][path][method.lower()]
    if where == "request":
        return next(p["schema"]["example"] for p in described["parameters"] if p["in"] == "body")
    schema = described["responses"][where]["schema"]
    return contract.swagger()["definitions"]["PackageStatus"]["example"] if "$ref" in schema else schema["example"]


def shape(value):
    """Field names at every level, null and scalars alike."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return None


def code(response):
    return response.json()["ErrorCode"].split(":")[0]


def finished(api, control, **more):
    package = one_signer(api, **more)
    control.sign(package, "jane@example.org")
    return package


# The main job


def test_two_people_sign_in_order_and_the_file_carries_both_signatures(api, control):
    package = two_signers(api)
    assert actor_states(status(api, package)) == {"jane@example.org": "Available", "john@example.org": "Draft"}
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.sign(package, "john@example.org")
    control.sign(package, "jane@example.org")
    document_id = status(api, package)["PackageDocuments"][0]["DocumentId"]
    assert api.get(f"/packages/{package}/download/{document_id}").status_code == 409
    assert control.sign(package, "john@example.org")["PackageStatus"] == "Finished"
    signed = api.get(f"/packages/{package}/download/{document_id}")
    assert signed.headers["content-type"] == "application/pdf"
    assert signatures(signed.content, control.authority()) == ["Jane Doe", "John Doe"]


# The Swagger


def test_every_operation_of_the_swagger_has_a_route_with_its_method_and_path():
    served = {
        r.operation: (r.method, r.path.removeprefix(v3.V3).count("{"), r.path.rsplit("/", 1)[-1]) for r in v3.ROUTES
    }
    assert len(contract.operations()) == 19
    for operation, (method, path) in contract.operations().items():
        last = path.rsplit("/", 1)[-1]
        row = served[operation]
        assert row[:2] == (method, path.count("{")), operation
        assert row[2] == last or last.startswith("{"), operation


def test_every_correction_changes_something_and_gives_its_reason():
    def published(pointer):
        node = json.loads(contract.SWAGGER.read_text())
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/")
            node = node[int(key)] if isinstance(node, list) else node.get(key, {})
        return node

    for row in corrections.CORRECTIONS:
        assert row.reason
        assert published(row.pointer) != row.value, row.pointer


def test_the_example_of_create_package_is_accepted_and_answered_in_its_shape(api):
    response = api.post("/packages", json=example("CreatePackage"))
    assert response.status_code == 201
    assert shape(response.json()) == shape(example("CreatePackage", "201"))


def test_the_example_of_add_document_is_accepted_with_a_real_document_and_answered_in_its_shape(api):
    body = {**example("AddDocumentToPackage"), "Document": b64(pdf())}
    package = create(api)
    response = api.post(f"/packages/{package}/documents", json=body)
    assert response.status_code == 200, response.text
    assert shape(response.json()) == shape(example("AddDocumentToPackage", "200"))
    assert response.json()["Locations"][0]["Label"] == "ThisIdentifiesJohnDoeHisSignatureLabel"
    locations = api.get(f"/packages/{package}/locations")
    assert shape(locations.json()) == shape(example("GetSigningLocations", "200"))


def test_the_example_of_set_process_is_accepted_with_real_location_ids(api):
    package, _, places = with_document(api, 2)
    body = example("SetProcessInformation")
    actor = {**body["Stakeholders"][0]["Actors"][0], "LocationIds": places}
    body = {"Stakeholders": [{**body["Stakeholders"][0], "Actors": [actor]}]}
    response = api.put(f"/packages/{package}/process", json=body)
    assert response.status_code == 200, response.text
    assert response.content == b""


def test_the_example_of_set_status_starts_the_package_and_answers_the_status_example_s_shape(api):
    package, _, places = with_document(api)
    people = {
        "Type": "PersonGroup",
        "PersonGroupName": "APIGroup",
        "Persons": [{"EmailAddress": "john@example.org", "FirstName": "John", "LastName": "Smith"}],
        "Actors": [signer(places[0])],
    }
    process(api, package, people)
    response = api.put(f"/packages/{package}/status", json=example("SetPackageStatus"))
    assert shape(response.json()) == shape(example("SetPackageStatus", "200"))
    assert api.get(f"/packages/{package}/status").json() == response.json()


def test_the_item_of_the_list_has_the_shape_of_its_example(api):
    create(api, ExternalPackageReference="INVOICE-18-0048")
    item = api.get("/packages").json()["Items"][0]
    assert shape(item) == shape(example("PackageList", "200"))
    assert item["PackageStatus"] == "DRAFT"


def test_an_instant_package_is_pending_at_once_and_has_the_shape_of_its_example(api, control):
    actor = {"Type": "Signer", "OrderIndex": 1, "SigningFields": [FIELD]}
    body = {
        "Initiator": "info@mail.com",
        "DocumentName": "Instant",
        "DocumentLanguage": "en",
        "Document": b64(pdf()),
        "Stakeholders": [person("jane", actor)],
    }
    response = api.post("/packages/instant", json=body)
    assert response.status_code == 200, response.text
    shown = example("CreateInstantPackage")
    used = shown["Stakeholders"][0]["Actors"][0]["Locations"][0]
    used["UsedSigningType"] = used.pop("UserSigningType")  # a defect of the example, see corrections.NOTED
    assert shape(response.json()) == shape(shown)
    assert control.sign(response.json()["PackageId"], "jane@example.org")["PackageStatus"] == "Finished"


def test_an_instant_package_may_come_as_multipart_with_xml_and_its_representation(api, control):
    actor = {"Type": "Signer", "SigningFields": [FIELD], "SigningTypes": [{"SigningType": "Server"}]}
    named = {"Initiator": "info@mail.com", "DocumentName": "Instant", "DocumentLanguage": "en"}
    xml = {"DocumentType": "application/xml", "RepresentationType": "application/pdf"}
    data = {**named, **xml, "Stakeholders": [person("jane", actor)]}
    parts = {
        "Data": (None, json.dumps(data), "application/json"),
        "Document": ("order.xml", b"<order/>", "application/xml"),
        "Representation": ("order.pdf", pdf(), "application/pdf"),
    }
    response = api.post("/packages/instant", files=parts)
    assert response.status_code == 200, response.text
    assert control.sign(response.json()["PackageId"], "jane@example.org")["PackageStatus"] == "Finished"


def test_an_instant_package_needs_a_known_template_and_a_document(api, control):
    actor = {"Type": "Signer", "SigningFields": [FIELD]}
    named = {"Initiator": "info@mail.com", "DocumentName": "Instant", "DocumentLanguage": "en"}
    body = {**named, "Stakeholders": [person("jane", actor)]}
    assert code(api.post("/packages/instant", json={**body, "SigningTemplateCode": "T1"})) == "SigningTemplate.NotFound"
    assert code(api.post("/packages/instant", json=body)) == "Document.Missing"
    control.configure(signing_templates=["T1"])
    complete = {**body, "SigningTemplateCode": "T1", "Document": b64(pdf())}
    assert api.post("/packages/instant", json=complete).status_code == 200


def test_an_unknown_field_is_refused_in_the_vendor_s_error_shape(api):
    response = api.post("/packages", json={"Initiator": "a@b.c", "PackageName": "P", "Colour": "red"})
    assert response.status_code == 400
    assert set(response.json()) == {"ErrorCode", "Message"}


def test_errors_of_v3_can_be_switched_to_an_array(api, control):
    control.configure(switches={"v3_errors": "array"})
    (error,) = api.get(f"/packages/{UNKNOWN}/status").json()
    assert error["ErrorCode"] == f"Package.NotFound:{UNKNOWN}"


def test_the_wrong_password_is_a_401_that_asks_for_basic(server, api):
    response = httpx.get(f"{server.v3}/packages", auth=("api", "wrong"))
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")
    assert httpx.get(f"{server.v3}/packages").status_code == 401


def test_customers_do_not_see_one_another(server, api, control):
    control.configure("other", users={"second": "word"})
    package = create(api)
    other = httpx.get(f"{server.v3}/packages/{package}/status", auth=("second", "word"))
    assert other.status_code == 404
    assert api.get(f"/packages/{package}/status").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status_code"),
    [
        ("GET", "/locations", 404),
        ("GET", "/status", 404),
        ("GET", "/download", 404),
        ("GET", "/download/x", 404),
        ("GET", "/auditproof/download", 404),
        ("GET", "/auditproof/download/x", 404),
        ("POST", "/skipsigners", 404),
        ("POST", "/reminders", 400),  # so says the Swagger
        ("DELETE", "", 404),
    ],
)
def test_an_unknown_package_is_not_found(api, method, path, status_code):
    response = api.request(method, f"/packages/{UNKNOWN}{path}")
    assert response.status_code == status_code
    assert response.json()["ErrorCode"] == f"Package.NotFound:{UNKNOWN}"


# Status


def test_sending_without_documents_is_a_conflict(api):
    assert code(send(api, create(api))) == "Package.NoDocuments"


def test_a_pending_package_can_be_revoked_and_a_revoked_one_not_again(api):
    package = one_signer(api)
    revoked = api.put(f"/packages/{package}/status", json={"Status": "Revoked"})
    assert revoked.json()["PackageStatus"] == "Revoked"
    assert api.put(f"/packages/{package}/status", json={"Status": "Revoked"}).status_code == 409


def test_no_status_but_pending_and_revoked_can_be_set(api):
    assert api.put(f"/packages/{create(api)}/status", json={"Status": "Finished"}).status_code == 400


def test_a_package_of_an_old_api_version_is_a_conflict(api, control):
    package = create(api)
    control.present(package, oldApi=True)
    assert api.get(f"/packages/{package}/status").status_code == 409
    assert api.get(f"/packages/{package}/locations").status_code == 409


def test_only_final_packages_can_be_deleted(api, control):
    package = one_signer(api)
    assert api.delete(f"/packages/{package}").status_code == 409
    control.expire(package)
    assert api.delete(f"/packages/{package}").status_code == 409
    control.reopen(package)
    control.sign(package, "jane@example.org")
    assert api.delete(f"/packages/{package}").status_code == 200
    assert api.get(f"/packages/{package}/status").status_code == 404


@pytest.mark.parametrize(("deletable", "expected"), [(True, 200), (False, 409)])
def test_whether_a_draft_can_be_deleted_is_a_switch(api, control, deletable, expected):
    control.configure(switches={"v3_draft_deletable": deletable})
    assert api.delete(f"/packages/{create(api)}").status_code == expected


def test_a_document_of_a_draft_can_be_deleted(api):
    package, document_id, _ = with_document(api)
    response = api.delete(f"/packages/{package}/documents/{document_id}")
    assert (response.status_code, response.content) == (200, b"")
    assert api.get(f"/packages/{package}/locations").json() == {"Documents": []}


# Time


def test_a_package_expires_by_the_clock_and_an_extension_opens_it_again(api, control):
    package = one_signer(api, ExpiryTimestamp="2090-01-01T00:00:00Z")
    control.advance(70 * 365 * 86400)
    assert status(api, package)["PackageStatus"] == "Expired"
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.sign(package, "jane@example.org")
    body = {"ExpiryTimestamp": "2200-01-01T00:00:00+00:00"}
    assert api.put(f"/packages/{package}/expirytimestamp", json=body).status_code == 200
    assert status(api, package)["PackageStatus"] == "Pending"
    assert status(api, package)["ExpiryTimestamp"] == "2200-01-01T00:00:00Z"


def test_an_expiry_in_the_past_is_refused_and_a_final_package_cannot_be_extended(api, control):
    package = finished(api, control)
    extension = f"/packages/{package}/expirytimestamp"
    assert api.put(extension, json={"ExpiryTimestamp": "2090-01-01T00:00:00Z"}).status_code == 409
    draft = f"/packages/{create(api)}/expirytimestamp"
    assert api.put(draft, json={"ExpiryTimestamp": "2001-01-01T00:00:00Z"}).status_code == 400
    assert api.put(draft, json={"ExpiryTimestamp": "tomorrow"}).status_code == 400


# Reminders, skipping


def test_a_reminder_goes_to_those_whose_turn_it_is(api, control):
    package = two_signers(api)
    assert api.post(f"/packages/{package}/reminders").status_code == 200
    assert [(m["to"], m["kind"]) for m in control.mails(package)] == [("jane@example.org", "reminder")]
    assert api.post(f"/packages/{create(api)}/reminders").status_code == 409


def test_skipping_leaves_the_package_finished_with_skipped_actors(api, control):
    package = two_signers(api)
    control.sign(package, "jane@example.org")
    assert api.post(f"/packages/{package}/skipsigners").status_code == 200
    shown = status(api, package)
    assert shown["PackageStatus"] == "Finished"
    assert actor_states(shown) == {"jane@example.org": "Finished", "john@example.org": "Skipped"}
    again = api.post(f"/packages/{package}/skipsigners")
    assert (again.status_code, again.json()["ErrorCode"]) == (409, f"Package.NotSigned:{package}")


# Downloads


def test_a_package_is_downloaded_as_a_zip_of_its_signed_documents(api, control):
    package = finished(api, control)
    archive = zipfile.ZipFile(io.BytesIO(api.get(f"/packages/{package}/download").content))
    (name,) = archive.namelist()
    assert signatures(archive.read(name), control.authority()) == ["Jane Doe"]


def test_a_package_of_one_document_can_be_downloaded_as_bare_pdf_by_switch(api, control):
    control.configure(switches={"package_download": "plain"})
    package = finished(api, control)
    assert api.get(f"/packages/{package}/download").content.startswith(b"%PDF")


def test_a_document_is_not_found_in_another_package_and_nothing_is_downloaded_before_the_end(api, control):
    first, second = finished(api, control), one_signer(api)
    document_id = status(api, first)["PackageDocuments"][0]["DocumentId"]
    assert api.get(f"/packages/{second}/download/{document_id}").status_code == 404
    assert api.get(f"/packages/{second}/download").json()["ErrorCode"] == f"Package.NotSigned:{second}"


# List


def test_the_list_goes_on_by_token_until_the_end(api, control):
    made = [create(api, PackageName=f"P{n}") for n in range(5)]
    seen, token = [], ""
    while token is not None:
        page = api.get("/packages", params={"MaxQuantity": 2, "ContinuationToken": token}).json()
        seen += [item["Id"] for item in page["Items"]]
        assert (page["Total"], page["MaxQuantity"]) == (5, 2)
        token = page["ContinuationToken"]
    assert seen == made
    control.configure(switches={"list_end_token": ""})
    assert api.get("/packages").json()["ContinuationToken"] == ""
    assert api.get("/packages", params={"ContinuationToken": "made-up"}).status_code == 400


def test_the_list_filters_and_sorts(api):
    draft, pending = create(api, PackageName="B"), one_signer(api, PackageName="A")

    def ids(**query):
        return [item["Id"] for item in api.get("/packages", params=query).json()["Items"]]

    assert ids(Status="pending") == [pending]
    assert ids(SortField="PackageName") == [pending, draft]
    assert ids(SortField="CreationTimestamp", SortOrder="DESC") == [pending, draft]
    assert ids(CreatedBeforeDate="2001-01-01T00:00:00Z") == []
    assert ids(createdAfterDate="2001-01-01T00:00:00Z") == [draft, pending]
    assert api.get("/packages", params={"SortField": "Colour"}).status_code == 400


# Audit proofs


def proofs(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(response.content)  # noqa: S314 - our own simulator's
    assert root.find(f"{XMLDSIG}Signature") is not None
    return root


def test_audit_proofs_exist_once_the_package_is_signed(api, control):
    package = one_signer(api, CorrelationId="deal-1")
    assert api.get(f"/packages/{package}/auditproof/download").status_code == 409
    control.sign(package, "jane@example.org")
    root = proofs(api.get(f"/packages/{package}/auditproof/download"))
    assert root.attrib == {"packageId": package, "packageCorrelationId": "deal-1"}
    shown = status(api, package)
    place = shown["Stakeholders"][0]["Actors"][0]["Locations"][0]["Id"]
    assert root.find("uploads/upload/signatures/signature").get("locationId") == place
    document_id = shown["PackageDocuments"][0]["DocumentId"]
    assert proofs(api.get(f"/packages/{package}/auditproof/download/{document_id}")).get("packageId") == package
    assert api.get(f"/packages/{package}/auditproof/download/{UNKNOWN}").status_code == 404


def test_the_audit_proof_s_own_signature_is_genuine(api, control):
    package = finished(api, control)
    xml = api.get(f"/packages/{package}/auditproof/download").text
    key = x509.load_pem_x509_certificate(control.authority()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)

    def element(text, tag):
        return text[text.index(f"<{tag}") : text.rindex(f"</{tag}>") + len(f"</{tag}>")]

    def content(text, tag):
        return base64.b64decode(element(text, tag).partition(">")[2].rpartition("<")[0])

    def genuine(text):  # what is signed stands in canonical form, so that slices of the text will do
        value = content(text, "SignatureValue")
        halves = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        key.verify(encode_dss_signature(*halves), element(text, "SignedInfo").encode(), ec.ECDSA(hashes.SHA256()))
        before, _, rest = text.partition("<Signature ")
        unsigned = before + rest.rpartition("</Signature>")[2]
        return hashlib.sha256(unsigned.encode()).digest() == content(text, "DigestValue")

    assert genuine(xml)
    assert not genuine(xml.replace(package, UNKNOWN))


def test_an_external_proof_appears_in_the_audit_proof(api, control):
    package = one_signer(api)
    place = status(api, package)["Stakeholders"][0]["Actors"][0]["Locations"][0]["Id"]
    proof = {
        "Content": "seen at the desk",
        "LocationId": place,
        "Name": "Desk",
        "Type": "desk",
        "IpAddress": "192.0.2.7",
    }
    response = api.post(f"/packages/{package}/auditproof/proofs", json=proof)
    assert (response.status_code, response.content) == (204, b"")
    control.sign(package, "jane@example.org")
    root = proofs(api.get(f"/packages/{package}/auditproof/download"))
    (found,) = [p for p in root.iter("proof") if p.findtext("name") == "Desk"]
    assert found.get("ipAddress") == "192.0.2.7"
    content = {i.findtext("identifier"): i.findtext("content") for i in root.iter("index") if len(i)}
    assert content[found.findtext("index")] == "seen at the desk"
    unknown = {**proof, "LocationId": UNKNOWN}
    assert api.post(f"/packages/{package}/auditproof/proofs", json=unknown).status_code == 404
    assert api.post(f"/packages/{package}/auditproof/proofs", json={"Name": "Desk"}).status_code == 400


def test_proofs_by_correlation_id_cover_every_pass_through_the_portal(api, control):
    first, second = (finished(api, control, CorrelationId="deal-2") for _ in range(2))
    root = proofs(api.get("/packagecorrelations/deal-2/auditproof/download"))
    assert len(root.findall("uploads/upload")) == 2
    assert root.get("packageId") == second != first
    assert api.get("/packagecorrelations/none/auditproof/download").status_code == 404


def test_proofs_by_document_correlation_id_hold_only_that_document(api, control):
    package = create(api)
    ids = [
        add(api, package, FIELD, CorrelationId=correlation)["Locations"][0]["Id"]
        for correlation in ("page-a", "page-b")
    ]
    process(api, package, person("jane", signer(*ids)))
    send(api, package)
    assert api.get("/documentcorrelations/page-a/auditproof/download").status_code == 409
    control.sign(package, "jane@example.org")
    root = proofs(api.get("/documentcorrelations/page-a/auditproof/download"))
    assert [s.get("locationId") for s in root.iter("signature")] == [ids[0]]


def test_with_audit_proofs_off_a_correlation_id_is_an_error_and_there_are_no_proofs(api, control):
    control.configure(switches={"audit_proofs": False})
    package = finished(api, control)
    named = {"Initiator": "info@mail.com", "PackageName": "P", "CorrelationId": "x"}
    assert code(api.post("/packages", json=named)) == "AuditProofs.Disabled"
    added = api.post(f"/packages/{create(api)}/documents", json=document(FIELD, CorrelationId="x"))
    assert code(added) == "AuditProofs.Disabled"
    assert api.get(f"/packages/{package}/auditproof/download").status_code == 409
    control.configure(switches={"audit_proofs_off_status": 404})
    assert api.get(f"/packages/{package}/auditproof/download").status_code == 404


def test_only_registered_initiators_may_create(api, control):
    control.configure(initiators=["owner@example.org"])
    refused = api.post("/packages", json={"Initiator": "x@example.org", "PackageName": "P"})
    assert code(refused) == "Initiator.NotFound"
    create(api, Initiator="owner@example.org")


def test_started_packages_take_no_more_documents_or_people(api):
    package = started(api, lambda places: person("jane", signer(places[0])))
    assert api.post(f"/packages/{package}/documents", json=document(FIELD)).status_code == 409
    assert process(api, package, person("john", {"Type": "Receiver"})).status_code == 409
