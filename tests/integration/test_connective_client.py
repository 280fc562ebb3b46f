"""The typed clients against the simulator over real HTTP: every call of the vendor's Swagger, and API v4's."""

from __future__ import annotations

import inspect
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from esign.domain.errors import ProviderConflict, ProviderNotFound, ProviderRefused
from esign.http.client import ProviderHttp
from esign.http.deadline import Deadline
from esign.http.jsonstream import Base64File
from esign.http.outcome import Vendor
from esign.providers.connective.client_v3 import ConnectiveV3
from esign.providers.connective.client_v4 import ConnectiveV4
from esign.providers.connective.credentials import ConnectiveCredentials
from esign.providers.connective.wire import read_fault
from sandbox.providers.connective import contract
from sandbox.providers.connective.server import ConnectiveSimulator
from tests.fakes.papers import a_pdf

UNKNOWN = "00000000-0000-0000-0000-000000000000"
FIELD = {"PageNumber": 1, "Width": "150", "Height": "60", "Left": "40", "Top": "300", "Label": "anna"}
NEW = {"Initiator": "info@example.com", "PackageName": "Frame contract"}
DOCUMENT = {"DocumentName": "Contract", "DocumentLanguage": "en", "SigningFields": [FIELD]}


@pytest.fixture(scope="module")
def simulator():
    with ConnectiveSimulator() as running:
        yield running


@pytest.fixture
def control(simulator):
    simulator.control.reset()
    return simulator.control


def http(simulator, base):
    credentials = ConnectiveCredentials("api", "secret")
    vendor = Vendor("connective", read_fault)
    return ProviderHttp(vendor=vendor, base_url=simulator.url + base, credentials=credentials.headers)


@pytest.fixture
def v3(simulator, control):
    return ConnectiveV3(http(simulator, "/webportalapi"), Deadline(20))


@pytest.fixture
def v4(simulator, control):
    return ConnectiveV4(http(simulator, "/esig/webportalapi/v4"), Deadline(20))


def signer(*locations):
    step = {"Type": "Signer", "OrderIndex": 1, "LocationIds": list(locations), "SendNotifications": True}
    return {"FirstName": "Anna", "LastName": "Berg", "EmailAddress": "anna@example.com", "Actors": [step]}


def drafted(v3, **more):
    package = v3.create_package(NEW | more)
    return package, v3.add_document(package, DOCUMENT, io.BytesIO(a_pdf()))


def pending(v3, **more):
    package, document = drafted(v3, **more)
    v3.set_process(package, {"Stakeholders": [signer(document.locations[0].id)]})
    v3.set_status(package, "Pending")
    return package, document


def finished(v3, control, **more):
    package, document = pending(v3, **more)
    control.sign(package, "anna@example.com")
    return package, document


# ---------------------------------------------------------------------------------------------------------- v3, v3.1


def test_a_package_is_created_filled_sent_signed_and_downloaded(v3, control):
    package, document = drafted(v3)
    (there,) = v3.signing_locations(package).documents
    assert there.id == document.id
    assert [(place.id, place.label) for place in there.locations] == [(document.locations[0].id, "anna")]
    v3.set_process(package, {"Stakeholders": [signer(document.locations[0].id)]})
    started = v3.set_status(package, "Pending")
    assert started.status == "Pending"
    assert started.stakeholders[0].actors[0].links
    control.sign(package, "anna@example.com")
    assert v3.package_status(package).status == "Finished"
    into = io.BytesIO()
    saved = v3.download_document(package, document.id, into)
    assert into.getvalue().startswith(b"%PDF-")
    assert saved.size == len(into.getvalue())


def test_the_process_call_of_v31_takes_legal_notices_per_location(v3, control):
    package, document = drafted(v3)
    person = signer()
    person["Actors"][0] |= {"Locations": [{"Id": document.locations[0].id, "LegalNoticeCode": "LEGALNOTICE1"}]}
    del person["Actors"][0]["LocationIds"]
    v3.set_process(package, {"Stakeholders": [person]}, version="v3.1")
    assert control.requests()[-1]["version"] == "v3.1"


def test_a_document_of_a_draft_can_be_deleted(v3):
    package, document = drafted(v3)
    v3.delete_document(package, document.id)
    assert v3.signing_locations(package).documents == []


def test_an_instant_package_is_out_at_once(v3, control):
    person = signer()
    person["Actors"][0] |= {"SigningFields": [FIELD]}
    del person["Actors"][0]["LocationIds"]
    body = {"DocumentName": "Contract", "DocumentLanguage": "en", "Initiator": "info@example.com"}
    made = v3.instant_package(body | {"Stakeholders": [person]}, io.BytesIO(a_pdf()))
    assert v3.package_status(made.id).status == "Pending"


def test_the_list_goes_on_where_its_token_says(v3):
    made = [v3.create_package(NEW | {"ExternalPackageReference": f"ref-{n}"}) for n in range(3)]
    first = v3.package_list(quantity=2)
    second = v3.package_list(quantity=2, token=first.token)
    assert [item.id for item in (*first.items, *second.items)] == made
    assert second.items[0].reference == "ref-2"
    assert second.token == ""


def test_the_list_is_narrowed_by_status_and_time(v3, control):
    package, _ = finished(v3, control)
    drafted(v3)
    assert [item.id for item in v3.package_list(status="Finished").items] == [package]
    now = datetime.now(UTC)
    assert v3.package_list(created_after=now + timedelta(days=1)).items == []
    assert len(v3.package_list(created_before=now + timedelta(days=1), sort_order="DESC").items) == 2


def test_a_reminder_goes_to_who_has_not_signed(v3, control):
    package, _ = pending(v3)
    v3.send_reminders(package)
    assert control.mails(package)[-1]["to"] == "anna@example.com"


def test_a_reminder_for_an_unknown_package_is_not_found_though_the_vendor_says_400(v3):
    with pytest.raises(ProviderNotFound):
        v3.send_reminders(UNKNOWN)


def test_signers_can_be_skipped(v3):
    package, _ = pending(v3)
    v3.skip_signers(package)
    shown = v3.package_status(package)
    assert (shown.status, shown.stakeholders[0].actors[0].status) == ("Finished", "Skipped")


def test_the_expiry_can_be_extended_and_reopens(v3, control):
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    package, _ = pending(v3, ExpiryTimestamp=soon)
    control.expire(package)
    assert v3.package_status(package).status == "Expired"
    v3.set_expiry(package, datetime.now(UTC) + timedelta(days=9))
    assert v3.package_status(package).status == "Pending"


def test_a_pending_package_is_revoked_then_deleted(v3):
    package, _ = pending(v3)
    with pytest.raises(ProviderConflict):
        v3.delete_package(package)
    assert v3.set_status(package, "Revoked").status == "Revoked"
    v3.delete_package(package)
    with pytest.raises(ProviderNotFound):
        v3.package_status(package)


@pytest.mark.parametrize("form", ["zip", "plain"])
def test_a_package_is_downloaded_as_zip_or_pdf(v3, control, form):
    control.configure(switches={"package_download": form})
    package, _ = finished(v3, control)
    into = io.BytesIO()
    v3.download_package(package, into)
    if form == "zip":
        assert zipfile.ZipFile(into).namelist()
    else:
        assert into.getvalue().startswith(b"%PDF-")
    control.configure(switches={"package_download": "zip"})


def test_audit_proofs_come_by_package_document_and_both_correlation_ids(v3, control):
    package = v3.create_package(NEW | {"CorrelationId": "pass-1"})
    document = v3.add_document(package, DOCUMENT | {"CorrelationId": "doc-pass-1"}, io.BytesIO(a_pdf()))
    v3.set_process(package, {"Stakeholders": [signer(document.locations[0].id)]})
    v3.set_status(package, "Pending")
    control.sign(package, "anna@example.com")
    for fetch in (
        lambda into: v3.package_proof(package, into),
        lambda into: v3.document_proof(package, document.id, into),
        lambda into: v3.package_correlation_proof("pass-1", into),
        lambda into: v3.document_correlation_proof("doc-pass-1", into),
    ):
        into = io.BytesIO()
        fetch(into)
        assert ET.fromstring(into.getvalue()).tag  # noqa: S314 - our own simulator's


def test_an_external_proof_appears_in_the_audit_proofs(v3, control):
    package, document = pending(v3)
    proof = {"Content": "seen by a notary", "LocationId": document.locations[0].id, "Name": "Notary", "Type": "notary"}
    v3.add_external_proof(package, proof)
    control.sign(package, "anna@example.com")
    into = io.BytesIO()
    v3.package_proof(package, into)
    assert b"Notary" in into.getvalue()


def test_an_unsigned_package_has_neither_files_nor_proofs(v3):
    package, document = pending(v3)
    for fetch in (
        lambda into: v3.download_package(package, into),
        lambda into: v3.download_document(package, document.id, into),
        lambda into: v3.package_proof(package, into),
    ):
        with pytest.raises(ProviderConflict):
            fetch(io.BytesIO())


@pytest.mark.parametrize("shape", ["object", "array"])
def test_an_error_is_read_as_object_or_array_and_its_code_split_from_the_variable_part(v3, control, shape):
    control.configure(switches={"v3_errors": shape})
    with pytest.raises(ProviderNotFound) as gone:
        v3.package_status(UNKNOWN)
    control.configure(switches={"v3_errors": "object"})
    assert gone.value.fault.code == "Package.NotFound"
    assert gone.value.fault.status == 404
    assert gone.value.fault.message


def test_what_the_swagger_forbids_is_refused_with_the_vendors_code(v3):
    with pytest.raises(ProviderRefused) as refused:
        v3.create_package({"PackageName": "without an initiator"})
    assert refused.value.fault.status == 400
    assert refused.value.fault.code


def test_every_operation_of_the_swagger_has_a_method_and_a_test():
    """19 operations; the tests above call each method, which this keeps true."""
    methods = {name for name, _ in inspect.getmembers(ConnectiveV3, inspect.isfunction) if not name.startswith("_")}
    ours = Path(__file__).read_text()
    assert len(contract.operations()) == 19
    assert (
        len(methods) == 19 + 1
    )  # v3.1's process call shares its method with v3's; Delete Document is not in the Swagger
    assert [name for name in methods if f"v3.{name}(" not in ours] == []


# ---------------------------------------------------------------------------------------------------------------- v4


def v4_draft(v4):
    package = v4.create_package({"Initiator": "info@example.com", "Name": "Contract", "Status": "Draft"})
    options = {"ContentType": "application/pdf", "Base64data": Base64File(io.BytesIO(a_pdf()))}
    document = v4.add_document(package, {"Name": "Contract", "Language": "en", "DocumentOptions": options})
    return package, document


def v4_signer(document):
    place = {"Location": {"Page": 1, "Left": 40, "Top": 300}, "Dimensions": {"Width": 150, "Height": 60}}
    element = {"Type": "signingfield", "DocumentId": document, "SigningMethods": ["Manual:Manual"], **place}
    step = {"Type": "signer", "Elements": [element]}
    names = {"FirstName": "Anna", "LastName": "Berg", "EmailAddress": "anna@example.com", "Language": "en"}
    return {"Type": "person", **names, "Actors": [step]}


def test_v4_creates_fills_sends_signs_and_downloads(v4, control):
    package, document = v4_draft(v4)
    assert [d.id for d in v4.documents(package)] == [document.id]
    v4.add_stakeholder(package, v4_signer(document.id))
    assert [s.email for s in v4.stakeholders(package)] == ["anna@example.com"]
    assert v4.package_status(package) == "Draft"
    v4.set_status(package, "Pending")
    control.sign(package, "anna@example.com")
    assert v4.package(package).status == "Finished"
    bundle, file, trail = io.BytesIO(), io.BytesIO(), io.BytesIO()
    v4.download_package(package, bundle)
    v4.download_document(package, document.id, "application/pdf", file)
    v4.audit_trail(package, "en", trail)
    assert zipfile.ZipFile(bundle).namelist()
    assert file.getvalue().startswith(b"%PDF-")
    assert trail.getvalue().startswith(b"%PDF-")


def test_v4_deletes_documents_and_packages(v4):
    package, document = v4_draft(v4)
    v4.delete_document(package, document.id)
    assert v4.documents(package) == []
    v4.delete_package(package)
    with pytest.raises(ProviderNotFound) as gone:
        v4.package(package)
    assert gone.value.fault.code == "Package.NotFound"


def test_v4_names_its_signing_methods(v4):
    assert "Manual:Manual" in {method.name for method in v4.signing_methods() if method.active}
