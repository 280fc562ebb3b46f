"""GoSign's SOAP calls to the connector (seeds/004 §7, §11), and the descriptions that the connector serves."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
import zeep
from lxml import etree

from esign.domain.errors import StoreUnavailable
from esign.domain.status import PackageStatus, RecipientStatus
from esign.providers.gosign.callback_soap_answers import WSDL
from tests.fakes.gosign_caller import NS, SOAP, Gosign, soap, soap_notification

UNKNOWN = "pkg_00000000000000000000000000"
FIRST = "signer1@example.com"
STEP = """<liveStatus><stepEvent><mgrExternalId>{user}</mgrExternalId><mgrName>Ada</mgrName><mgrSurname>B</mgrSurname>
<status>WKD</status><startedAt>2026-03-02T09:00:00Z</startedAt><endedAt>2026-03-02T10:00:00+01:00</endedAt>
<stepNumber>1</stepNumber><actionsResume><actions>1</actions></actionsResume></stepEvent></liveStatus>"""


@pytest.fixture
def gosign():
    return Gosign()


@pytest.fixture
def legalbus():
    return Gosign(integration="legalbus")


def out_of_order(*_args, **_named):
    raise StoreUnavailable("DynamoDB did not answer.")


def success(heard):
    assert (heard.status, heard.body.tag) == (200, f"{{{NS}}}workNotificationResponse")
    return heard.body.findtext("success")


def test_a_notification_wakes_a_refresh_and_succeeds(gosign):
    package = gosign.sent()
    assert success(gosign.says(soap_notification(package.id))) == "true"
    assert list(gosign.connector.workflows.started) == [f"{package.id}-1"]


@pytest.mark.parametrize(
    "body",
    [
        '<workNotification xmlns="urn:x">{inner}</workNotification>',
        '<workNotificationRequest xmlns="{ns}"><workNotification>{inner}</workNotification></workNotificationRequest>',
        '<a:workNotification xmlns:a="{ns}"><!-- c --><?p i?>{inner}</a:workNotification>',
    ],
)
def test_the_roots_that_nobody_documents_are_all_understood(gosign, body):
    package = gosign.sent()
    inner = f"<envelopeExternalId> {package.id} </envelopeExternalId><notificationType>STEP_CLOSED</notificationType>"
    assert success(gosign.says(soap(body.format(ns=NS, inner=inner)))) == "true"
    assert len(gosign.connector.workflows.started) == 1


def test_an_unknown_envelope_succeeds_since_soap_has_no_word_for_discarding(gosign):
    assert success(gosign.says(soap_notification(UNKNOWN))) == "true"
    assert success(gosign.says(soap_notification("SAP-4711"))) == "true"
    assert gosign.connector.workflows.started == {}


def test_our_own_trouble_is_no_success(gosign):
    package = gosign.sent()
    gosign.connector.packages.wake = out_of_order
    heard = gosign.says(soap_notification(package.id))
    assert success(heard) == "false"
    assert heard.body.findtext("errors/code") == "UNAVAILABLE"


def test_live_status_moves_recipients_where_reads_show_nobody():
    gosign = Gosign(integration="oauth")
    package = gosign.sent()
    gosign.says(soap_notification(package.id, more=STEP.format(user=FIRST)))
    first = gosign.now(package).recipients[0]
    assert (first.status, first.signed_at.isoformat()) == (RecipientStatus.SIGNED, "2026-03-02T09:00:00+00:00")


def test_a_rejection_note_is_kept(gosign):
    package = gosign.sent()
    gosign.says(soap_notification(package.id, "ENVELOPE_REJECTED", "<note>Wrong &amp; late</note><liveStatus/>"))
    assert gosign.now(package).told_reason == "Wrong & late"


@pytest.mark.parametrize("megabytes", [1, 5.9, 6.1, 9.9])
def test_an_end_of_process_with_documents_is_acknowledged_by_its_head(gosign, megabytes):
    package = gosign.sent()
    data = "A" * int(megabytes * 2**20)
    content = f"<content><mime-type>application/pdf</mime-type><data>{data}</data></content>"
    documents = f"<documents><document><docExternalId>d</docExternalId>{content}</document></documents>"
    heard = gosign.says(soap_notification(package.id, "SIGN_PROCESS_ENDED", documents + "<liveStatus/>"))
    assert success(heard) == "true"
    assert len(gosign.connector.workflows.started) == 1


def question(*envelopes, user="userExtID"):
    asked = "".join(
        one if one.startswith("<") else f"<envelopeExtIdList>{one}</envelopeExtIdList>" for one in envelopes
    )
    body = f"<userExtId>{user}</userExtId>{asked}"
    return soap(f'<q:getEnvelopeExternalStatusRequest xmlns:q="{NS}">{body}</q:getEnvelopeExternalStatusRequest>')


def told(heard):
    """(userAllowedToWork, globalEnvelopeAction, {envelope: (workable, action)})"""
    assert heard.body.tag == f"{{{NS}}}getEnvelopeExternalStatusResponse"
    (all_of_it,) = heard.body
    each = {
        one.findtext("extId"): (one.findtext("workable"), one.findtext("action"))
        for one in all_of_it.findall("envelopeStatuses")
    }
    return all_of_it.findtext("userAllowedToWork"), all_of_it.findtext("globalEnvelopeAction"), each


def withdrawn(gosign):
    package = gosign.sent()
    gosign.connector.delete(package.id)
    return package.id


def test_what_was_not_withdrawn_may_be_worked_on(gosign):
    package = gosign.sent()
    heard = gosign.says(question(package.id, "SAP-4711"))
    assert told(heard) == ("true", None, {package.id: ("true", None), "SAP-4711": ("true", None)})
    assert heard.body.findtext("envelopeStatuses/userExtId") == "userExtID"


def test_what_coupa_withdrew_among_others_is_named_one_by_one(gosign):
    package, gone = gosign.sent(), withdrawn(gosign)
    heard = gosign.says(question(package.id, gone))
    assert told(heard) == ("true", "NOP", {package.id: ("true", None), gone: ("false", "NOP")})


def test_where_all_is_withdrawn_the_user_is_told_once_and_nothing_is_deleted(gosign):
    heard = gosign.says(question(withdrawn(gosign)))
    assert told(heard) == ("false", "NOP", {})
    assert "DELETE" not in heard.text
    assert heard.body.findtext("envelopeStatuses/userReason")


def test_a_substitution_is_a_question_like_any_other(gosign):
    gone = withdrawn(gosign)
    for spelling in ("envelopeExtIdList", "envelopeExtId-List"):
        heard = gosign.says(question(f'<{spelling} fromUserExtId="userExtIDSubstituted">{gone}</{spelling}>', "x"))
        assert told(heard)[2] == {gone: ("false", "NOP"), "x": ("true", None)}


def test_a_question_about_nothing_is_answered(gosign):
    assert told(gosign.says(question())) == ("true", None, {})


def test_a_question_that_cannot_be_answered_now_is_a_fault_of_ours(gosign):
    gosign.connector.packages.head = out_of_order
    heard = gosign.says(question(UNKNOWN))
    assert (heard.status, heard.body.findtext("faultcode")) == (500, "soap:Server")


def done(package, code, *, command="insertEnvelope", receipt="77", namespace="urn:whatever"):
    fields = f"<ID>{receipt}</ID><command>{command}</command><extId>{package}</extId><details/>"
    status = f"<returnStatus><code>{code}</code><message>Extended text</message></returnStatus>"
    return soap(f'<e:OperationDoneEvent xmlns:e="{namespace}">{fields}{status}</e:OperationDoneEvent>')


def in_charge(gosign):
    gosign.connector.provider.takes_charge = ("77",)
    package = gosign.sent()
    assert package.status is PackageStatus.SENDING
    return package


def test_an_insertion_that_is_done_ends_the_sending(legalbus):
    package = in_charge(legalbus)
    heard = legalbus.says(done(package.id, "OK"))
    assert (heard.status, heard.body) == (200, None)
    after = legalbus.now(package)
    assert (after.status, after.provider.reference) == (PackageStatus.IN_PROCESS, (package.id,))


def test_an_insertion_that_failed_fails_the_package_with_its_code(legalbus):
    package = in_charge(legalbus)
    legalbus.says(done(package.id, "bad_doc_format"))
    after = legalbus.now(package)
    assert after.status is PackageStatus.FAILED
    assert after.status_reason.endswith("bad_doc_format")


def test_an_envelope_that_exists_already_is_looked_at_before_anything_is_decided(legalbus):
    package = in_charge(legalbus)
    legalbus.says(done(package.id, "return_status_envelope_already_exists"))
    after = legalbus.now(package)
    assert after.status is PackageStatus.SENDING
    assert len(after.verdicts) == 1


def test_the_same_event_again_changes_nothing(legalbus):
    package = in_charge(legalbus)
    legalbus.says(done(package.id, "OK"))
    after = legalbus.now(package)
    assert legalbus.says(done(package.id, "OK")).status == 200
    assert legalbus.now(package) == after


@pytest.mark.parametrize(
    "event", [{"receipt": "78"}, {"command": "deleteEnvelopes"}], ids=["another request's", "another command's"]
)
def test_an_event_of_something_else_settles_nothing(legalbus, event):
    package = in_charge(legalbus)
    assert legalbus.says(done(package.id, "error", **event)).status == 200
    assert legalbus.now(package).status is PackageStatus.SENDING


def test_letters_that_java_counts_twice_make_no_call_look_cut(legalbus):
    package = in_charge(legalbus)
    legalbus.says(done(package.id, "OK").replace("Extended text", "😀" * 10))
    assert legalbus.now(package).status is PackageStatus.IN_PROCESS


def test_only_a_legalbus_account_is_told_so(gosign):
    package = in_charge(gosign)
    assert gosign.says(done(package.id, "error")).status == 200
    assert gosign.now(package).status is PackageStatus.SENDING


def test_an_event_of_nobody_is_taken_and_forgotten(legalbus):
    assert legalbus.says(done(UNKNOWN, "OK")).status == 200
    assert legalbus.says(done("SAP-4711", "OK")).status == 200


def described(gosign, name):
    heard = gosign.gets_description(wsdl=name)
    assert heard.status == 200
    return heard.text


@pytest.mark.parametrize(
    ("query", "operations"),
    [("", {"workNotification", "getEnvelopeExternalStatus"}), ("events", {"OperationDone"})],
)
def test_a_description_names_the_accounts_own_address_and_can_be_spoken(gosign, query, operations):
    text = described(gosign, query)
    client = zeep.Client(io.BytesIO(text.encode()))
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    assert set(port.binding._operations) == operations
    assert port.binding_options["address"].endswith("/callbacks/gosign/acme/k1.1.token/soap")


def test_a_description_at_the_former_address_does_not_tell_the_new_one(gosign):
    record = gosign.connector.access.account(gosign.connector.account)
    gosign.connector.accounts.save(record, replace(record, callback_generation=2))
    text = described(gosign, "")
    assert "k1.1.token" in text
    assert "k1.2" not in text


def test_there_is_no_other_description(gosign):
    assert gosign.gets_description(wsdl="../../etc/passwd").status == 400
    assert gosign.gets_description().status == 400


@pytest.mark.parametrize("file", sorted(Path(WSDL).glob("*Service.wsdl")), ids=lambda file: file.stem)
def test_a_shipped_description_is_soap_1_1_document_literal(file):
    tree = etree.parse(file)
    names = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap/"}
    assert [found.get("style") for found in tree.iterfind(".//s:binding", names)] == ["document"]
    assert {found.get("use") for found in tree.iterfind(".//s:body", names)} == {"literal"}


def zeep_says(gosign, name, **fields):
    """What a client made of our own description sends, and what it makes of our answer."""
    sent = []

    class Wire(zeep.transports.Transport):
        def post(self, address, message, headers):
            heard = gosign.says(message)
            sent.append(message)
            return type("Reply", (), {"status_code": heard.status, "content": heard.text.encode(), "headers": {}})()

    client = zeep.Client(io.BytesIO(described(gosign, "").encode()), transport=Wire())
    return getattr(client.service, name)(**fields), sent


def test_a_client_made_of_the_description_is_understood_and_understands(gosign):
    package, gone = gosign.sent(), withdrawn(gosign)
    listed = [{"_value_1": package.id}, {"_value_1": gone, "fromUserExtId": "u0"}]
    answer, _ = zeep_says(gosign, "getEnvelopeExternalStatus", userExtId="u", envelopeExtIdList=listed)
    assert [(one.extId, one.workable, one.action) for one in answer.envelopeStatuses] == [
        (package.id, True, None),
        (gone, False, "NOP"),
    ]
    answer, _ = zeep_says(
        gosign, "workNotification", envelopeExternalId=package.id, notificationType="STEP_CLOSED", liveStatus={}
    )
    assert answer.success is True


def test_faults_are_soap_1_1(gosign):
    heard = gosign.says("<a/>")
    assert heard.body.tag == f"{{{SOAP}}}Fault"
    assert [child.tag for child in heard.body] == ["faultcode", "faultstring"]
