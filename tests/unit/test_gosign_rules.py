"""What GoSign would drop, misread or refuse is told before anything is sent, with a pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esign.domain.package import Message
from esign.domain.recipient import (
    Anchor,
    Authentication,
    Field,
    FieldType,
    FormField,
    Group,
    Member,
    ProviderAuthentication,
    Rectangle,
    Role,
)
from tests.fakes.gosign_packages import GOSIGN5, OAUTH, REST, a_contract, person, problems, said

SOAP = {"integration": "soap", "loadedByExtId": "segr", "externalSystemCode": "COUPA", "companion": True}
DOORS = [REST, OAUTH, GOSIGN5, SOAP]
TAG = {"document": "doc-1", "tag": {"start": "##FIRMA##"}}
FEA = {"countryCode": "IT", "serialType": "TIN", "fiscalCode": "RSSMRA80A01H501U"}


def acting(*actions, **more):
    return {"recipients": {"signer-1": {"actions": list(actions)}}} | more


def codes(package, door, **more) -> list[str]:
    return [code for _, code in problems(package, door, **more)]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door["integration"])
def test_a_plain_contract_has_no_problem_at_any_door(door):
    assert problems(a_contract(2, documents=2), door) == []


@pytest.mark.parametrize("role", [Role.SIGNER, Role.APPROVER, Role.VIEWER, Role.CC])
def test_everybody_needs_an_address(role):
    package = person(a_contract(2), 0, email=None, role=role)
    assert problems(package, REST) == [("/recipients/0/email", "email_missing")]


def test_somebody_whom_gosign_knows_and_a_role_need_no_address():
    known = person(a_contract(1, options={"recipients": {"signer-1": {"userExternalId": "mgr"}}}), email=None)
    assert problems(known, REST) == []
    role = person(a_contract(1), email=None, group=Group("7"))
    assert problems(role, REST) == []
    assert said(role, REST)["envelope"]["procDef"]["tasks"][0]["actorExpr"] == "7R"


def test_a_pipe_would_separate_people():
    assert codes(person(a_contract(1), email="a|b@example.com"), REST) == ["pipe_in_id"]


def test_no_more_people_must_act_than_there_are():
    package = a_contract(1, options={"recipients": {"signer-1": {"howMany": 2}}})
    assert codes(package, REST) == ["too_few_actors"]
    members = tuple(Member("A", f"B{n}", f"b{n}@example.com") for n in range(2))
    assert codes(person(package, group=Group("both", members)), REST) == []


def test_an_option_for_nobody_is_told():
    package = a_contract(1, options={"recipients": {"who": {}}, "documents": {"what": {}}, "joinDocuments": ["doc-9"]})
    assert [c for c in codes(package, SOAP) if c.startswith("unknown")] == [
        "unknown_recipient",
        "unknown_document",
        "unknown_document",
    ]


# --------------------------------------------------------------------------------------------------- doors and versions


@pytest.mark.parametrize(
    ("options", "door"),
    [
        ({"trustLevel": "FEA"}, GOSIGN5),
        ({"signatureType": "SIMPLE"}, OAUTH),
        ({"certType": "R"}, OAUTH),
        ({"note": "x"}, OAUTH),
        ({"tag": "x"}, SOAP),
        ({"joinDocuments": ["doc-1"]}, REST),
        ({"receiveCompletedEnvelopeMail": True}, REST),
        ({"useType": "RESERVED"}, REST),
        ({"userRole": "ADMIN"}, OAUTH),
        ({"sendMail": {"to": [{"email": "a@b.it"}]}}, OAUTH),
        ({"documentClass": {"name": "C", "id": "1"}}, OAUTH),
        ({"recipients": {"signer-1": {"fiscalCode": "X"}}}, REST),
        ({"recipients": {"signer-1": {"company": "X"}}}, SOAP),
        ({"recipients": {"signer-1": {"serialType": "TIN"}}}, OAUTH),
        ({"documents": {"doc-1": {"ooxmlSignStrategy": "OXP"}}}, OAUTH),
        ({"documents": {"doc-1": {"protocols": [{"code": "1"}]}}}, REST),
        (acting({"document": "doc-1", "type": "FREE_TEXT", "field": "Buyer"}, TAG), REST),
        (acting({"document": "doc-1", "type": "PRIVATE", "field": "Buyer"}, TAG), OAUTH),
        (acting({"document": "doc-1", "compass": {"page": -3, "position": "TOP"}}), SOAP),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_door_cannot_be_told_is_refused_there(options, door):
    assert codes(a_contract(1, options=options), door) == ["unsupported_on_this_door"]


def test_a_policy_goes_by_rest_and_soap_with_its_class_and_without_tasks():
    options = {"policy": {"code": "P"}, "documentClass": {"name": "C", "id": "7"}}
    assert codes(a_contract(1, options=options), REST) == []
    assert "tasks" not in said(a_contract(1, options=options), REST)["envelope"]["procDef"]
    assert codes(a_contract(1, options={"policy": {"code": "P"}}), REST) == ["document_class_missing"]
    mails = options | {"sendMail": {"to": [{"email": "a@b.it"}]}}
    assert codes(a_contract(1, options=mails), REST) == ["policy_has_own_steps"]


def test_version_five_fields_never_reach_version_four():
    package = person(a_contract(1), language="it")
    (five,) = said(package, GOSIGN5)["envelope"]["procDef"]["newUsers"]
    (four,) = said(a_contract(1), OAUTH)["envelope"]["procDef"]["newUsers"]
    assert five["emailLanguage"] == "it"
    assert set(four) & {"emailLanguage", "adDomain", "timezone", "countryCode", "serialType"} == set()


@pytest.mark.parametrize("door", [GOSIGN5, SOAP], ids=["gosign5", "soap"])
def test_a_language_that_gosign_does_not_speak(door):
    assert problems(person(a_contract(1), language="nl-BE"), door) == [
        ("/recipients/0/language", "unsupported_language")
    ]


# ---------------------------------------------------------------------------------------------------- signature types


def test_a_one_time_code_needs_phone_country_serial_type_and_fiscal_code():
    package = person(a_contract(1), authentication=Authentication.SMS_OTP)
    assert codes(package, GOSIGN5) == [
        "phone_missing",
        "country_code_missing",
        "serial_type_missing",
        "fiscal_code_missing",
    ]
    whole = person(a_contract(1, options={"recipients": {"signer-1": FEA}}), phone="+393331234567")
    request = said(person(whole, authentication=Authentication.SMS_OTP), GOSIGN5)
    assert request["envelope"]["procDef"]["tasks"][0]["signatureType"] == "FEA_OTP"
    (user,) = request["envelope"]["procDef"]["newUsers"]
    assert (user["countryCode"], user["serialType"]) == ("it", "TIN")


def test_a_phone_without_its_country_is_none():
    package = a_contract(1, options={"recipients": {"signer-1": FEA}})
    assert codes(person(package, phone="3331234567"), GOSIGN5, signatureType="FEA_OTP") == ["phone_missing"]


def test_somebody_known_to_gosign_brings_nothing_for_a_one_time_code():
    package = a_contract(1, options={"recipients": {"signer-1": {"userExternalId": "mgr"}}})
    assert codes(package, GOSIGN5, signatureType="FEA_OTP") == []


def test_quickstart_and_identification_take_a_single_step():
    assert codes(a_contract(2), GOSIGN5, signatureType="QUICKSTART_FEA") == ["single_step_only"]
    assert codes(a_contract(1), GOSIGN5, signatureType="QUICKSTART_FEA") == []
    identified = {"signatureType": "DIGITAL_PDF", "requiredIdentification": True}
    assert codes(a_contract(2), GOSIGN5, **identified) == ["single_step_only"]
    assert codes(a_contract(1, options={"requiredIdentification": True}), GOSIGN5) == ["identification_not_allowed"]


def test_a_method_is_a_signature_type_of_gosign():
    package = person(a_contract(1), authentication=ProviderAuthentication("gosign", "Magic"))
    assert codes(package, GOSIGN5) == ["unknown_signature_type"]
    package = person(a_contract(1), authentication=ProviderAuthentication("connective", "BeId"))
    assert "other_provider" in codes(package, GOSIGN5)


def test_a_package_cannot_promise_less_than_its_account():
    assert codes(a_contract(1, options={"trustLevel": "INTERNAL_PDF"}), REST, trustLevel="DIGITAL_PDF") == [
        "weaker_signature"
    ]
    assert codes(a_contract(1, options={"trustLevel": "DIGITAL_PDF"}), REST, trustLevel="DIGITAL_PDF") == []
    assert codes(a_contract(1, options={"signatureType": "SIMPLE"}), GOSIGN5, signatureType="DIGITAL_PDF") == [
        "weaker_signature"
    ]


@pytest.mark.parametrize(
    "how",
    [
        Authentication.SMS_OTP,
        ProviderAuthentication("gosign", "SIMPLE"),
        ProviderAuthentication("gosign", "DIGITAL_P7M"),
    ],
)
def test_nobody_can_promise_less_by_how_one_person_proves_who_they_are(how):
    known = {"recipients": {"signer-1": {"newUser": False}}}
    package = person(a_contract(2, options=known), phone="+390612345", authentication=how)
    found = problems(package, GOSIGN5, signatureType="DIGITAL_PDF")
    assert found == [("/recipients/0/authentication", "weaker_signature")]
    assert problems(package, GOSIGN5, signatureType="SIMPLE") == []


def test_an_approver_owes_no_signature_that_could_be_weaker():
    approver = person(a_contract(2), authentication=ProviderAuthentication("gosign", "SIMPLE"), role=Role.APPROVER)
    assert problems(approver, GOSIGN5, signatureType="DIGITAL_PDF") == []


def test_what_is_asked_of_one_person_is_judged_by_what_their_step_becomes():
    weaker = {"recipients": {"signer-2": {"signatureType": "SIMPLE"}}}
    package = a_contract(2, options=weaker)
    assert problems(package, GOSIGN5, signatureType="DIGITAL_PDF") == [
        (f"/provider/options/recipients/{package.recipients[1].id}/signatureType", "weaker_signature")
    ]
    digital = {
        "signatureType": "SIMPLE",
        "recipients": {f"signer-{n}": {"signatureType": "DIGITAL_PDF"} for n in (1, 2)},
    }
    assert problems(a_contract(2, options=digital), GOSIGN5, signatureType="DIGITAL_PDF") == []


def test_a_new_manager_cannot_sign_digitally():
    package = a_contract(1, options={"userRole": "MANAGER"})
    assert codes(package, REST, trustLevel="DIGITAL_PDF") == ["manager_without_certificate"]
    assert codes(package, REST) == []


# ---------------------------------------------------------------------------------------------------- actions and places


def test_only_a_graphometric_action_can_be_optional():
    asked = {"document": "doc-1", "field": "Buyer", "mandatory": False}
    assert codes(a_contract(1, options=acting(asked)), REST) == ["always_mandatory"]
    graphometric = acting(asked | {"type": "GRAPHOMETRIC"}, trustLevel="GRAPHO_FEA")
    assert codes(a_contract(1, options=graphometric), REST) == []
    assert codes(a_contract(1, options=acting(asked | {"type": "GRAPHOMETRIC"})), REST) == ["not_graphometric"]


@pytest.mark.parametrize(
    ("kind", "visibility", "allowed"),
    [
        ("SIGN", "H", True), ("SIGN", "N", False), ("APPROVE", "N", True), ("VIEW", "N", True),
        ("APPROVE", "H", False), ("INITIALS", "H", False), ("INITIALS", "N", False), ("SIGN", "V", True),
    ],
)  # fmt: skip
def test_h_hides_signatures_and_n_approvals_and_views(kind, visibility, allowed):
    hidden = {"document": "doc-1", "type": kind, "field": "Buyer", "visibility": visibility}
    found = codes(a_contract(1, options=acting(hidden, TAG)), REST)
    assert found == ([] if allowed else ["visibility_not_allowed"])


@pytest.mark.parametrize(
    ("level", "kind", "heeded"),
    [
        ("DIGITAL_PDF", "SIGN", False), ("DIGITAL_PDF", "APPROVE", True), ("INTERNAL_PDF", "SIGN", True),
        ("FEA", "SIGN", True), ("DIGITAL_P7M", "APPROVE", False), ("DIGITAL_P7M", "SIGN", False),
    ],
)  # fmt: skip
def test_text_lines_that_gosign_would_ignore_are_refused(level, kind, heeded):
    asked = {"document": "doc-1", "type": kind, "field": "Buyer", "customSignatureTextL1": "TTL"}
    found = codes(a_contract(1, options=acting(asked, TAG, trustLevel=level)), REST)
    assert found == ([] if heeded else ["signature_text_ignored"])


def test_the_accounts_own_lines_are_left_out_where_they_would_be_ignored():
    digital = said(a_contract(1), REST, trustLevel="DIGITAL_PDF", customSignatureTextL1="TTL")
    simple = said(a_contract(1), REST, customSignatureTextL1="TTL")
    action = "actionDefs"
    assert "confString" not in digital["envelope"]["procDef"]["tasks"][0][action][0]
    assert "TTL" in simple["envelope"]["procDef"]["tasks"][0][action][0]["confString"]


def test_every_tag_is_another():
    assert codes(a_contract(1, options=acting(TAG, TAG)), REST) == ["tag_repeated"]


def test_a_tag_without_separators_is_one_word():
    asked = {"document": "doc-1", "tag": {"start": "sign here"}}
    assert codes(a_contract(1, options=acting(asked)), REST) == ["tag_with_blank"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("@@testo@@", None), ("##testo##", None), ("@@testo##", "tag_without_separator"), ("testo", "tag_without_separator"),
     ("@@testo", "tag_without_separator"), ("@@%3@@", "tag_with_placeholder"), ("@@@@", "tag_without_separator")],
)  # fmt: skip
def test_separators_are_the_same_before_and_after_and_take_no_placeholder(text, problem):
    asked = {"document": "doc-1", "tag": {"start": text}}
    found = codes(a_contract(1, options=acting(asked)), REST, tagSeparators=["@@", "##"])
    assert found == ([problem] if problem else [])


def test_a_signer_signs_and_others_do_not():
    package = a_contract(1)
    initials = (Field(package.documents[0].id, Rectangle(1, 100, 100, 90, 40), FieldType.INITIALS),)
    assert codes(person(package, fields=initials), REST) == ["signer_without_field"]
    approver = person(a_contract(2), role=Role.APPROVER)
    initials = (Field(approver.documents[0].id, Rectangle(1, 100, 100, 90, 40), FieldType.INITIALS),)
    assert codes(person(approver, fields=initials), REST) == ["field_of_non_signer"]


def test_an_action_names_a_document_of_the_package():
    asked = {"document": "doc-9", "field": "Buyer"}
    assert codes(a_contract(1, options=acting(asked)), REST) == ["unknown_document"]


def test_what_the_placement_finds_is_told_too():
    package = a_contract(1)
    gone = (Field(package.documents[0].id, FormField("Nobody")),)
    assert "form_field_not_found" in codes(person(package, fields=gone), REST)


def test_an_anchor_is_said_as_coordinates_or_as_the_tag_that_gosign_looks_up():
    package = a_contract(1)
    anchored = person(package, fields=(Field(package.documents[0].id, Anchor("##FIRMA##", dx=5)),))

    def place(**more):
        task = said(anchored, REST, **more)["envelope"]["procDef"]["tasks"][0]
        return task["actionDefs"][0]["appearance"]

    assert set(place()) == {"coordAppearance"}
    assert place(anchorsAsTags=True)["tagAppearance"]["startTagPattern"] == "##FIRMA##"
    assert place(anchorsAsTags=True)["tagAppearance"]["xoffset"] == 5


def test_a_word_document_is_signed_at_a_zone_or_a_tag():
    package = a_contract(1)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    package = replace(package, documents=(replace(package.documents[0], content_type=word, name="c.docx"),))
    tagged = person(package, fields=(Field(package.documents[0].id, Anchor("##FIRMA##")),))
    action = said(tagged, REST)["envelope"]["procDef"]["tasks"][0]["actionDefs"][0]
    assert action["appearance"]["tagAppearance"]["startTagPattern"] == "##FIRMA##"


def test_a_message_has_a_subject_where_gosign_has_one_and_else_a_first_line():
    package = a_contract(1, message=Message("Please sign", "By Friday."))
    assert said(package, REST)["envelope"]["commonMessage"] == {"subject": "Please sign", "text": "By Friday."}
    assert said(package, OAUTH)["envelope"]["commonMessages"] == {"text": "Please sign\n\nBy Friday."}
    personal = person(package, message="For you, Anna.")
    assert said(personal, OAUTH)["envelope"]["commonMessages"]["userMessages"] == [
        {"text": "For you, Anna.", "userExtId": "anna.berg1@example.com"}
    ]
