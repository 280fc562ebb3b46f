"""The GoSign simulator over real HTTP: SOAP and the LegalBus proxy, with the document's examples."""

from __future__ import annotations

import base64
import re
import time

import pytest
import zeep
from lxml import etree

from tests.fakes.gosign_envelopes import CODE, PDF, b64, document, in_envelope, rest, soap_example

NS = "http://www.librofirma.it/schemas/3.0"
XML = {"content-type": "text/xml; charset=utf-8", "soapaction": '""'}


@pytest.fixture
def post(gosign, running):
    def call(xml, **headers):
        content = xml if isinstance(xml, bytes) else xml.encode() if "Envelope>" in xml else in_envelope(xml)
        return running[1].post(gosign.soap, content=content, headers=XML | headers)

    return call


@pytest.fixture
def envelope(gosign, running):
    """An envelope "test_ext_id" with two documents, inserted by REST."""

    def make(ext_id="test_ext_id", **changes):
        papers = [document("d1", originalFname="test.pdf"), document("d2", originalFname="other.pdf")]
        body = rest(ext_id, documents=papers, sendingMode="DRF", process={}, **changes)
        assert running[1].put(f"{gosign.rest}/envelopes/{ext_id}", json=body).json()["code"] == "OK"

    return make


def said(answer):
    root = etree.fromstring(answer.content)
    return root.findtext(f".//{{{NS}}}code"), root.findtext(f".//{{{NS}}}message")


def filled(name: str) -> str:
    """An example with our customer code and a real document."""
    text = re.sub(r"(customerCode>)[^<]*</", rf"\g<1>{CODE}</", soap_example(name))
    return text.replace("JVB…", b64()).replace("Body64", b64())


# ---------------------------------------------------------------------------------------------------------- insertEnvelope


def test_the_example_of_5_1_goes_to_two_people_in_series(post, gosign):
    assert said(post(filled("5.1-insert-envelope"))) == ("OK", "Successfull")
    shown = gosign.control.envelope("EXTID_0011491322230858")
    assert [(e["mgrExternalId"], e["stepNumber"]) for e in shown["process"]["liveStatus"]] == [("usr", 0), ("usr2", 1)]


def test_the_example_of_10_is_taken_with_processdef_and_its_copies(post, gosign):
    answer = post(filled("10-insert-envelope"))
    assert said(answer)[0] == "OK"
    assert gosign.control.envelope("id_della_pratica1")["commonMessage"]["text"] == "Message for envelope"


@pytest.mark.parametrize("break_it", [
    lambda x: x.replace("<order>1</order>", "<order>one</order>"),
    lambda x: x.replace("<subject>Oggetto del plico</subject>", ""),
    lambda x: x.replace("<starred>false</starred>", "<urgent>false</urgent>"),
    lambda x: x.replace("<type>T</type>", "<type>HUMAN</type>"),
    lambda x: x.replace("<page>1</page>", "<page>1</page><compassPage>1</compassPage>"),
])  # fmt: skip
def test_a_request_against_the_table_is_an_illegal_argument(post, break_it):
    assert said(post(break_it(filled("5.1-insert-envelope"))))[0] == "ILLEGAL_ARGUMENT"


def test_the_tag_of_6_1_the_users_of_6_2_and_the_mail_of_6_3_are_taken(post, gosign):
    tag = soap_example("6.1-tag").replace("@ABC123", "##FIRMA##")
    text = filled("5.1-insert-envelope")
    text = re.sub(r"<appearance>.*?</appearance>", tag, text, flags=re.DOTALL)
    users = re.sub(r"<newUsers>\s*<!--Another users -->\s*</newUsers>", "", soap_example("6.2-new-users"))
    users = users[users.index("<newUsers>") : users.index("</procDef>")]
    mail = soap_example("6.3-send-mail").replace("psmvdm", "usr")
    text = text.replace("</tasks>", f"{mail}</tasks>{users}")
    assert said(post(text)) == ("OK", "Successfull")
    assert "stranger@example.com" in {user["extId"] for user in gosign.control.users()}
    for who in ("usr", "usr2"):
        gosign.control.sign("EXTID_0011491322230858", who)
    assert [mail["to"] for mail in gosign.control.mails()] == ["anna.bianchi@customer.example", "luca.bianchi@test.com"]


def test_compass_numbers_are_soaps_own(post, gosign):
    flat = "<compassPage>1</compassPage><compassPosition>8</compassPosition>"
    text = filled("5.1-insert-envelope")
    start, end = text.index("<page>"), text.index("</appearance>")
    assert said(post(text[:start] + flat + text[end:]))[0] == "OK"


# ------------------------------------------------------------------------------------------ eraseDocuments, deleteEnvelopes


def test_documents_are_erased_as_in_the_examples(post, envelope, gosign):
    envelope()
    request = filled("5.2-complete-request")
    assert said(post(request)) == ("OK", "Successfull - Documents erased: 1")
    assert [d["externalId"] for d in gosign.control.envelope("test_ext_id")["documents"]] == ["d2"]


def test_a_partial_deletion_says_what_it_did_not_find(post, envelope, gosign):
    envelope()
    envelope("test_ext_id2")
    code, message = said(post(filled("5.2-partial-request")))
    assert code == "DOCUMENTS_PARTIAL_DELETION"
    number = gosign.control.envelope("test_ext_id2")["id"]
    assert message == (
        f"PARTIAL - reason = Document not found by fileName [enveId={number}, enveExtId=test_ext_id2, docExtId=null, "
        "docId=0, docFileName=test4.pdf], erased = 1/2"
    )


def test_documents_of_several_ways_are_erased_in_one_call(post, running, gosign):
    papers = [document("ABC0001_01"), document("b", originalFname="filename.pdf"), document("c")]
    body = rest("ABC0001", documents=papers, sendingMode="DRF", process={})
    running[1].put(f"{gosign.rest}/envelopes/ABC0001", json=body)
    assert said(post(filled("5.2-erase-two"))) == ("OK", "Successfull - Documents erased: 2")


def test_a_lock_refuses_every_deletion(post, envelope, gosign):
    envelope()
    gosign.control.lock("test_ext_id")
    code, message = said(post(filled("5.2-refused-request")))
    number = gosign.control.envelope("test_ext_id")["id"]
    reason = f"Envelope is locked by a user [enveId={number}, enveExtId=test_ext_id]"
    assert (code, message) == ("NO_DOCUMENTS_DELETED", f"No documents deleted - reason = {reason}")


def test_a_wrong_customer_is_told_with_its_code(post, envelope):
    envelope()
    code, message = said(post(filled("5.2-wrong-customer-request").replace(CODE, "b8cc")))
    assert (code, message) == ("CUST_NOT_FOUND", "Customer not found or access is denied - customerCode = b8cc")


def test_the_last_document_and_the_last_action_of_a_task_cannot_be_erased(post, gosign, running):
    running[1].put(f"{gosign.rest}/envelopes/E1", json=rest())
    xml = f"""<eraseDocumentsRequest xmlns="{NS}"><customerCode>{CODE}</customerCode><documentToErase>
    <enveExtId>E1</enveExtId><docExtId>doc1</docExtId></documentToErase></eraseDocumentsRequest>"""
    assert said(post(xml))[0] == "NO_DOCUMENTS_DELETED"


def test_an_envelope_is_deleted_by_its_external_id_or_by_gosigns(post, envelope, gosign):
    envelope("extid_envelope")
    assert said(post(filled("5.3-delete-envelopes")))[0] == "OK"
    assert gosign.control.envelope("extid_envelope")["status"] == "DEL"
    envelope("E2")
    pair = f"<idPair><id>{gosign.control.envelope('E2')['id']}</id></idPair>"
    xml = f"""<deleteEnvelopesRequest xmlns="{NS}"><customerCode>{CODE}</customerCode>
    <envelopesToDelete>{pair}</envelopesToDelete></deleteEnvelopesRequest>"""
    assert said(post(xml))[0] == "OK"
    assert said(post(xml.replace("</idPair>", "<extId>E2</extId></idPair>")))[0] == "ILLEGAL_ARGUMENT"


# ------------------------------------------------------------------------------------------------------- its description


@pytest.mark.parametrize("path", ["signBookWS.wsdl", "?wsdl"])
def test_a_client_generated_from_the_wsdl_inserts_and_deletes(gosign, path):
    gosign.control.configure(switches={"soap_process": "processDef", "soap_copies": "AddUsersInCC"})
    client = zeep.Client(f"{gosign.soap}{path}")
    service = client.create_service(f"{{{NS}}}signBookWSSoap11", gosign.soap)
    paper = {"title": "t", "mimeType": "application/pdf", "originalFname": "t.pdf", "externalId": "d1", "bytes": PDF}
    place = {"page": 1, "llx": 10, "lly": 10, "urx": 90, "ury": 40}
    act = {"docExternalId": "d1", "mandatory": True, "type": "S", "appearance": place}
    task = {
        "order": 1,
        "type": "T",
        "actorExpr": "mgrU",
        "action": "WRK",
        "howMany": 1,
        "actionDefs": {"actionDef": [act]},
    }
    made = service.insertEnvelope(
        customerCode=CODE,
        AddUsersInCC=[{"externalId": "usr"}],
        envelope={
            "externalId": "Z1",
            "subject": "s",
            "loadedByExtId": "segr",
            "sendingMode": "IMD",
            "trustLevelCode": "INTERNAL_PDF",
            "processDef": {"code": None, "tasks": {"taskDef": [task]}, "newUsers": []},
            "documents": {"document": [paper]},
        },
    )
    assert made.code == "OK", made
    deleted = service.deleteEnvelopes(customerCode=CODE, envelopesToDelete={"idPair": [{"extId": "Z1"}]})
    assert deleted.code == "OK"


def test_the_read_exists_where_the_switch_is_on(post, gosign, running):
    running[1].put(f"{gosign.rest}/envelopes/E1", json=rest())
    xml = f"""<findEnvelopeRequest xmlns="{NS}"><customerCode>{CODE}</customerCode><externalId>E1</externalId>
    <withDocBytes>true</withDocBytes></findEnvelopeRequest>"""
    assert post(xml).status_code == 500
    gosign.control.configure(switches={"soap_reads": True})
    root = etree.fromstring(post(xml).content)
    assert root.findtext(f".//{{{NS}}}envelope/{{{NS}}}status") == "PGS"
    assert base64.b64decode(root.findtext(f".//{{{NS}}}bytes") or "") == PDF
    assert b"findEnvelope" in running[1].get(f"{gosign.soap}?wsdl").content


# ----------------------------------------------------------------------------------------------------------------- bad input


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
NO_BODY = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>'


@pytest.mark.parametrize("content", [b"", b"<x", b"<x/>", BOMB, NO_BODY, in_envelope("<insertEnvelopeRequest/>")])
def test_what_is_no_soap_is_a_fault(post, content):
    answer = post(content)
    assert (answer.status_code, b"faultstring" in answer.content) == (500, True)


def test_another_content_type_is_unsupported(post):
    assert post(filled("5.1-insert-envelope"), **{"content-type": "application/soap+xml"}).status_code == 415


# ----------------------------------------------------------------------------------------------------------- LegalBus (§11)


def test_legalbus_takes_an_insertion_in_charge_and_inserts_later(gosign, running):
    answer = running[1].put(f"{gosign.legalbus}/envelopes/E1", json=rest())
    assert (answer.status_code, answer.json()["code"]) == (200, "OK")
    running[1].put(f"{gosign.legalbus}/envelopes/E1", json=rest())
    running[1].put(f"{gosign.legalbus}/envelopes/E2", json=rest("E2", loadedByExtId="nobody"))
    done = wait(gosign.control.operations, 3)
    codes = ["OK", "return_status_envelope_already_exists", "user_not_found"]
    assert sorted(entry["code"] for entry in done) == sorted(codes)
    assert answer.json()["message"] in {entry["receipt"] for entry in done}


def test_a_204_has_no_id(gosign, running):
    gosign.control.configure(switches={"legalbus_status": 204, "operation_done": "before"})
    answer = running[1].put(f"{gosign.legalbus}/envelopes/E1", json=rest())
    assert (answer.status_code, answer.content) == (204, b"")
    assert gosign.control.operations()[0]["code"] == "OK"


def wait(read, count):
    end = time.monotonic() + 15
    while len(read()) < count and time.monotonic() < end:
        time.sleep(0.05)
    return read()
