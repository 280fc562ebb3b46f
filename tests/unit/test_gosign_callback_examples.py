"""Every example that the vendor's document prints of calls to us (seeds/004 §7.2, §8.2 to §8.4): what GoSign sends is
understood, and our answers have the shape of those printed. Counted below.

The prints are GoSign's own; `.corrected` beside one is the smallest correction where it is not well-formed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from esign.domain.ids import PackageId
from esign.providers.gosign import callback_rest as rest
from esign.providers.gosign.callback_notice import Unreadable, people
from esign.providers.gosign.callback_soap import Asked, Question, parse
from esign.providers.gosign.callback_soap_answers import statuses
from tests.fakes.gosign_caller import Gosign

DATA = Path(__file__).parents[1] / "data" / "gosign"
PRINTED = sorted(
    path.name
    for folder in ("json", "soap_calls")
    for path in (DATA / folder).iterdir()
    if path.name[:2] in ("7.", "8.")
)


def printed(name):
    return json.loads((DATA / "json" / f"{name}.txt").read_text())


def xml(name):
    return (DATA / "soap_calls" / f"{name}.xml").read_bytes()


def answer_of(response):
    return json.loads(response["body"])


def test_the_examples_of_calls_to_us_are_these():
    assert PRINTED == [
        "7.2-answer-not-workable.xml",
        "7.2-answer.xml",
        "7.2-question.corrected.xml",
        "7.2-question.xml",
        "8.2-ping-services.txt",
        "8.2-ping.txt",
        "8.3.1-notification.txt",
        "8.3.1-outcome.txt",
        "8.3.2-extended.txt",
        "8.4-workable.txt",
    ]


def test_8_3_1_a_work_notification():
    notice = rest.parse((DATA / "json" / "8.3.1-notification.txt").read_bytes(), whole=True)
    assert (notice.envelope, notice.kind, len(notice.live_status)) == ("string", "SIGN_PROCESS_ENDED", 1)
    assert notice.note is None  # its note is no rejection's


def test_8_3_1_the_outcome():
    for outcome in ("succeeded", "failed_please_retry", "failed_please_discard"):
        assert answer_of(rest.outcome(outcome, "why")).keys() == printed("8.3.1-outcome").keys()
        assert answer_of(rest.outcome(outcome, "why"))["outcome"] == outcome


def test_8_3_2_the_extended_format():
    notice = rest.parse((DATA / "json" / "8.3.2-extended.txt").read_bytes(), whole=True)
    assert (notice.envelope, notice.kind, len(notice.live_status)) == ("ABCDE-123456-DEFR", "SIGN_PROCESS_ENDED", 1)


@pytest.mark.parametrize("at", range(0, 3000, 97))
def test_an_example_that_was_cut_anywhere_breaks_nothing(at):
    for name in ("8.3.1-notification", "8.3.2-extended"):
        body = (DATA / "json" / f"{name}.txt").read_bytes()[: at + 1]
        assert rest.parse(body, whole=False).envelope in {"", "string", "ABCDE-123456-DEFR"} or not body.strip()


def test_8_3_2_the_manager_of_the_extended_format_is_our_recipient():
    gosign = Gosign(integration="oauth")
    package = gosign.sent()
    anna = replace(package.recipients[0], email="abianchi")
    package = replace(package, id=PackageId("ABCDE-123456-DEFR"), recipients=(anna, *package.recipients[1:]))
    notice = rest.parse((DATA / "json" / "8.3.2-extended.txt").read_bytes(), whole=True)
    shown = {one.recipient: one for one in people(notice.live_status, package)}
    assert shown[anna.id].status == "SIGNED"
    assert shown[anna.id].signed_at.isoformat() == "2019-11-15T17:00:25+00:00"


def test_8_2_the_ping():
    assert answer_of(rest.online()) == printed("8.2-ping")
    assert answer_of(rest.unavailable())["services"]["send"] == printed("8.2-ping-services")["services"]["send"]
    assert answer_of(rest.unavailable())["services"].keys() == printed("8.2-ping-services")["services"].keys()


def test_8_4_whether_a_person_may_work():
    assert answer_of(rest.withdrawn()).keys() == printed("8.4-workable").keys()
    assert answer_of(rest.withdrawn())["action"] == printed("8.4-workable")["action"] == "NOP"
    assert answer_of(rest.workable()) == {"workable": True}


def test_7_2_the_question_as_printed_is_no_xml():
    with pytest.raises(Unreadable):
        parse(xml("7.2-question"), whole=True)


def test_7_2_the_question_corrected():
    asked = parse(xml("7.2-question.corrected"), whole=True)
    plain = tuple(Asked(f"extEnve{number}") for number in (1, 2, 3))
    assert asked == Question("userExtID", (*plain, Asked("extEnve4", "userExtIDSubstituted")))


def shape(element, path=""):
    """Every path of local names; the root's namespace, and that its children have none."""
    own = f"{path}/{etree.QName(element).localname}"
    return {own} | {place for child in element for place in shape(child, own)}


def body_of(text):
    return etree.fromstring(text).find("{http://schemas.xmlsoap.org/soap/envelope/}Body")


@pytest.mark.parametrize(("example", "gone"), [("7.2-answer", set()), ("7.2-answer-not-workable", {"4201010142_2"})])
def test_7_2_our_answers_have_the_shape_of_those_printed(example, gone):
    (known,) = body_of(xml(example))
    envelopes = tuple(Asked(one.text) for one in known.iter("extId"))
    asked = Question(known.findtext("envelopeStatuses/userExtId"), envelopes)
    (ours,) = body_of(statuses(asked, lambda envelope: envelope in gone)["body"].encode())
    assert ours.tag == known.tag  # qualified
    assert shape(ours) - shape(known) <= {"/getEnvelopeExternalStatusResponse/envelopeStatuses/userAllowedToWork"}
    told = [one.findtext("workable") for one in ours.iterfind("envelopeStatuses/envelopeStatuses")]
    assert told == [one.findtext("workable") for one in known.iterfind("envelopeStatuses/envelopeStatuses")]


@pytest.mark.parametrize("counters", ["actionResume", "actionsResume"])
@pytest.mark.parametrize("media_type", ["mimeType", "mime-type", "mime type"])
@pytest.mark.parametrize("end", ["expireAt", "expiresAt"])
def test_the_names_on_which_the_document_disagrees_with_itself_are_all_taken(counters, media_type, end):
    """contracts/gosign.md §1.11, 15 and 16."""
    body = {
        "envelopeExternalId": "e",
        "notificationType": "STEP_CLOSED",
        end: 1577746800000,
        "documents": [{"docExternalId": "d", "content": {media_type: "application/pdf", "data": ""}}],
        "liveStatus": [{"status": "NEW", counters: {"actions": 1}}],
    }
    assert rest.parse(json.dumps(body).encode(), whole=True).kind == "STEP_CLOSED"
