"""What Connective alone can do or get wrong, through the adapter and over real HTTP. The rest is in the contract suite."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from esign.domain.account import EvidencePolicy
from esign.domain.content import DOCX, PDF, TEXT, XML, ZIP
from esign.domain.document import FileKind
from esign.domain.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    ProviderConflict,
    ProviderNotFound,
    ProviderRefused,
    Unprocessable,
)
from esign.domain.ids import DocumentId
from esign.domain.recipient import Anchor, Field, Group, Rectangle, Role
from esign.domain.status import Attention, PackageStatus, RecipientStatus
from esign.http.deadline import Deadline
from esign.ports import Absent, Found, Unknown
from esign.providers.connective.vendor import open_provider
from esign.providers.opening import Opening
from sandbox.providers.connective.server import ConnectiveSimulator
from sandbox.providers.connective.settings import CallbackHabits, Environment
from tests.fakes.connector import Connector
from tests.fakes.factories import a_document, a_package, a_recipient, an_account
from tests.fakes.papers import Papers, a_pdf

CALLBACK = "http://127.0.0.1:9/callbacks/connective/acme/pkg/k1.token"
XML_BYTES = b"<?xml version='1.0'?><invoice><total>12</total></invoice>"


@pytest.fixture(scope="module")
def simulator():
    quick = Environment(callbacks=CallbackHabits(retries=0))
    with ConnectiveSimulator(environments=(quick,)) as running:
        yield running


@pytest.fixture
def control(simulator):
    simulator.control.reset()
    simulator.control.clear_faults()
    switches = {"package_download": "zip", "audit_proofs": True, "v3_draft_deletable": True}
    simulator.control.configure(switches={**switches, "reassignment": "same_stakeholder"}, contact_groups={})
    return simulator.control


@pytest.fixture
def connect(simulator, control):
    def make(*, evidence=EvidencePolicy.REQUIRED, credentials=None, **settings) -> Any:
        known = {"baseUrl": simulator.url, "initiator": "info@example.com"}
        return open_provider(
            an_account(settings=known | settings, evidence=evidence),
            Opening(
                credentials=lambda: credentials or {"username": "api", "password": "secret"},
                deadline=Deadline(20),
                observe=lambda _exchange: None,
                allow_loopback=True,
            ),
        )

    return make


def a_contract(people=1, documents=1, options=None, **changes):
    package = a_package(created_at=datetime.now(UTC), **changes)
    return replace(
        package,
        provider=replace(package.provider, options=options or {}),
        documents=tuple(a_document(package.id, n + 1) for n in range(documents)),
        recipients=tuple(a_recipient(package.id, n + 1) for n in range(people)),
    )


def with_first(package, **changes):
    first, *others = package.recipients
    return replace(package, recipients=(replace(first, **changes), *others))


def sent_by(provider, package, papers=None, progress=None):
    reference = provider.send(
        package,
        papers or Papers(default=a_pdf(2)),
        progress=progress or {},
        checkpoint=lambda _progress: None,
        callback_url=CALLBACK,
    )
    return replace(package, provider=replace(package.provider, reference=reference))


def connector_over(connect, **settings):
    """The whole connector over the simulator."""
    connector = Connector()
    providers: Any = connector.providers
    providers.open = lambda _account, observe=None: connect(**settings)
    return connector


def told(control, operation):
    """The body of the last such call."""
    return control.requests(operation)[-1]["body"]


def test_the_package_is_told_as_settings_and_options_say(connect, control):
    settings = {"documentGroupCode": "00002", "themeCode": "acme", "reassignEnabled": True, "targetType": "PdfA2A"}
    options = {"themeCode": "legal", "correlationId": "pass-1", "actionUrlExpirationPeriodInDays": 9}
    until = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    package = a_contract(options=options, expires_at=until, name="Contract: 12/13 'Acme'.pdf")
    sent_by(connect(**settings), package)
    assert told(control, "CreatePackage") == {
        "PackageName": "Contract 12 13 Acme",
        "Initiator": "info@example.com",
        "CallBackUrl": CALLBACK,
        "NotificationCallBackUrl": f"{CALLBACK}/notification",
        "CorrelationId": "pass-1",
        "DocumentGroupCode": "00002",
        "ThemeCode": "legal",
        "ReassignEnabled": True,
        "ActionUrlExpirationPeriodInDays": 9,
        "ExpiryTimestamp": "2030-01-02T03:04:05+00:00",
        "ExternalPackageReference": package.id,
    }
    assert told(control, "AddDocumentToPackage")["TargetType"] == "PdfA2A"


def test_a_rectangle_is_turned_to_strings_from_the_top_left(connect, control):
    package = a_contract()
    field = Field(package.documents[0].id, Rectangle(1, 100, 200, 150, 60.5))
    sent_by(connect(), with_first(package, fields=(field,)))
    (place,) = told(control, "AddDocumentToPackage")["SigningFields"]
    assert place == {
        "PageNumber": 1,
        "Left": "100",
        "Top": "581.5",  # 842 - 200 - 60.5
        "Width": "150",
        "Height": "60.5",
        "Label": f"{package.recipients[0].id}_f001",
    }


def test_a_marker_goes_as_a_marker_and_any_other_anchor_as_coordinates(connect, control):
    package = a_contract(2)
    pdf = a_pdf(1, texts={(1, 100, 500): "#SIG1", (1, 100, 300): "Sign here"})
    one, two = package.recipients
    document = package.documents[0].id
    package = replace(
        package,
        recipients=(
            replace(one, fields=(Field(document, Anchor("#SIG1")),)),
            replace(two, fields=(Field(document, Anchor("Sign here", dy=-70)),)),
        ),
    )
    sent = sent_by(connect(), package, Papers(default=pdf))
    first, second = told(control, "AddDocumentToPackage")["SigningFields"]
    assert first["MarkerOrFieldId"] == "#SIG1"
    assert second["PageNumber"] == 1
    assert connect().read(sent).status is PackageStatus.IN_PROCESS


def test_the_people_are_told_with_roles_order_and_rules(connect, control):
    options = {
        "signaturePolicyId": "policy-1",
        "commitmentTypes": ["1.2.840.113549.1.9.16.6.1"],
        "legalNoticeText": "Read and approved",
        "recipients": {
            "signer-2": {
                "signingType": "BeId",
                "mandatedSignerValidation": "MatchId",
                "mandatedSignerIds": ["72092400465"],
                "userRoles": ["Lawyer"],
                "birthDate": "1972-09-24",
                "legalNoticeCode": "LEGALNOTICE1",
            }
        },
    }
    package = a_contract(3, options=options, language="fr")
    approver, signer, copy = package.recipients
    people = (
        replace(approver, role=Role.APPROVER),
        replace(signer, language="nl-BE", redirect_url="https://acme.example/done"),
        replace(copy, role=Role.CC),
    )
    sent_by(connect(), replace(package, recipients=people))
    first, second, third = told(control, "SetProcessInformation")["Stakeholders"]
    assert first["Language"] == "fr"
    assert first["Actors"] == [{"Type": "Approver", "OrderIndex": 1, "SendNotifications": True}]
    assert second["Language"] == "nl"
    assert second["BirthDate"] == "1972-09-24"
    assert second["ExternalStakeholderReference"] == signer.id
    (step,) = second["Actors"]
    assert len(step.pop("LocationIds")) == 1
    assert step == {
        "Type": "Signer",
        "OrderIndex": 2,
        "SendNotifications": True,
        "RedirectUrl": "https://acme.example/done",
        "SigningTypes": [
            {
                "SigningType": "BeId",
                "CommitmentTypes": ["1.2.840.113549.1.9.16.6.1"],
                "MandatedSignerValidation": "MatchId",
                "MandatedSignerIds": ["72092400465"],
                "SignaturePolicyId": "policy-1",
            }
        ],
        "UserRoles": ["Lawyer"],
        "LegalNoticeCode": "LEGALNOTICE1",
    }
    assert third["Actors"] == [{"Type": "Receiver", "SendNotifications": True}]


def test_v31_says_locations_with_their_legal_notice(connect, control):
    package = a_contract(options={"legalNoticeCode": "LEGALNOTICE2"})
    sent_by(connect(apiVersion="v3.1"), package)
    call = control.requests("SetProcessInformation")[-1]
    assert call["version"] == "v3.1"
    (step,) = call["body"]["Stakeholders"][0]["Actors"]
    assert [place["LegalNoticeCode"] for place in step["Locations"]] == ["LEGALNOTICE2"]
    assert "LocationIds" not in step


def test_a_contact_group_of_the_portal_signs_as_one(connect, control):
    members = [{"EmailAddress": f"{n}@acme.example", "FirstName": n, "LastName": "Doe"} for n in ("ann", "bob")]
    control.configure(contact_groups={"BOARD": members})
    sent = sent_by(connect(), with_first(a_contract(), group=Group("BOARD"), email=None))
    urls = connect().signing_urls(sent, sent.recipients[0].id)
    assert len(urls) == 2


def test_a_reassigned_step_tells_who_acts(connect, control):
    sent = sent_by(connect(reassignEnabled=True), a_contract())
    control.reassign(sent.provider.reference[0], sent.recipients[0].email, email="deputy@acme.example")
    seen = connect().read(sent).recipients[0]
    assert seen.recipient == sent.recipients[0].id
    assert seen.acted_by == "deputy@acme.example"


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_step_reassigned_to_a_new_stakeholder_is_still_its_recipients(connect, control, version):
    control.configure(switches={"reassignment": "new_stakeholder"})
    provider = connect(reassignEnabled=True, apiVersion=version)
    sent = sent_by(provider, a_contract(2))
    one, two = sent.recipients
    there = sent.provider.reference[0]
    control.sign(there, one.email)
    control.reassign(there, two.email, email="deputy@acme.example")
    assert seen_of(provider, sent, two) == (RecipientStatus.SENT, "deputy@acme.example")
    control.sign(there, "deputy@acme.example")
    assert seen_of(provider, sent, two) == (RecipientStatus.SIGNED, "deputy@acme.example")


def seen_of(provider, package, recipient):
    (seen,) = (r for r in provider.read(package).recipients if r.recipient == recipient.id)
    return seen.status, seen.acted_by


def test_a_reassigned_step_that_is_skipped_in_the_portal_waits_for_a_person(connect, control):
    control.configure(switches={"reassignment": "new_stakeholder"})
    connector = connector_over(connect, reassignEnabled=True)
    package = connector.create(sequential_signing=True).package
    connector.add_document(package.id, a_pdf())
    for name in ("anna", "bert", "cora"):
        connector.add_recipient(package.id, email=f"{name}@acme.example", external_id=name)
    sent = connector.send(package.id)
    there = sent.provider.reference[0]
    control.sign(there, "anna@acme.example")
    control.reassign(there, "bert@acme.example", email="deputy@acme.example")
    connect().skip_signers(sent)
    connector.clock.advance(3600)
    connector.run_refresh(package.id)
    after = connector.now(package.id)
    assert [r.status.value for r in after.recipients] == ["SIGNED", "SKIPPED", "SKIPPED"]
    assert (after.status, after.attention.code) == (PackageStatus.SIGNED, Attention.SIGNERS_SKIPPED)


def test_a_signer_who_asks_for_a_new_link_calls_the_notification_address(connect, control):
    sent = sent_by(connect(), a_contract())
    control.request_new_link(sent.provider.reference[0], sent.recipients[0].email)
    control.settle()
    assert any(ping["url"].endswith("/notification") for ping in control.callbacks(sent.provider.reference[0]))


def test_an_xml_document_is_shown_by_a_pdf_and_comes_back_as_xml(connect, control):
    package = a_contract(documents=2, options={"documents": {"doc-1": {"representation": "doc-2"}}})
    xml, shown = package.documents
    package = replace(package, documents=(replace(xml, content_type=XML), shown))
    papers = Papers({xml.id: XML_BYTES, shown.id: a_pdf(1)})
    sent = sent_by(connect(), package, papers)
    assert len(control.requests("AddDocumentToPackage")) == 1
    body = told(control, "AddDocumentToPackage")
    assert (body["DocumentType"], body["RepresentationType"]) == ("application/xml", "application/pdf")
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    document = next(f for f in connect().signed_files(sent) if f.kind is FileKind.SIGNED_DOCUMENT)
    assert (document.content_type, document.document) == (XML, xml.id)
    with document.open() as pieces:
        assert b"invoice" in b"".join(pieces)


def test_problems_of_the_package_stop_send_before_anything_is_sent(connect, control):
    package = with_first(a_contract(), language="it")
    papers = Papers(default=a_pdf(1))
    found = connect().preflight(package, papers)
    assert [(p.pointer, p.code) for p in found] == [("/recipients/0/language", "unsupported_language")]
    with pytest.raises(ProviderRefused) as refused:
        sent_by(connect(), package, papers)
    assert refused.value.problems == found
    assert control.requests() == []


def test_an_unsupported_language_becomes_the_default_where_the_account_says_so(connect, control):
    provider = connect(unsupportedLanguage="default", defaultLanguage="de")
    sent_by(provider, with_first(a_contract(), language="it"))
    assert told(control, "SetProcessInformation")["Stakeholders"][0]["Language"] == "de"


def test_a_draft_left_in_the_middle_with_other_fields_is_uploaded_anew(connect, control):
    again = a_contract(documents=2)
    orphan = connect().client.create_package({"Initiator": "info@example.com", "PackageName": "x"})
    field = {"PageNumber": 1, "Width": "9", "Height": "9", "Left": "9", "Top": "9", "Label": "somebody-else"}
    body = {"DocumentName": "x", "DocumentLanguage": "en", "SigningFields": [field]}
    connect().client.add_document(
        orphan, body | {"ExternalDocumentReference": again.documents[0].id}, io.BytesIO(a_pdf(1))
    )
    sent = sent_by(connect(), again, progress={"package": orphan})
    (there,) = [p for p in control.packages() if p["PackageId"] == sent.provider.reference[0]]
    assert there["PackageStatus"] == "Pending"
    assert len(there["PackageDocuments"]) == 2
    assert control.requests("DeleteDocument")


def test_find_tells_drafts_from_what_is_out_and_says_so_when_it_is_two(connect, control):
    package = a_contract()
    provider = connect()
    new = {"Initiator": "info@example.com", "PackageName": "x", "ExternalPackageReference": package.id}
    assert provider.find(package, {}) == Absent()
    provider.client.create_package(new)
    draft = provider.client.create_package(new)
    assert provider.find(package, {}) == Found((draft,), started=False, progress={"package": draft})
    sent_by(provider, package)
    sent_by(provider, package)
    assert isinstance(provider.find(package, {}), Unknown)


def test_find_looks_through_more_than_one_page(connect, control):
    provider = connect()
    for _ in range(120):
        provider.client.create_package({"Initiator": "info@example.com", "PackageName": "x"})
    package = a_contract()
    sent = sent_by(provider, package)
    found = provider.find(package, {})
    assert isinstance(found, Found)
    assert found.reference == sent.provider.reference
    assert len(control.requests("PackageList")) == 2


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_draft_at_connective_is_deleted_when_it_is_withdrawn(connect, control, version):
    package, saved = a_contract(), [{}]
    control.fault("SetPackageStatus", "http", status=500)
    with pytest.raises(OutcomeUnknown):
        connect(apiVersion=version).send(
            package, Papers(default=a_pdf(1)), progress={}, checkpoint=saved.append, callback_url=None
        )
    assert [p["PackageStatus"] for p in control.packages()] == ["Draft"]
    package = replace(package, provider=replace(package.provider, progress=saved[-1]))
    connect(apiVersion=version).withdraw(package, None)
    assert control.packages() == []


def interrupted(provider, package):
    """The progress that a Send without an answer has saved."""
    saved = [{}]
    with pytest.raises(OutcomeUnknown):
        provider.send(package, Papers(default=a_pdf(2)), progress={}, checkpoint=saved.append, callback_url=None)
    return saved[-1]


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_start_that_commits_late_is_ours_when_the_next_one_is_refused(connect, control, version):
    package = a_contract()
    control.fault("SetPackageStatus", "commits_late")
    progress = interrupted(connect(apiVersion=version), package)
    found = connect(apiVersion=version).find(package, progress)
    assert isinstance(found, Found)
    assert not found.started
    sent = sent_by(connect(apiVersion=version), package, progress=progress)
    assert [call["status"] for call in control.requests("SetPackageStatus")][-1] == 409
    assert [(p["PackageId"], p["PackageStatus"]) for p in control.packages()] == [
        (sent.provider.reference[0], "Pending")
    ]


@pytest.mark.parametrize("refusal", [{"fault": "http", "status": 429}, {"fault": "http", "status": 409}])
@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_draft_that_an_earlier_call_may_still_start_is_neither_deleted_nor_forgotten(
    connect, control, version, refusal
):
    package = a_contract()
    control.fault("SetPackageStatus", "http", status=500)
    progress = interrupted(connect(apiVersion=version), package)
    control.fault("SetPackageStatus", **refusal)
    with pytest.raises(OutcomeUnknown):
        sent_by(connect(apiVersion=version), package, progress=progress)
    assert [p["PackageStatus"] for p in control.packages()] == ["Draft"]
    assert control.requests("DeletePackage") == []


def test_a_draft_that_is_gone_after_an_earlier_start_leaves_the_refusal(connect, control):
    package = a_contract()
    control.fault("SetPackageStatus", "http", status=500)
    progress = interrupted(connect(), package)
    connect().api.delete(progress["package"])
    with pytest.raises(ProviderNotFound):
        sent_by(connect(), package, progress=progress)


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_refused_draft_that_can_be_neither_deleted_nor_seen_is_in_doubt(connect, control, version):
    control.fault("AddDocumentToPackage", "http", status=400)
    control.fault("DeletePackage", "http", status=500, times=9)
    control.fault("GetPackage" if version == "v4" else "GetPackageStatus", "http", status=500, times=9)
    with pytest.raises(OutcomeUnknown):
        sent_by(connect(apiVersion=version), a_contract())


def test_a_refused_draft_that_connective_keeps_is_no_doubt_since_nobody_can_sign_it(connect, control):
    control.configure(switches={"v3_draft_deletable": False})
    control.fault("AddDocumentToPackage", "http", status=400)
    with pytest.raises(ProviderRefused):
        sent_by(connect(), a_contract())
    assert [p["PackageStatus"] for p in control.packages()] == ["Draft"]


def test_a_package_that_became_invalid_keeps_the_draft_that_an_earlier_call_may_still_start(connect, control):
    package = a_contract()
    control.fault("SetPackageStatus", "http", status=500)
    progress = interrupted(connect(), package)
    with pytest.raises(OutcomeUnknown):
        sent_by(connect(), with_first(package, language="it"), progress=progress)
    assert [p["PackageStatus"] for p in control.packages()] == ["Draft"]


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_start_that_commits_late_makes_one_package_that_coupa_knows(connect, control, version):
    connector = connector_over(connect, apiVersion=version)
    package = connector.create().package
    connector.add_document(package.id, a_pdf())
    connector.add_recipient(package.id)
    control.fault("SetPackageStatus", "commits_late")
    sent = connector.send(package.id)
    assert sent.status is PackageStatus.IN_PROCESS
    assert [p["PackageId"] for p in control.packages()] == list(sent.provider.reference)
    assert control.requests("DeletePackage") == []


@pytest.mark.parametrize(("version", "operation"), [("v3", "SetProcessInformation"), ("v4", "AddStakeholder")])
def test_people_who_are_seated_are_not_seated_again(connect, control, version, operation):
    package = a_contract(3)
    control.fault("SetPackageStatus", "http", status=500)
    progress = interrupted(connect(apiVersion=version), package)
    before = len(control.requests(operation))
    sent_by(connect(apiVersion=version), package, progress=progress)
    assert len(control.requests(operation)) == before


def test_on_v4_only_those_who_are_missing_are_seated(connect, control):
    package = a_contract(3)
    control.fault("AddStakeholder", "lost_reply", after=1)
    progress = interrupted(connect(apiVersion="v4"), package)
    sent = sent_by(connect(apiVersion="v4"), package, progress=progress)
    (there,) = control.packages()
    assert [s["ExternalStakeholderReference"] for s in there["Stakeholders"]] == [r.id for r in sent.recipients]


def test_an_expired_package_cannot_be_withdrawn_but_reopened(connect, control):
    until = datetime.now(UTC) + timedelta(days=1)
    sent = sent_by(connect(), a_contract(expires_at=until))
    control.expire(sent.provider.reference[0])
    seen = connect().read(sent)
    assert (seen.status, seen.recipients[0].status) == (PackageStatus.EXPIRED, RecipientStatus.EXPIRED)
    with pytest.raises(ProviderConflict):
        connect().withdraw(sent, None)
    connect().extend_expiry(sent, until + timedelta(days=9))
    assert connect().read(sent).status is PackageStatus.IN_PROCESS


def test_verify_finds_out_that_audit_proofs_are_switched_off(connect, control):
    sent = sent_by(connect(), a_contract())
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    assert connect().verify().remarks == ()
    control.configure(switches={"audit_proofs": False})
    assert "auditProofs" in connect().verify().remarks[0]
    assert connect(auditProofs=False).verify().remarks == ()


def test_audit_files_are_optional_where_the_account_says_so_and_absent_where_it_makes_none(connect, control):
    sent = sent_by(connect(), a_contract())
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    for policy, optional in ((EvidencePolicy.REQUIRED, False), (EvidencePolicy.OPTIONAL, True)):
        trail = list(connect(evidence=policy).signed_files(sent))[-1]
        assert (trail.kind, trail.optional) == (FileKind.AUDIT_TRAIL, optional)
    assert {f.kind for f in connect(auditProofs=False).signed_files(sent)} == {FileKind.SIGNED_DOCUMENT}


@pytest.mark.parametrize(("form", "kind"), [("zip", ZIP), ("plain", PDF)])
def test_the_bundle_is_known_by_its_bytes(connect, control, form, kind):
    control.configure(switches={"package_download": form})
    sent = sent_by(connect(), a_contract())
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    into = io.BytesIO()
    assert connect().bundle(sent, into) == kind
    assert zipfile.is_zipfile(into) is (kind == ZIP)


def test_an_instant_package_is_sent_by_one_call(connect, control):
    package = a_contract(2)
    papers = Papers(default=a_pdf(1))
    provider = connect()
    reference = provider.send_instantly(package, papers, callback_url=CALLBACK)
    sent = replace(package, provider=replace(package.provider, reference=reference))
    assert [r["operation"] for r in control.requests()] == ["CreateInstantPackage"]
    assert provider.read(sent).status is PackageStatus.IN_PROCESS
    assert provider.find(package, {}) == Found(reference, started=True, progress={"package": reference[0]})
    with pytest.raises(ProviderRefused):
        provider.send_instantly(a_contract(documents=2), papers, callback_url=None)


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_face_to_face_gives_everybody_the_packages_own_address(connect, version):
    provider = connect(apiVersion=version)
    sent = sent_by(provider, a_contract(2, options={"faceToFace": True}))
    urls = {provider.signing_urls(sent, r.id) for r in sent.recipients}
    assert len(urls) == 1
    assert "f2f=True" in urls.pop()[0]


@pytest.mark.parametrize("version", ["v3", "v3.1", "v4"])
@pytest.mark.parametrize("kind", [DOCX, TEXT])
def test_word_and_text_come_back_as_pdf(connect, control, version, kind):
    package = a_contract()
    package = replace(package, documents=(replace(package.documents[0], content_type=kind),))
    data = a_word_file() if kind == DOCX else b"plain words"
    sent = sent_by(connect(apiVersion=version), package, Papers(default=data))
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    document = next(connect(apiVersion=version).signed_files(sent))
    with document.open() as pieces:
        assert (document.content_type, b"".join(pieces)[:5]) == (PDF, b"%PDF-")


def a_word_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_all_that_an_account_may_say_is_taken(connect, version):
    options = {
        "targetType": "PdfA2A", "pdfErrorHandling": "DetectFixWarn", "legalNoticeText": "Read and approved",
        "redirectType": "AfterDelay", "redirectUrl": "https://acme.example/done", "downloadUnsignedFiles": True,
        "externalPackageData": "x", "f2fRedirectUrl": "https://acme.example/done", "sendNotifications": False,
    }  # fmt: skip
    assert sent_by(connect(apiVersion=version), a_contract(options=options)).provider.reference


def test_a_refused_draft_is_deleted_even_when_no_time_is_left(simulator, control):
    control.fault("SetProcessInformation", "slow", seconds=3, times=9)
    provider = open_provider(
        an_account(settings={"baseUrl": simulator.url, "initiator": "info@example.com"}),
        Opening(
            credentials=lambda: {"username": "api", "password": "secret"},
            deadline=Deadline(1.0),
            observe=lambda _exchange: None,
            allow_loopback=True,
        ),
    )
    with pytest.raises(Exception, match="connective"):
        sent_by(provider, a_contract())
    assert control.packages() == []


def test_a_missing_credential_is_refused_by_name_only(connect):
    with pytest.raises(CredentialsRefused, match="password"):
        connect(credentials={"username": "api"}).verify()


def test_credentials_never_travel_over_plain_http(simulator):
    settings = {"baseUrl": "http://connective.example", "initiator": "info@example.com"}
    with pytest.raises(Unprocessable) as refused:
        open_provider(
            an_account(settings=settings),
            Opening(credentials=dict, deadline=Deadline(1), observe=lambda _exchange: None, allow_loopback=True),
        )
    assert refused.value.problems[0].code == "insecure_address"


def test_an_attempt_that_was_taken_over_deletes_nothing(connect, control):
    """The checkpoint tells it (OutcomeUnknown): the draft now belongs to somebody else."""

    def taken_over(_progress):
        raise OutcomeUnknown("another attempt has taken this over")

    with pytest.raises(OutcomeUnknown):
        connect().send(
            a_contract(), Papers(default=a_pdf(1)), progress={}, checkpoint=taken_over, callback_url=CALLBACK
        )
    assert len(control.packages()) == 1


def test_a_recipients_options_must_name_somebody(connect):
    package = a_contract(options={"recipients": {"nobody": {"signingType": "BeId"}}})
    (problem,) = connect().preflight(package, Papers(default=a_pdf(1)))
    assert (problem.pointer, problem.code) == ("/provider/options/recipients/nobody", "unknown_recipient")


def test_document_ids_of_the_signed_files_are_ours(connect, control):
    sent = sent_by(connect(), a_contract(documents=2))
    control.sign(sent.provider.reference[0], sent.recipients[0].email)
    files = [f for f in connect().signed_files(sent) if f.kind is FileKind.SIGNED_DOCUMENT]
    assert [f.document for f in files] == [DocumentId(f"{sent.id}_01"), DocumentId(f"{sent.id}_02")]
