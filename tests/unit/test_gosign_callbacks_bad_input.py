"""What no GoSign ever sends: each is answered in GoSign's own format, changes nothing, and is repeated in no log."""

from __future__ import annotations

import json
import time

import pytest

from esign.domain.status import PackageStatus
from tests.fakes.gosign_caller import NS, SOAP, Gosign, soap, soap_notification, work_notification

SECRET = "hunter2-secret"
ENVELOPE = "pkg_01arz3ndektsv4rrffq69g5fav"


@pytest.fixture
def gosign():
    return Gosign(integration="oauth")


def unchanged(gosign, package):
    return gosign.now(package) == package and gosign.connector.workflows.started == {}


def deep(levels):
    return "[" * levels + "]" * levels


def whole(package):
    return json.dumps(work_notification(package.id, note=SECRET))


JSON = {
    "empty": lambda _: b"",
    "truncated": lambda package: whole(package)[:-20].encode(),
    "no json": lambda _: b"<workNotification/>",
    "no object": lambda _: b'["a"]',
    "a number": lambda _: b"7",
    "neither format": lambda package: json.dumps({"externalId": package.id, "note": SECRET}).encode(),
    "200 levels": lambda package: (whole(package)[:-1] + f', "x": {deep(200)}}}').encode(),
    "100,000 levels": lambda _: deep(100_000)[:30_000].encode() + b"]",
    "not unicode": lambda _: b'{"notificationType": "\xff\xfe"',
}


@pytest.mark.parametrize("case", JSON)
def test_json_that_is_none_is_discarded(gosign, case, capsys):
    package = gosign.sent()
    told = gosign.notifies(package.id, JSON[case](package))
    assert (told.status, told.json["outcome"]) == (200, "failed_please_discard")
    assert unchanged(gosign, package)
    assert SECRET not in told.text + capsys.readouterr().out


def test_documents_in_base64_that_are_garbage_are_not_looked_at(gosign):
    package = gosign.sent()
    documents = [{"docExternalId": "d", "content": {"mimeType": "application/pdf", "data": "***not base64***"}}]
    told = gosign.notifies(package.id, work_notification(package.id, "SIGN_PROCESS_ENDED", documents=documents))
    assert told.json == {"outcome": "succeeded"}
    assert gosign.now(package) == package  # only a refresh was woken: what counts is what GoSign shows


@pytest.mark.parametrize("kind", ["xml", "text"])
def test_a_wrong_content_type_is_judged_by_what_came(gosign, kind):
    package = gosign.sent()
    body = soap_notification(package.id).encode() if kind == "xml" else b"hello"
    told = gosign.notifies(package.id, body, headers={"Content-Type": f"text/{kind}"})
    assert told.json["outcome"] == "failed_please_discard"
    assert unchanged(gosign, package)


@pytest.mark.parametrize(
    "identifier",
    ["", "..", "../pkg_x", "pkg_", "PKG_01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 5000, "é\u0000", "A#acme#PKG#x"],
)
def test_an_envelope_id_that_is_none_of_our_kind_is_unknown(gosign, identifier):
    body = {"notificationType": "STEP_CLOSED", "liveStatus": []}
    told = gosign.notifies(identifier, body)
    assert told.json["outcome"] == "failed_please_discard"


@pytest.mark.parametrize(
    "more",
    [
        {"note": {"a": 1}, "notificationType": "ENVELOPE_REJECTED"},
        {"notificationType": 7},
        {"notificationType": None},
        {"liveStatus": {"stepEvent": []}},
        {"liveStatus": None},
        {"documents": "none"},
        {"envelopeExternalId": None},
    ],
)
def test_fields_of_a_wrong_type_are_as_if_they_were_not_there(gosign, more):
    package = gosign.sent()
    assert gosign.notifies(package.id, work_notification(package.id) | more).json["outcome"] == "succeeded"
    assert gosign.now(package) == package


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XML = {
    "empty": "",
    "no xml": "{}",
    "no envelope": "<a/>",
    "no body": f'<s:Envelope xmlns:s="{SOAP}"/>',
    "nothing known": soap("<a><b/></a>"),
    "dtd": "<!DOCTYPE x>" + soap_notification(ENVELOPE),
    "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + soap_notification(ENVELOPE),
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    + soap_notification(ENVELOPE, "ENVELOPE_REJECTED", "<note>&e;</note>"),
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>' + soap_notification(ENVELOPE),
    "entity bomb": f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>' + soap_notification("&l9;"),
    "bomb in an attribute": f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>' + soap('<a b="&l9;"/>'),
    "undefined entity": soap_notification("&nobody;"),
    "200 levels": soap("<a>" * 200 + "</a>" * 200),
    "200 levels around": soap("<a>" * 200 + soap_notification(ENVELOPE).split("Body>")[1][:-4] + "</a>" * 200),
    "100,000 levels": soap("<a>" * 10_000),
    "truncated": soap_notification(ENVELOPE)[:-40],
    "truncated in its name": soap_notification(ENVELOPE)[:90],
    "two documents": soap_notification(ENVELOPE) + soap_notification(ENVELOPE),
    "event without code": soap("<OperationDoneEvent><extId>x</extId></OperationDoneEvent>"),
}


@pytest.mark.parametrize("case", XML)
def test_xml_that_is_none_of_ours_is_the_callers_fault(gosign, case, capsys):
    package = gosign.sent()
    began = time.process_time()
    told = gosign.says(XML[case].replace(ENVELOPE, package.id))
    assert (told.status, told.body.findtext("faultcode")) == (400, "soap:Client")
    assert time.process_time() - began < 1.0
    assert unchanged(gosign, package)
    assert package.id not in told.text + capsys.readouterr().out


def test_utf_16_hides_no_dtd(gosign):
    from esign.providers.gosign.callback_notice import Unreadable
    from esign.providers.gosign.callback_soap import parse

    with pytest.raises(Unreadable):
        parse(("<!DOCTYPE x>" + soap_notification(ENVELOPE)).encode("utf-16"), whole=True)
    with pytest.raises(Unreadable):
        parse(("<!DOCTYPE x>" + soap_notification(ENVELOPE)).encode(), whole=False)


def test_a_question_that_was_cut_is_not_answered_by_half(gosign):
    asked = "<envelopeExtIdList>x</envelopeExtIdList>" * 2000
    told = gosign.says(
        soap(f'<q:getEnvelopeExternalStatusRequest xmlns:q="{NS}">{asked}</q:getEnvelopeExternalStatusRequest>')
    )
    assert told.status == 400


def test_what_is_echoed_is_escaped(gosign):
    asked = "<envelopeExtIdList>&lt;/extId>&amp;</envelopeExtIdList>"
    told = gosign.says(
        soap(
            f"<getEnvelopeExternalStatusRequest><userExtId>&lt;b></userExtId>{asked}</getEnvelopeExternalStatusRequest>"
        )
    )
    assert told.body.findtext("envelopeStatuses/envelopeStatuses/extId") == "</extId>&"
    assert told.body.findtext("envelopeStatuses/userExtId") == "<b>"


def test_a_draft_is_left_alone(gosign):
    package = gosign.connector.ready()
    gosign.notifies(package.id, work_notification(package.id, "PROCESS_CANCELLED"))
    gosign.connector.run_refresh(package.id)
    assert gosign.now(package).status is PackageStatus.DRAFT
